package dev.calotype.experiment;

import dev.calotype.nn.Layout;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Examines the machine: what there is, what is chosen, how fast it is, and what to mend. */
public final class Doctor {
    private static final double PROBE_SECONDS = 1;
    private static final int CHANNELS = 128, SIZE = 16, BATCH = 32;

    /**
     * What was found.
     *
     * @param gigaflops speed of a 3 x 3 convolution of 128 channels by precision, in 10^9 operations per second
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
            long memoryMb,
            Precision precision,
            Map<Precision, Double> gigaflops,
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
            line(text, "GPU", cuda ? "CUDA" : "none");
            line(text, "memory", memoryMb + " MB free");
            gigaflops.forEach((p, speed) -> line(
                    text, Kebab.of(p) + " speed", String.format(Locale.ROOT, "%.0f GFLOP/s (convolution)", speed)));
            line(text, "precision", Kebab.of(precision) + " is chosen");
            if (problems.isEmpty()) line(text, "problems", "none found");
            problems.forEach(problem -> line(text, "problem", problem));
            return text.toString().stripTrailing();
        }

        private static void line(StringBuilder text, String name, String value) {
            text.append(String.format("%-14s %s%n", name, value));
        }
    }

    private Doctor() {}

    /** Examines this machine; takes about two seconds. */
    public static Findings examine() {
        Map<Precision, Double> speeds = new EnumMap<>(Precision.class);
        for (Precision precision : Precision.values()) speeds.put(precision, probe(precision));
        Precision chosen = Precision.best();
        EngineSettings settings = EngineSettings.of(System.getenv(), System.getProperty("os.name"));
        List<String> problems = new ArrayList<>(settings.problems());
        problems.addAll(problems(chosen, speeds));
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
                torch.cuda_is_available(),
                Pointer.availablePhysicalBytes() >> 20,
                chosen,
                speeds,
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

    private static List<String> problems(Precision chosen, Map<Precision, Double> speeds) {
        List<String> problems = new ArrayList<>();
        Precision other = chosen == Precision.FP32 ? Precision.BF16 : Precision.FP32;
        if (speeds.get(other) > 1.2 * speeds.get(chosen))
            problems.add(Kebab.of(other) + " is faster here: add --set training.precision=" + Kebab.of(other));
        if (openblas_full.openblas_get_num_threads() > 1)
            problems.add("OpenBLAS uses several threads, which fight with the engine's: set OPENBLAS_NUM_THREADS=1");
        if (Pointer.maxPhysicalBytes() > 0)
            problems.add("the JVM bounds the engine's memory: start it with -Dorg.bytedeco.javacpp.maxPhysicalBytes=0");
        if (Pointer.availablePhysicalBytes() < 2L << 30)
            problems.add("less than 2 GB of memory are free: close other programs, or use a smaller training.batch");
        return problems;
    }

    private static double probe(Precision precision) {
        double flop = 2.0 * BATCH * SIZE * SIZE * CHANNELS * CHANNELS * 9;
        return Scope.read(() -> {
            Rng rng = Rng.of(0);
            Tensor x = Layout.of(precision.dtype())
                    .apply(rng.normal(BATCH, CHANNELS, SIZE, SIZE).to(precision.dtype()));
            Tensor w = Layout.of(precision.dtype())
                    .apply(rng.normal(CHANNELS, CHANNELS, 3, 3).to(precision.dtype()));
            double best = 0;
            long end = System.nanoTime() + (long) (PROBE_SECONDS * 1e9);
            while (System.nanoTime() < end) {
                long begun = System.nanoTime();
                Scope.run(() -> Kernels.convolve3x3(x, w));
                best = Math.max(best, flop / (System.nanoTime() - begun));
            }
            return best;
        });
    }
}
