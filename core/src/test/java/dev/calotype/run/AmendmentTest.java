package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Tiny;
import dev.calotype.experiment.offer.OptimizesSteps;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps that were optimized, kept in a run, in its checkpoint or in a new one. */
class AmendmentTest {
    private static final Placement PLACEMENT = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    private Path folder;

    private RunDirectory run;

    @BeforeEach
    void train() throws IOException {
        Path data = Tiny.pictures(folder.resolve("data"));
        run = Training.start(Tiny.on(data, "process.steps=20", "training.steps=3"), folder, TrainingObserver.SILENT)
                .run();
    }

    private static GenerativeExperiment optimized(Path model, String sampler, Integer... steps) throws IOException {
        try (OptimizesSteps opened = TrainedFile.open(model, OptimizesSteps.CAPABILITY, PLACEMENT)) {
            var how = opened.experiment().sampling(Map.of("sampler", sampler));
            return opened.optimized(new Request(how, 0, Request.ANY), List.of(steps), 3, Progress.SILENT);
        }
    }

    private static double[] drawn(Path model, Map<String, String> asked) throws IOException {
        try (DrawsImages opened = TrainedFile.open(model, Capability.DRAWS_IMAGES, PLACEMENT)) {
            var request = new Request(opened.experiment().sampling(asked), 1, Request.ANY);
            return Scope.read(() -> Tensors.doubles(opened.drawing(request).images(0, 2)));
        }
    }

    @Test
    void aRunItsCheckpointAndACopyDrawAlongTheStepsAndNothingElseIsChanged() throws IOException {
        Path root = run.root(), checkpoint = run.checkpoints().resolve("step-00000003.safetensors");
        Map<String, String> five = Map.of("sampler", "dpm++", "steps", "5");
        Map<String, String> usual = Map.of("sampler", "dpm++", "steps", "5", "spacing", "usual");
        double[] before = drawn(root, five);
        Path copy = folder.resolve("copy.safetensors");
        GenerativeExperiment found = optimized(root, "dpm++", 4, 5);
        Amendment.write(root, found, copy);
        assertThat(drawn(root, five)).isEqualTo(before);
        Amendment.write(run, found);
        assertThat(run.experiment()).isEqualTo(found).isEqualTo(TrainedFile.experiment(checkpoint));
        assertThat(drawn(root, five))
                .isNotEqualTo(before)
                .isEqualTo(drawn(checkpoint, five))
                .isEqualTo(drawn(copy, five));
        assertThat(drawn(root, usual)).isEqualTo(before);
        assertThat(found.sampling(five).toString()).startsWith("dpm-solver, 5 steps, spacing optimized ");
        Training.Outcome again = Training.resume(run, List.of("training.steps=4"), TrainingObserver.SILENT);
        assertThat(again.step()).isEqualTo(4);
        assertThat(run.experiment().generative().orElseThrow().sampling()).isEqualTo(found.sampling());
    }

    @Test
    void theSameSearchFindsTheSameAndAnotherOneKeepsWhatItDoesNotReplace() throws IOException {
        GenerativeExperiment first = optimized(run.root(), "unipc", 4, 5);
        assertThat(optimized(run.root(), "unipc", 4, 5)).isEqualTo(first);
        Amendment.write(run, first);
        assertThat(optimized(run.root(), "unipc", 4, 5)).isEqualTo(first);
        assertThat(optimized(run.root(), "dpm++", 5).sampling(Map.of("sampler", "unipc", "steps", "4")))
                .hasToString(
                        first.sampling(Map.of("sampler", "unipc", "steps", "4")).toString());
        assertThatThrownBy(() -> optimized(run.root(), "euler", 4))
                .hasMessage("steps can be optimized of the samplers dpm-solver and uni-pc: euler");
    }

    @Test
    void aRunWithoutACheckpointAndAnExistingFileAreRefused() throws IOException {
        GenerativeExperiment experiment = run.experiment().generative().orElseThrow();
        Path there = Files.writeString(folder.resolve("there"), "");
        assertThatThrownBy(() -> Amendment.write(run.root(), experiment, there))
                .hasMessageContaining("is there already");
        Files.delete(run.checkpoints().resolve("step-00000003.safetensors"));
        assertThatThrownBy(() -> Amendment.write(run, experiment)).hasMessage(run + " has no checkpoint yet");
    }
}
