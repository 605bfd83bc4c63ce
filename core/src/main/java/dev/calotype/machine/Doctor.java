package dev.calotype.machine;

import dev.calotype.nn.Layout;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;

/** Examines the machine: what there is, what is chosen, how fast it is, and what to mend. */
public final class Doctor {
    private static final double PROBE_SECONDS = 0.2; // some twenty convolutions or more, of which the fastest counts
    private static final int CHANNELS = 128, SIZE = 16, BATCH = 32;

    /** The speed of a 3 x 3 convolution of 128 channels on one device, in 10^9 operations per second. */
    public record Probe(String device, Precision precision, double gigaflops) {}

    /**
     * What was found.
     *
     * @param gpus how many the engine can use
     * @param device the one that is chosen, and {@code precision} the precision on it
     * @param probes how fast each device is in each precision
     * @param problems what is wrong and how to mend it; empty if nothing is
     */
    public record Findings(
            String java,
            String platform,
            String engine,
            int cores,
            int engineThreads,
            int openBlasThreads,
            String malloc,
            String openMp,
            List<String> instructions,
            boolean cuda,
            int gpus,
            long memoryMb,
            String device,
            Precision precision,
            List<Probe> probes,
            List<String> problems) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            line(text, "Java", java);
            line(text, "platform", platform);
            line(text, "engine", engine);
            line(text, "cores", cores + ", engine threads " + engineThreads + ", OpenBLAS threads " + openBlasThreads);
            line(text, "malloc", malloc);
            line(text, "OpenMP", openMp);
            line(text, "instructions", String.join(" ", instructions));
            line(text, "GPU", cuda ? gpus + " (CUDA build)" : "none: this is the build without CUDA");
            line(text, "memory", memoryMb + " MB free");
            for (Probe p : probes)
                line(
                        text,
                        p.device() + " " + Kebab.of(p.precision()),
                        String.format(Locale.ROOT, "%.0f GFLOP/s (convolution)", p.gigaflops()));
            line(text, "device", device + " is chosen");
            line(text, "precision", Kebab.of(precision) + " is chosen");
            if (problems.isEmpty()) line(text, "problems", "none found");
            problems.forEach(problem -> line(text, "problem", problem));
            return text.toString().stripTrailing();
        }

        private static void line(StringBuilder text, String name, String value) {
            text.append(String.format(Locale.ROOT, "%-14s %s%n", name, value));
        }
    }

    private Doctor() {}

    /** Examines this machine; takes about half a second for each device. */
    public static Findings examine() {
        List<Probe> probes = new ArrayList<>(probes(Device.CPU));
        for (int i = 0; i < Device.gpus(); i++) probes.addAll(probes(new Device(DeviceType.CUDA, i)));
        Placement chosen = Placement.best();
        EngineSettings settings = EngineSettings.of(System.getenv(), System.getProperty("os.name"));
        List<String> problems = new ArrayList<>(settings.problems());
        problems.addAll(problems(chosen, probes));
        return new Findings(
                Runtime.version().toString(),
                Loader.getPlatform(),
                "libtorch " + engineVersion(),
                Runtime.getRuntime().availableProcessors(),
                torch.get_num_threads(),
                openblas_full.openblas_get_num_threads(),
                settings.malloc(),
                settings.openMp(),
                Precision.cpuFlags(),
                Context.hasCUDART(),
                Device.gpus(),
                Pointer.availablePhysicalBytes() >> 20,
                chosen.device().toString(),
                chosen.precision(),
                probes,
                problems);
    }

    /** The version of the binding, which begins with that of libtorch. */
    private static String engineVersion() {
        try {
            return Loader.getVersion("org.bytedeco", "pytorch");
        } catch (IOException e) {
            return "of unknown version";
        }
    }

    private static List<String> problems(Placement chosen, List<Probe> probes) {
        List<String> problems = new ArrayList<>();
        String device = chosen.device().toString();
        double speed = speed(probes, chosen);
        for (Probe other : probes)
            if (other.device().equals(device) && other.gigaflops() > 1.2 * speed)
                problems.add(Kebab.of(other.precision()) + " is faster here: add `precision` "
                        + Kebab.of(other.precision()));
        if (Context.hasCUDART() && Device.gpus() == 0)
            problems.add("the engine has CUDA but finds no GPU: check the driver with nvidia-smi, see docs/gpu.md");
        if (openblas_full.openblas_get_num_threads() > 1)
            problems.add("OpenBLAS uses several threads, which fight with the engine's: set OPENBLAS_NUM_THREADS=1");
        if (Pointer.maxPhysicalBytes() > 0)
            problems.add("the JVM bounds the engine's memory: start it with -Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
        if (Pointer.availablePhysicalBytes() < 2L << 30)
            problems.add("less than 2 GB of memory are free: close other programs, or use a smaller training.batch");
        return problems;
    }

    private static double speed(List<Probe> probes, Placement placement) {
        return probes.stream()
                .filter(p -> p.device().equals(placement.device().toString()) && p.precision() == placement.precision())
                .mapToDouble(Probe::gigaflops)
                .findFirst()
                .orElseThrow();
    }

    private static List<Probe> probes(Device device) {
        return Arrays.stream(Precision.values())
                .map(precision -> new Probe(device.toString(), precision, gigaflops(device, precision)))
                .toList();
    }

    private static double gigaflops(Device device, Precision precision) {
        int times = device.isCuda() ? 50 : 1; // a GPU is asked for many and waited for once
        double flop = 2.0 * times * BATCH * SIZE * SIZE * CHANNELS * CHANNELS * 9;
        return Scope.read(() -> {
            Rng rng = Rng.of(0);
            Tensor x = Layout.of(precision.dtype())
                    .apply(device.move(rng.normal(BATCH, CHANNELS, SIZE, SIZE)).to(precision.dtype()));
            Tensor w = Layout.of(precision.dtype())
                    .apply(device.move(rng.normal(CHANNELS, CHANNELS, 3, 3)).to(precision.dtype()));
            double best = 0;
            long end = System.nanoTime() + (long) (PROBE_SECONDS * 1e9);
            while (System.nanoTime() < end) {
                long begun = System.nanoTime();
                for (int i = 0; i < times; i++) Scope.run(() -> Kernels.convolve3x3(x, w));
                device.synchronize();
                best = Math.max(best, flop / (System.nanoTime() - begun));
            }
            return best;
        });
    }
}
