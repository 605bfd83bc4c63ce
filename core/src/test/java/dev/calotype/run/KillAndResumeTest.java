package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.ChildJvm;
import dev.calotype.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KillAndResumeTest {
    @TempDir
    private Path folder;

    /** Every step writes a checkpoint, so that some kills hit the writing of one. */
    @Test
    @Tag("slow")
    void aTrainingThatIsKilledAgainAndAgainEndsWhereAStraightOneDoes() throws Exception {
        String data = Tiny.pictures(folder.resolve("pictures")).toString();
        String straight = last(
                run(Integer.MAX_VALUE, "start", data, folder.resolve("straight").toString()));
        assertThat(straight).startsWith("hash ");
        Path runs = folder.resolve("killed");
        Path killed = runs.resolve("tiny-001");
        assertThat(run(2, "start", data, runs.toString())).doesNotContain(straight);
        for (int lines : new int[] {1, 3})
            assertThat(last(run(lines, "resume", killed.toString()))).startsWith("step ");
        assertThat(last(run(Integer.MAX_VALUE, "resume", killed.toString()))).isEqualTo(straight);
        assertThat(Statistics.read(RunDirectory.open(killed).statisticsFile()).stream()
                        .map(Statistics::step))
                .doesNotHaveDuplicates()
                .isSorted()
                .endsWith(12L);
    }

    private static String last(List<String> lines) {
        return lines.get(lines.size() - 1);
    }

    private List<String> run(int lines, String... arguments) throws IOException, InterruptedException {
        return new ChildJvm(TrainingChild.class, folder.resolve("errors.txt")).run(lines, arguments);
    }
}
