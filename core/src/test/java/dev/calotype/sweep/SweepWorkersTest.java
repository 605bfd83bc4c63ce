package dev.calotype.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.sweep.SweepDirectory.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Processes that stand for trainings. */
@DisabledOnOs(OS.WINDOWS)
class SweepWorkersTest {
    @TempDir
    private Path folder;

    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private Sweep sweep;
    private SweepDirectory directory;

    @BeforeEach
    void create() throws IOException {
        sweep = Sweep.parse(
                "{name: two, recipe: {training: {steps: 5, minutes: 0}}, axes: {training.batch: [4, 8]}}",
                folder,
                List.of());
        directory = SweepDirectory.create(folder, sweep);
        for (Trial trial : sweep.trials()) directory.claim(trial, who -> {}).close();
    }

    private SweepTable run(Function<Trial, String> script) throws Exception {
        Function<String, List<String>> command = id -> List.of(
                "sh",
                "-c",
                script.apply(sweep.trials().stream()
                        .filter(trial -> trial.id().equals(id))
                        .findFirst()
                        .orElseThrow()));
        return new SweepWorkers(sweep, directory, command, new SweepWorkers.Listener() {
                    @Override
                    public void started(Trial trial, int done, int all) {
                        heard.add("started " + trial.cell().get(0) + ", " + done + " of " + all);
                    }

                    @Override
                    public void said(Trial trial, String line) {
                        heard.add(trial.cell().get(0) + ": " + line);
                    }
                })
                .run();
    }

    /** A script that says two lines and leaves a result. */
    private String failing(Trial trial) {
        return "echo one >&2; echo two >&2; echo '{\"reason\":\"diverged\"}' > '"
                + directory.trial(trial).resolve("failed.json") + "'";
    }

    @Test
    void everyTrialHasAProcessWhoseWordsAreHeard() throws Exception {
        SweepTable table = run(this::failing);
        assertThat(heard)
                .containsExactly("started 4, 0 of 2", "4: one", "4: two", "started 8, 1 of 2", "8: one", "8: two");
        assertThat(table.notes()).contains("Failed: 4, seed 0: diverged.", "Failed: 8, seed 0: diverged.");
        assertThat(Files.readString(directory.markdownFile())).contains("Failed: 8, seed 0: diverged.");
    }

    @Test
    void whatIsDoneHasNoProcess() throws Exception {
        directory.write(sweep.trials().get(0), new Failed("long ago"));
        run(this::failing);
        assertThat(heard).containsExactly("started 8, 1 of 2", "8: one", "8: two");
    }

    @Test
    void aProcessThatFailsIsToldWithItsLastWordsAfterTheOthersAreDone() {
        Trial first = sweep.trials().get(0);
        assertThatThrownBy(() -> run(
                        trial -> trial.equals(first) ? "echo on >&2; echo no such data >&2; exit 3" : failing(trial)))
                .isInstanceOf(IOException.class)
                .hasMessage("the trial " + first.id() + " ended with exit code 3: no such data");
        assertThat(heard).contains("8: two");
    }

    @Test
    void aProcessThatWasKilledMayHaveWantedMemory() {
        Trial first = sweep.trials().get(0);
        assertThatThrownBy(() -> run(trial -> "exit 137"))
                .hasMessage(
                        "the trial " + first.id() + " ended with exit code 137, killed, perhaps for want of memory");
    }

    @Test
    void anExitCodeDoesNotCountOnceAResultIsThere() throws Exception {
        SweepTable table = run(trial -> failing(trial) + "; exit 1");
        assertThat(table.notes()).anyMatch(note -> note.contains("diverged"));
    }

    @Test
    void twoProcessesDoNotRunOneSweep() throws Exception {
        try (var claim = directory.claim()) {
            assertThat(claim).isNotNull();
            assertThatThrownBy(() -> run(this::failing)).isInstanceOf(IOException.class);
        }
        assertThat(heard).isEmpty();
    }
}
