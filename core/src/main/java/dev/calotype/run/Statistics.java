package dev.calotype.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.calotype.io.JsonLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * One line of a run's {@code statistics.jsonl}, the mean over the steps since the line before.
 *
 * @param seconds of training so far, resumed parts included
 * @param waitShare share of the time in which the trainer waited for data
 * @param memoryMb resident memory of the process
 * @param device where the network was trained, such as {@code cpu}
 * @param precision of the network, such as {@code bf16}
 * @param game how two networks stand that play against each other; null where one learns alone
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Statistics(
        long step,
        double seconds,
        double loss,
        double gradientNorm,
        double learningRate,
        double imagesPerSecond,
        double waitShare,
        long memoryMb,
        String device,
        String precision,
        Game game) {
    /**
     * The means of {@link dev.calotype.train.Duel}; NaN where no step of the line had a value.
     *
     * @param accuracy share of all images that the discriminator judges rightly, half of them real
     */
    public record Game(double generatorLoss, double generatorNorm, double accuracy, double diversity) {}

    void append(Path file) throws IOException {
        JsonLines.append(file, this);
    }

    /** The lines of a file; a line that a kill left unfinished is dropped. */
    public static List<Statistics> read(Path file) throws IOException {
        return JsonLines.read(file, Statistics.class);
    }

    /** Drops what was recorded after {@code step}: a resumed run records it again. */
    static void truncate(Path file, long step) throws IOException {
        JsonLines.keep(file, Statistics.class, line -> line.step() <= step);
    }
}
