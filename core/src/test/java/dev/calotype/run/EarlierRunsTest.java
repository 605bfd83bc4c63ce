package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Request;
import dev.calotype.judge.Judgement;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Run directories that commit f7b6f99 wrote, one of each kind, ten steps each; the gan's with its checkpoint. */
class EarlierRunsTest {
    private static final Placement CPU = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    Path folder;

    /** A copy, since a run that is gone on with is written to. */
    private RunDirectory earlier(String name) throws IOException {
        try {
            Path from =
                    Path.of(EarlierRunsTest.class.getResource("earlier/" + name).toURI());
            Path to = folder.resolve(name);
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : files.toList())
                    Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
            return RunDirectory.open(to);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"diffusion, diffusion", "gan, gan", "stylegan2, gan", "judge, judge"})
    void aRecipeOfAnEarlierRunIsThatOfItsKindAndKeepsItsValues(String name, String kind) throws IOException {
        RunDirectory run = earlier(name);
        Experiment experiment = run.experiment();
        assertThat(Kinds.of(experiment).name()).isEqualTo(kind);
        assertThat(Recipe.parse(Recipe.write(experiment), List.of())).isEqualTo(experiment);
        List<String> kept = Recipe.write(experiment).lines().toList();
        assertThat(kept)
                .containsSubsequence(Files.readString(run.experimentFile())
                        .split("\nevaluation:")[0]
                        .lines()
                        .toList());
    }

    @ParameterizedTest
    @CsvSource({
        "diffusion, 0.6098421096801758, 33.378788040327215",
        "gan, 1.346853244304657, 57.49387676855583",
        "stylegan2, 1.3876523494720459, 56.55720334561112",
        "judge, 15.90116481781006,",
    })
    void recordsOfAnEarlierRunAreRead(String name, double loss, Double fid) throws IOException {
        RunDirectory run = earlier(name);
        assertThat(Statistics.read(run.statisticsFile())).singleElement().satisfies(line -> {
            assertThat(line.step()).isEqualTo(10);
            assertThat(line.loss()).isEqualTo(loss);
        });
        assertThat(Milestone.read(run.milestonesFile())).singleElement().satisfies(milestone -> {
            assertThat(milestone.step()).isEqualTo(10);
            if (fid == null) assertThat(milestone.score()).isNull();
            else assertThat(milestone.score().number("fid")).isEqualTo(fid);
        });
    }

    @Test
    void theJudgementOfAnEarlierRunIsRead() throws IOException {
        Judgement judgement = earlier("diffusion").judgement().orElseThrow();
        assertThat(judgement.score("fid")).isEqualTo(33.37332329287391);
        assertThat(judgement.score("precision")).isEqualTo(1.0);
        assertThat(judgement.score("evenCoverage")).isEqualTo(0.7021276595744681);
    }

    /** The same names in the same order, so that tables of older and newer judgements fit each other. */
    @Test
    void aJudgementIsWrittenAsItWasRead() throws IOException {
        RunDirectory run = earlier("diffusion");
        ObjectMapper json = new ObjectMapper();
        String written = json.writeValueAsString(run.judgement().orElseThrow());
        assertThat(written)
                .isEqualTo(json.writeValueAsString(
                        json.readTree(run.evaluationFile().toFile())));
    }

    @Test
    void anEarlierCheckpointDrawsAndIsTrainedOn() throws IOException {
        RunDirectory run = earlier("gan");
        try (DrawsImages model = TrainedFile.open(run.root(), Capability.DRAWS_IMAGES, CPU)) {
            assertThat(model.step()).isEqualTo(10);
            Request request = new Request(model.experiment().sampling(), 0, Request.ANY);
            long[] shape = Scope.read(() -> Tensors.shape(model.drawing(request).images(0, 2)));
            assertThat(shape).isEqualTo(new long[] {2, 3, 32, 32});
        }
        Training.Outcome outcome =
                Training.resume(run, List.of("training.steps=12", "training.precision=fp32"), TrainingObserver.SILENT);
        assertThat(outcome.step()).isEqualTo(12);
        assertThat(outcome.finished()).isTrue();
        assertThat(Statistics.read(run.statisticsFile())).isNotEmpty();
    }
}
