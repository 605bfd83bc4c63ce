package dev.calotype.tuning;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;

/**
 * How a model came about.
 *
 * @param method such as {@code lora, rank 8}
 * @param seconds of training; NaN where nobody knows
 * @param bytes of what it holds itself of the weights that it draws with
 */
record Past(String method, double seconds, long bytes) {
    static final String BASE = "base";

    /** Of a run or a checkpoint. */
    static Past of(Path path, boolean isBase) throws IOException {
        Experiment experiment = TrainedFile.experiment(path);
        String method = isBase ? BASE : method(experiment.training().tune());
        return new Past(method, seconds(path), bytes(path, experiment));
    }

    private static long bytes(Path path, Experiment experiment) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            return TrainedFile.learned(path, experiment).stored().values().stream()
                    .mapToLong(weight -> weight.count() * Precision.FP32.bytes())
                    .sum();
        }
    }

    private static String method(Tuning tuning) {
        String method = Kebab.of(tuning.method());
        if (tuning.method().factored()) method += ", rank " + tuning.rank();
        if (tuning.rehearsal().asksBase()) return method + ", rehearsed by its base";
        return tuning.rehearsal().used() ? method + ", rehearsed" : method;
    }

    private static double seconds(Path path) throws IOException {
        if (!Files.isDirectory(path)) return Double.NaN;
        List<Statistics> recorded = Statistics.read(RunDirectory.open(path).statisticsFile());
        return recorded.isEmpty()
                ? Double.NaN
                : recorded.get(recorded.size() - 1).seconds();
    }
}
