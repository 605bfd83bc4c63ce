package dev.calotype.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/** Brings up libtorch: call {@link #load} once before anything else touches a tensor. */
public final class Engine {
    private Engine() {}

    /**
     * Extracts every native library before any is loaded, then fixes the thread counts.
     *
     * <p>Extracting first matters on a machine with a libtorch of its own: the loader would otherwise bind half of each
     * and crash. OpenBLAS gets one thread because its threads fight with OpenMP's for the cores.
     *
     * @param threads OpenMP threads, 0 for one per core
     */
    public static void load(int threads) {
        for (String library : new String[] {"javacpp", "openblas", "pytorch"}) extract(library);
        openblas_full.openblas_set_num_threads(1);
        if (threads > 0) torch.set_num_threads(threads);
        // fp32 is to mean the same on every device: cuDNN would otherwise convolve with 10 bits of precision.
        if (Context.hasCUDART()) torch.globalContext().setAllowTF32CuDNN(false);
    }

    /**
     * Extracts all native libraries of one of JavaCPP's libraries, such as {@code pytorch}, before any of them is loaded;
     * none if there are none on the class path for this platform.
     *
     * @throws UncheckedIOException if they cannot be written
     */
    public static void extract(String library) {
        try {
            for (String build : new String[] {"", "-gpu"})
                Loader.cacheResources(
                        Loader.class, "/org/bytedeco/" + library + "/" + Loader.getPlatform() + build + "/");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot extract the native libraries to " + cacheFolder(), e);
        }
    }

    private static String cacheFolder() {
        try {
            return Loader.getCacheDir().toString();
        } catch (IOException e) {
            return "the JavaCPP cache folder";
        }
    }
}
