package dev.calotype.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ChildJvm;
import dev.calotype.settings.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledSweepTest {
    /** What a clock or the memory of a process decides. */
    private static final Set<String> MEASURED =
            Set.of("training-seconds", "images-per-second", "memory-mb", "sampling-seconds", "evaluation-seconds");

    @TempDir
    private Path folder;

    @Test
    @Tag("slow")
    void aSweepThatIsKilledAgainAndAgainEndsInTheSameTable() throws Exception {
        ChildJvm child = new ChildJvm(SweepChild.class, folder.resolve("errors.txt"));
        Path straight = Files.createDirectory(folder.resolve("straight"));
        List<String> told = child.run(Integer.MAX_VALUE, straight.toString());
        assertThat(told).endsWith("done");
        Path killed = Files.createDirectory(folder.resolve("killed"));
        Map<Path, FileTime> done = new TreeMap<>();
        int judged = first(told, "computing", 0); // the first trial, sampled in the first way
        int secondWay = first(told, "sampling", judged);
        // In the first training; while images of the second way are drawn; in the second trial; then to the end.
        for (int until : new int[] {2, secondWay + 1, told.size() / 4, Integer.MAX_VALUE}) {
            child.run(until, killed.toString());
            Map<Path, FileTime> now = results(killed.resolve("tiny"));
            assertThat(now).as("no result is made twice").containsAllEntriesOf(done);
            done = now;
        }
        assertThat(done).hasSize(4 * (1 + 1 + 2 * 2));
        assertThat(scores(killed)).isEqualTo(scores(straight));
        assertThat(child.run(Integer.MAX_VALUE, killed.toString())).containsExactly("done");
    }

    /** Where the first line from {@code from} on that begins so stands. */
    private static int first(List<String> told, String start, int from) {
        return IntStream.range(from, told.size())
                .filter(i -> told.get(i).startsWith(start))
                .findFirst()
                .orElseThrow();
    }

    private static Map<Path, FileTime> results(Path sweep) throws IOException {
        Map<Path, FileTime> times = new TreeMap<>();
        try (Stream<Path> files = Files.walk(sweep.resolve("trials"))) {
            for (Path file : files.filter(KilledSweepTest::isResult).toList())
                times.put(file, Files.getLastModifiedTime(file));
        }
        return times;
    }

    /** What drawing took is written just before the judgement, and made again where a kill came between them. */
    private static boolean isResult(Path file) {
        String name = file.getFileName().toString();
        Path judgement = file.resolveSibling(name.replace("-drawn.json", ".json"));
        return name.endsWith(".json") && !name.equals("best.json") && Files.exists(judgement);
    }

    private static Map<List<String>, Map<String, Summary>> scores(Path parent) throws IOException {
        SweepDirectory directory = new SweepDirectory(parent.resolve("tiny"));
        Map<List<String>, Map<String, Summary>> scores = new LinkedHashMap<>();
        for (SweepTable.Row row : SweepTable.of(directory.sweep(), directory).rows()) {
            assertThat(row.open()).isZero();
            Map<String, Summary> values = new LinkedHashMap<>(row.values());
            assertThat(values.keySet()).containsAll(MEASURED).contains("fid", "bits-per-dim");
            values.keySet().removeAll(MEASURED);
            scores.put(row.labels(), values);
        }
        return scores;
    }
}
