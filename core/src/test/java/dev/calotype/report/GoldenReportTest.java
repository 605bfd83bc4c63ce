package dev.calotype.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.experiment.Kinds;
import dev.calotype.run.RunDirectory;
import dev.calotype.study.StudyDirectory;
import dev.calotype.sweep.SweepDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole reports of records whose numbers all differ, as they were read once by a person with the records beside them. */
class GoldenReportTest {
    @TempDir
    private Path folder;

    /** What a kind says of itself is its own, and told in one place only. */
    private void assertRun(String golden, Path root) throws IOException {
        RunDirectory run = new RunDirectory(root);
        String what = Kinds.of(run.experiment()).story().what();
        String told = Told.of(RunReport.of(run), folder);
        assertThat(told).containsOnlyOnce(what);
        Told.assertGolden(golden, told.replace(what, "(the story of its kind)"));
    }

    @Test
    void aRunIsToldFromItsFirstStepToItsWarnings() throws IOException {
        Path run = Records.run(folder.resolve("run-001"));
        for (String name : List.of("learning.png", "interpolation.png", "grid.png"))
            Files.copy(
                    run.resolve("samples/step-00000300.png"),
                    run.resolve("samples").resolve(name));
        assertRun("run.txt", run);
    }

    @Test
    void aRunWithoutAGridShowsTheLastThatItDrew() throws IOException {
        Path run = Records.run(folder.resolve("run-001"));
        Document page = RunReport.of(new RunDirectory(run));
        assertThat(page.blocks().stream()
                        .filter(Block.Pictures.class::isInstance)
                        .map(block -> ((Block.Pictures) block).pictures().get(0).file())
                        .findFirst())
                .contains(run.resolve("samples/step-00000900.png"));
    }

    @Test
    void aGameIsToldWithTheMomentAtWhichItCollapsed() throws IOException {
        assertRun("game.txt", Records.game(folder.resolve("game-001")));
    }

    @Test
    void aRunThatHasNotBegunIsSaidToBeUntrained() throws IOException {
        Path run = Files.createDirectories(folder.resolve("new-001"));
        Files.writeString(run.resolve("experiment.yaml"), "kind: gan\n");
        assertRun("untrained.txt", run);
    }

    @Test
    void aClassifierIsToldByHowItNames() throws IOException {
        assertRun("classifier.txt", Records.classifier(folder.resolve("named-001")));
    }

    @Test
    void aSweepIsToldByItsCells() throws IOException {
        Told.assertGolden("sweep.txt", Told.of(SweepReport.of(new SweepDirectory(Records.sweep(folder))), folder));
    }

    @Test
    void recipesAreToldAgainstTheClock() throws IOException {
        Told.assertGolden("recipes.txt", Told.of(SweepReport.of(new SweepDirectory(Records.recipes(folder))), folder));
    }

    @Test
    void aStudyIsToldByItsMethods() throws IOException {
        Told.assertGolden("study.txt", Told.of(StudyReport.of(new StudyDirectory(Records.study(folder))), folder));
    }

    @Test
    void runsAreToldSideBySide() throws IOException {
        Path run = Records.run(folder.resolve("run-001")), game = Records.game(folder.resolve("game-001"));
        Path other = Records.run(folder.resolve("run-002"));
        Files.writeString(
                other.resolve("evaluation.json"),
                Files.readString(other.resolve("evaluation.json")).replace("12.5", "11.25"));
        Document page = new Document("three");
        Comparison.addTo(page, List.of(new RunDirectory(run), new RunDirectory(game), new RunDirectory(other)));
        Told.assertGolden("runs.txt", Told.of(page, folder));
    }
}
