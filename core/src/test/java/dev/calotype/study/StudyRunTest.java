package dev.calotype.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.image.ImageFiles;
import dev.calotype.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyRunTest {
    @TempDir
    private Path folder;

    private Study study;
    private StudyDirectory directory;

    @BeforeEach
    void create() throws Exception {
        Studies.pictures(folder);
        study = Study.parse(Studies.QUICK, folder);
        directory = StudyDirectory.create(folder, study);
    }

    @Test
    void everyTrialHasAResultACurveAndPictures() throws Exception {
        StudyTable table = new StudyRun(study, directory, StudyRun.Listener.SILENT).run();
        Map<String, TrialResult> results = directory.results();
        for (Trial trial : study.trials()) {
            TrialResult result = results.get(trial.id());
            assertThat(result.succeeded()).as("%s", result).isTrue();
            assertThat(ImageFiles.decode(directory.restored(trial), 3).width()).isEqualTo(32);
            assertThat(directory.truth(trial)).exists();
            assertThat(directory.observed(trial)).exists();
            assertThat(directory.curve(trial)).hasSize(result.effort().iterations());
            assertThat(result.oracle().gap()).isNotNegative();
            assertThat(result.scores().ssim()).isBetween(-1.0, 1.0);
            assertThat(result.scores().observed() == null)
                    .isEqualTo(trial.degradation().startsWith("down"));
        }
        assertThat(table.rows()).hasSize(6);
        StudyTable.Row tv = table.rows().get(1);
        assertThat(tv.method()).isEqualTo("tv");
        assertThat(tv.against().wins())
                .as("total variation is better than nothing")
                .isEqualTo(4);
        assertThat(Files.readString(directory.markdownFile())).contains("| strong | **", "| against seen |");
    }

    @Test
    void allMethodsSeeTheSameAndAMethodThatDoesNothingScoresAsWhatItSaw() throws Exception {
        new StudyRun(study, directory, StudyRun.Listener.SILENT).run();
        directory.results().values().stream()
                .filter(r -> r.method().equals("seen") && r.scores().observed() != null)
                .forEach(r -> assertThat(r.scores().psnr()).isEqualTo(r.scores().observed()));
        List<Trial> trials = study.trials();
        assertThat(trials.get(0).observedId()).isEqualTo(trials.get(1).observedId());
        assertThat(trials.get(0).observedId()).isNotEqualTo(trials.get(3).observedId());
    }

    @Test
    void whatIsDoneIsNotDoneAgainAndATornLineIsNoResult() throws Exception {
        new StudyRun(study, directory, StudyRun.Listener.SILENT).run();
        List<String> lines = Files.readAllLines(directory.resultsFile());
        Files.writeString(
                directory.resultsFile(),
                String.join("\n", lines.subList(0, 20)) + "\n" + lines.get(20).substring(0, 40));
        List<String> made = new ArrayList<>();
        new StudyRun(study, directory, (result, done, all) -> made.add(result.trial())).run();
        assertThat(made).hasSize(4);
        assertThat(Files.readAllLines(directory.resultsFile())).hasSize(24);
        assertThat(directory.results().values())
                .extracting(r -> r.scores().psnr())
                .isEqualTo(psnrs(lines));
    }

    @Test
    void aListenerHearsOfEveryIterationAndWhereItStands() throws Exception {
        int[] begun = new int[2];
        Map<String, List<Double>> shares = new HashMap<>();
        StudyRun.Listener listener = new StudyRun.Listener() {
            @Override
            public void begun(int done, int all) {
                begun[0] = done;
                begun[1] = all;
            }

            @Override
            public void step(Trial trial, int iteration, double share) {
                List<Double> heard = shares.computeIfAbsent(trial.id(), id -> new ArrayList<>());
                heard.add(share);
                assertThat(heard).hasSize(iteration);
            }

            @Override
            public void finished(TrialResult result, int done, int all) {
                assertThat(done).isGreaterThan(begun[0]);
            }
        };
        new StudyRun(study, directory, listener).run();
        assertThat(begun).containsExactly(0, 24);
        assertThat(shares).hasSize(16).as("those of the methods that iterate").allSatisfy((id, heard) -> assertThat(
                        heard)
                .isSorted()
                .allMatch(share -> share > 0 && share <= 1)
                .endsWith(1.0));
    }

    private static List<Double> psnrs(List<String> lines) throws Exception {
        List<Double> values = new ArrayList<>();
        for (String line : lines)
            values.add(
                    new ObjectMapper().readTree(line).get("scores").get("psnr").asDouble());
        return values;
    }

    @Test
    void trialsSideBySideGiveWhatTrialsInTurnGive() throws Exception {
        new StudyRun(study, directory, StudyRun.Listener.SILENT).run();
        Study two = Study.parse(Studies.QUICK.replace("name: quick", "name: two\nparallel: 2"), folder);
        StudyDirectory other = StudyDirectory.create(folder, two);
        StudyTable table = new StudyRun(two, other, StudyRun.Listener.SILENT).run();
        assertThat(table.rows())
                .extracting(row -> row.psnr().toString())
                .isEqualTo(StudyTable.of(study, directory).rows().stream()
                        .map(row -> row.psnr().toString())
                        .toList());
    }

    @Test
    void aMethodThatLacksItsWeightsFailsInASentenceAndTheOthersGoOn() throws Exception {
        Study lacking = Study.parse(
                Studies.QUICK
                        .replace("name: quick", "name: lacking")
                        .replace("method: tv, strength: 2.0", "method: dncnn"),
                folder);
        StudyDirectory own = StudyDirectory.create(folder, lacking);
        List<String> failures = new ArrayList<>();
        StudyTable table = new StudyRun(lacking, own, (result, done, all) -> {
                    if (!result.succeeded()) failures.add(result.seed() + ": " + result.failure());
                })
                .run();
        assertThat(failures)
                .as("each is told in the words of the method, without the name of a class")
                .hasSize(8)
                .contains("1: this method needs the weights of a DnCNN: `dncnn`");
        assertThat(table.notes())
                .anyMatch(note -> note.startsWith("Failed: strong on a, gaussian:25, seed 0: ")
                        && note.contains("needs the weights of a DnCNN"));
        assertThat(table.rows().get(0).trials()).isEqualTo(4);
        assertThat(table.rows().get(2).failures()).isEqualTo(4);
    }

    @Test
    void aStudyIsKeptBesideItsTable() throws Exception {
        assertThat(StudyDirectory.isOne(directory.root())).isTrue();
        assertThat(StudyDirectory.isOne(folder)).isFalse();
        assertThat(directory.study()).isEqualTo(study);
        StudyTable table = StudyTable.of(study, directory);
        directory.write(table);
        assertThat(new ObjectMapper()
                        .readTree(directory.tableFile().toFile())
                        .get("name")
                        .asText())
                .isEqualTo("quick");
        assertThat(directory.markdownFile()).hasContent(table.markdown());
        assertThat(directory.root().resolve("table.csv")).hasContent(table.csv());
    }

    @Test
    void twoProcessesDoNotRunOneStudy() throws Exception {
        try (var channel = java.nio.channels.FileChannel.open(
                        directory.root().resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> new StudyRun(study, directory, StudyRun.Listener.SILENT).run())
                    .hasMessageContaining("is being run by another process");
        }
    }

    @Test
    void nothingLeaks() throws Exception {
        new StudyRun(study, directory, StudyRun.Listener.SILENT).run();
        Files.delete(directory.resultsFile());
        long before = Scope.live();
        new StudyRun(study, directory, StudyRun.Listener.SILENT).run();
        assertThat(Scope.live()).isLessThanOrEqualTo(before);
    }
}
