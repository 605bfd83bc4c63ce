package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.data.Batch;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Variance;
import dev.calotype.experiment.Tiny;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.model.Condition;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.run.TrainingTest;
import dev.calotype.sampling.Timetable;
import dev.calotype.sampling.Timetable.End;
import dev.calotype.sampling.Timetable.Spacing;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Conditioning;
import dev.calotype.train.DiffusionObjective.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistillationTest {
    private static final Timetable TRAILING = new Timetable(Spacing.TRAILING, 0, End.CLEAN);

    @TempDir
    private static Path data;

    @TempDir
    private Path runs;

    private static Tensor drawn(GaussianDiffusion process, int steps, Denoiser denoiser, Tensor noise) {
        return new SamplingSettings(Method.DDIM, steps, 0, 1, TRAILING, Clip.NONE)
                .sampler(process)
                .sample(denoiser, noise, Rng.of(0));
    }

    private static Distillation of(GaussianDiffusion process, NoisePredictor teacher, int steps, int substeps) {
        return new Distillation(
                process,
                condition -> teacher,
                new DistillationSettings(steps, substeps),
                new Way(Batch::images, Conditioning.none(), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"VELOCITY,4,5", "FLOW,2,2", "CLEAN,1,10"})
    void whoSaysTheTargetDrawsInFewStepsWhatTheTeacherDrawsInMany(Parameterization view, int steps, int substeps) {
        Scope.run(() -> {
            var process = new GaussianDiffusion(NoiseSchedule.cosine(1000), view, Variance.FIXED_SMALL);
            NoisePredictor teacher = (x, times) -> Tensors.scale(0.7, x.tanh()); // of no straight way
            Distillation distillation = of(process, teacher, steps, substeps);
            Tensor noise = Rng.of(3).normal(2, 3, 4, 4);
            Denoiser student = (x, level) -> {
                int[] t = new int[2];
                Arrays.fill(t, (int) Math.round(level.time()));
                return distillation.target(x, t, Condition.NONE);
            };
            Tensor few = drawn(process, steps, student, noise);
            Tensor many = drawn(process, steps * substeps, process.denoiser(teacher, Clip.NONE), noise);
            assertThat(Deviation.relative(few, many)).isLessThan(1e-4);
            Tensor as = drawn(process, steps, process.denoiser(teacher, Clip.NONE), noise);
            assertThat(Deviation.relative(as, many)).isGreaterThan(1e-2);
        });
    }

    private static DiffusionExperiment experiment(Path base, String... more) {
        return Tiny.on(
                data,
                Stream.concat(
                                Stream.of(
                                        "process.parameterization=velocity",
                                        "process.variance=fixed-small",
                                        "process.loss=simple",
                                        "process.steps=8",
                                        "training.tune.from=" + base),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    private static String[] distilled(String... more) {
        return Stream.concat(
                        Stream.of(
                                "distillation.steps=2",
                                "distillation.substeps=2",
                                "sampling.method=ddim",
                                "sampling.steps=2",
                                "sampling.timetable.spacing=trailing"),
                        Stream.of(more))
                .toArray(String[]::new);
    }

    @Test
    void aStudentGoesOnAfterAKillAsOneThatWasNotAndItsTeacherMustBeThere() throws IOException {
        Tiny.pictures(data);
        Path base = Training.start(experiment(Path.of("")), runs, TrainingObserver.SILENT)
                .run()
                .root();
        DiffusionExperiment student = experiment(base, distilled());
        Training.Outcome straight = Training.start(student, runs, TrainingObserver.SILENT);
        Training.Outcome stopped = Training.start(student, runs, TrainingTest.stoppingAfter(5));
        Training.Outcome resumed = Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT);
        assertThat(resumed.weightsHash()).isEqualTo(straight.weightsHash()).isNotEqualTo(stopped.weightsHash());
        assertThatThrownBy(() -> Training.start(
                        experiment(base, distilled("process.schedule=linear", "process.steps=24")),
                        runs,
                        TrainingObserver.SILENT))
                .hasMessageContaining("process.");
    }

    @Test
    void whatCannotBeDistilledIsSaid() {
        assertThatThrownBy(experiment(Path.of(""), distilled())::requireTrainable)
                .hasMessage("training.tune.from must name the model that is distilled where distillation.steps is above"
                        + " 0: ''");
        Path base = Path.of("base");
        experiment(base, distilled()).requireTrainable();
        assertThatThrownBy(experiment(base, distilled("distillation.substeps=3"))::requireTrainable)
                .hasMessage("distillation.steps times distillation.substeps must divide process.steps, 8: 6");
        assertThatThrownBy(experiment(base, distilled("sampling.steps=3"))::requireTrainable)
                .hasMessageStartingWith("sampling must be ddim in the steps that are distilled, 2,");
        assertThatThrownBy(experiment(base, distilled("process.parameterization=epsilon"))::requireTrainable)
                .hasMessageContaining("must not be epsilon where distillation.steps is above 0: epsilon");
    }
}
