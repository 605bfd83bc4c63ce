package dev.calotype.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KilledStudyTest {
    @TempDir
    private Path folder;

    @Test
    @Tag("slow")
    void aStudyThatIsKilledAgainAndAgainEndsInTheSameTable() throws Exception {
        ChildJvm child = new ChildJvm(StudyChild.class, folder.resolve("errors.txt"));
        Path straight = Files.createDirectory(folder.resolve("straight"));
        Studies.pictures(straight);
        List<String> told = child.run(Integer.MAX_VALUE, straight.toString());
        assertThat(told).hasSize(24 + 1).endsWith("done");
        Path killed = Files.createDirectory(folder.resolve("killed"));
        Studies.pictures(killed);
        List<String> made = new ArrayList<>();
        for (int until : new int[] {1, 7, 9, Integer.MAX_VALUE}) made.addAll(child.run(until, killed.toString()));
        assertThat(made)
                .as("each trial is told of once")
                .doesNotHaveDuplicates()
                .endsWith("done");
        assertThat(scores(killed)).hasSize(24).isEqualTo(scores(straight));
        assertThat(child.run(Integer.MAX_VALUE, killed.toString())).containsExactly("done");
    }

    private static Map<String, Double> scores(Path folder) throws Exception {
        Map<String, Double> scores = new TreeMap<>();
        new StudyDirectory(folder.resolve("quick"))
                .results()
                .values()
                .forEach(r -> scores.put(
                        r.method() + r.picture() + r.degradation() + r.seed(),
                        r.scores().psnr()));
        return scores;
    }
}
