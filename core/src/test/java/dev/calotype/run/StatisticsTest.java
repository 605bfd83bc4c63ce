package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatisticsTest {
    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void threeLines() throws IOException {
        file = folder.resolve("statistics.jsonl");
        for (int step = 10; step <= 30; step += 10) line(step).append(file);
    }

    private static Statistics line(long step) {
        return new Statistics(step, step * 0.5, 1.0 / step, 2, 0.001, 100, 0.25, 300, "cpu", "bf16", null);
    }

    @Test
    void linesComeBackAsTheyWereWritten() throws IOException {
        assertThat(Statistics.read(file)).containsExactly(line(10), line(20), line(30));
        assertThat(Statistics.read(folder.resolve("none"))).isEmpty();
    }

    @Test
    void aLossThatIsNotANumberIsKept() throws IOException {
        new Statistics(40, 1, Double.NaN, Double.POSITIVE_INFINITY, 0.1, 1, 0, 1, "cpu", "fp32", null).append(file);
        assertThat(Statistics.read(file).get(3).loss()).isNaN();
        assertThat(Statistics.read(file).get(3).gradientNorm()).isInfinite();
    }

    @Test
    void anUnfinishedLineIsDropped() throws IOException {
        Files.writeString(file, "{\"step\":40,\"seco", StandardOpenOption.APPEND);
        assertThat(Statistics.read(file)).containsExactly(line(10), line(20), line(30));
    }

    @Test
    void truncatingLeavesWhatARunGoesOnFrom() throws IOException {
        Files.writeString(file, "{\"step\":40,\"seco", StandardOpenOption.APPEND);
        Statistics.truncate(file, 20);
        assertThat(Statistics.read(file)).containsExactly(line(10), line(20));
        line(25).append(file);
        assertThat(Statistics.read(file)).containsExactly(line(10), line(20), line(25));
        Statistics.truncate(file, 0);
        assertThat(Statistics.read(file)).isEmpty();
    }
}
