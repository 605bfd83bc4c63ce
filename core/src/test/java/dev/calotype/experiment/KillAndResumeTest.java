package dev.calotype.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    /** What a child tells until it ends, or until it is killed (SIGKILL) after so many lines. */
    private List<String> run(int lines, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(
                List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        command.add(TrainingChild.class.getName());
        command.addAll(List.of(arguments));
        Path errors = folder.resolve("errors.txt");
        Process child =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        List<String> told = new ArrayList<>();
        try (BufferedReader reader = child.inputReader()) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                told.add(line);
                if (told.size() == lines) child.toHandle().destroyForcibly(); // a Process would close the reader
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertThat(told).as(Files.readString(errors)).isNotEmpty();
        return told;
    }
}
