package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.AnyScript;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Tiny;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.util.DefaultLocale;

class RunDirectoryTest {
    @TempDir
    private Path folder;

    @Test
    void runsOfOneNameAreNumbered() throws IOException {
        Path runs = folder.resolve("not/there/yet");
        assertThat(RunDirectory.create(runs, "a").root()).isEqualTo(runs.resolve("a-001"));
        assertThat(RunDirectory.create(runs, "a").root()).isEqualTo(runs.resolve("a-002"));
        assertThat(RunDirectory.create(runs, "b").root()).isEqualTo(runs.resolve("b-001"));
    }

    @Test
    void aNumberIsNotUsedAgainWhereARunWasRemoved() throws IOException {
        Files.createDirectories(folder.resolve("a-007"));
        Files.createDirectories(folder.resolve("a-x"));
        Files.createDirectories(folder.resolve("a-b-100"));
        Files.createFile(folder.resolve("a-1000"));
        assertThat(RunDirectory.create(folder, "a").root()).isEqualTo(folder.resolve("a-1001"));
    }

    @Test
    @DefaultLocale(language = "fa", country = "IR")
    void numbersAreThoseOfNoLanguageAndGoOnAfterThoseOfAny() throws IOException {
        AnyScript.assume();
        assertThat(RunDirectory.create(folder, "a").root()).isEqualTo(folder.resolve("a-001"));
        Files.createDirectories(folder.resolve("a-۰۰۷"));
        assertThat(RunDirectory.create(folder, "a").root()).isEqualTo(folder.resolve("a-008"));
    }

    @Test
    void aNewRunHasItsFolders() throws IOException {
        RunDirectory run = RunDirectory.create(folder, "a");
        assertThat(run.checkpoints()).isEmptyDirectory();
        assertThat(run.samples()).isEmptyDirectory();
        assertThat(run.judgement()).isEmpty();
    }

    @Test
    void namesStayInTheirFolder() {
        for (String name : new String[] {"..", "a/b", "", "-a", "a b", "a".repeat(101)})
            assertThatThrownBy(() -> RunDirectory.create(folder, name))
                    .hasMessageStartingWith("name must be letters, digits")
                    .hasMessageEndingWith(": " + name);
    }

    @Test
    void opensWhatIsARun() throws IOException {
        RunDirectory run = RunDirectory.create(folder, "a");
        assertThatThrownBy(() -> RunDirectory.open(run.root()))
                .hasMessage(run.root() + " is not a run: it has no experiment.yaml");
        Files.writeString(run.experimentFile(), Recipe.write(Tiny.experiment()));
        assertThat(RunDirectory.open(run.root())).isEqualTo(run);
        assertThat(run.experiment()).isEqualTo(Tiny.experiment());
        assertThatThrownBy(() -> RunDirectory.open(folder.resolve("b")))
                .hasMessage("there is no run " + folder.resolve("b") + "; runs are listed under runs/");
    }
}
