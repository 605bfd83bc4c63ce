package dev.calotype.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.global.torch;

/** Brings up libtorch: call {@link #load} once before anything else touches a tensor. */
public final class Engine {
    /** The most threads that {@link #load} takes. */
    public static final int MAX_THREADS = 1024;

    /** What the allocator says where the machine gives no more, with the bytes. */
    private static final Pattern FULL = Pattern.compile("can't allocate memory: you tried to allocate (\\d+) bytes");

    private static boolean begun;

    private Engine() {}

    /**
     * Extracts every native library before any is loaded, then fixes the thread counts.
     *
     * <p>Extracting first matters on a machine with a libtorch of its own: the loader would otherwise bind half of each
     * and crash. The engine would take a thread for each processor of the machine, also where this process may use few of them.
     * OpenBLAS gets one thread because its threads fight with OpenMP's for the cores.
     *
     * <p>JavaCPP is told not to bound the engine's memory by the size of the Java heap, unless its properties
     * {@code org.bytedeco.javacpp.maxBytes} and {@code maxPhysicalBytes} are set: it reads them when its first class is
     * used, and so after this only if this comes first.
     *
     * <p>Safe to call from several threads, and more than once. The number of threads is that of the calling thread: see
     * {@link Scope}.
     *
     * @param threads OpenMP threads, 0..1024; 0 for one per core that this process may use, or as {@code OMP_NUM_THREADS} says
     * @throws IllegalStateException if the native libraries are not on the class path, or not for this platform, or cannot
     *     be loaded here: one sentence that says what to add
     * @throws UncheckedIOException if they cannot be extracted
     */
    public static synchronized void load(int threads) {
        if (threads < 0 || threads > MAX_THREADS)
            throw new IllegalArgumentException("threads must be in 0.." + MAX_THREADS + ": " + threads);
        for (String bound : new String[] {"maxBytes", "maxPhysicalBytes"}) unbounded("org.bytedeco.javacpp." + bound);
        for (String library : Natives.REQUIRED) extract(library);
        try {
            openblas_full.openblas_set_num_threads(1);
            if (threads > 0) threads(threads);
            else if (!begun && System.getenv("OMP_NUM_THREADS") == null)
                threads(Math.min(torch.get_num_threads(), Runtime.getRuntime().availableProcessors()));
            begun = true;
            // fp32 is to mean the same on every device: cuDNN would otherwise convolve with 10 bits of precision.
            if (Context.hasCUDART()) torch.globalContext().setAllowTF32CuDNN(false);
        } catch (LinkageError e) {
            throw new IllegalStateException(Natives.explain(e), e);
        }
    }

    /**
     * Sets the number of threads for who calls, and for every thread that computes for the first time from now on: at that the
     * engine gives it the number that was set last by anybody. So who calls is made to compute before.
     */
    static void threads(int threads) {
        torch.get_num_threads();
        torch.set_num_threads(threads);
    }

    /**
     * Work on numbers in Java's memory, by at most as many threads as the engine has for who calls.
     *
     * @param work for each of 0..count-1 once, in any order
     */
    public static void sideBySide(int count, IntConsumer work) {
        int threads = Math.min(count, torch.get_num_threads());
        if (threads <= 1) {
            for (int i = 0; i < count; i++) work.accept(i);
            return;
        }
        AtomicInteger next = new AtomicInteger();
        IntStream.range(0, threads).parallel().forEach(thread -> {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) work.accept(i);
        });
    }

    /**
     * Extracts all native libraries of one of JavaCPP's libraries, such as {@code pytorch}, before any of them is loaded;
     * none if there are none on the class path for this platform.
     *
     * @throws UncheckedIOException if they cannot be written
     */
    public static void extract(String library) {
        try {
            Natives.extract(library);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot extract the native libraries to " + cacheFolder(), e);
        }
    }

    /** What to say of a failure of the engine to get memory; empty for any other. */
    public static Optional<String> memoryFull(Throwable e) {
        Matcher full = FULL.matcher(String.valueOf(e.getMessage()));
        return full.find()
                ? Optional.of("there was not enough memory: the engine wanted " + (Long.parseLong(full.group(1)) >> 20)
                        + " MB more than this machine, or a limit on this process, has; ask for less at a time")
                : Optional.empty();
    }

    private static void unbounded(String property) {
        if (System.getProperty(property) == null
                && System.getProperty(property.toLowerCase(java.util.Locale.ROOT)) == null)
            System.setProperty(property, "0");
    }

    private static String cacheFolder() {
        try {
            return Loader.getCacheDir().toString();
        } catch (IOException e) {
            return "the JavaCPP cache folder";
        }
    }
}
