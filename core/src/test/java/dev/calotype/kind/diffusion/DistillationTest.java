package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.Deviation;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Tiny;
import dev.calotype.model.Condition;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.run.TrainingTest;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DistillationTest {
    @TempDir
    private static Path data;

    @TempDir
    private Path runs;

    private static DiffusionExperiment experiment(Path base, String... more) {
        return Tiny.on(
                data,
                with(
                        more,
                        "process.parameterization=velocity",
                        "process.variance=fixed-small",
                        "process.loss=simple",
                        "process.steps=8",
                        "training.tune.from=" + base));
    }

    private static String[] distilled(String... more) {
        return with(
                more,
                "distillation.steps=2",
                "distillation.substeps=2",
                "sampling.method=ddim",
                "sampling.steps=2",
                "sampling.timetable.spacing=trailing");
    }

    private static String[] consistent(String... more) {
        return with(
                more,
                "distillation.method=consistency",
                "distillation.steps=1",
                "distillation.substeps=4",
                "sampling.method=lcm",
                "sampling.steps=2",
                "sampling.timetable.teacher=4");
    }

    private static String[] with(String[] more, String... first) {
        return Stream.concat(Stream.of(first), Stream.of(more)).toArray(String[]::new);
    }

    private static final List<String[]> STUDENTS =
            List.of(distilled(), consistent(), distilled("distillation.method=consistency"));

    private Path base(String... more) throws IOException {
        Tiny.pictures(data);
        return Training.start(experiment(Path.of(""), more), runs, TrainingObserver.SILENT)
                .run()
                .root();
    }

    @Test
    void aStudentGoesOnAfterAKillAsOneThatWasNot() throws IOException {
        Path base = base();
        for (String[] settings : STUDENTS) {
            DiffusionExperiment student = experiment(base, settings);
            Training.Outcome straight = Training.start(student, runs, TrainingObserver.SILENT);
            Training.Outcome stopped = Training.start(student, runs, TrainingTest.stoppingAfter(5));
            Training.Outcome resumed = Training.resume(stopped.run(), List.of(), TrainingObserver.SILENT);
            assertThat(resumed.weightsHash()).isEqualTo(straight.weightsHash()).isNotEqualTo(stopped.weightsHash());
        }
    }

    @Test
    void theTeacherMustBeThereAndTheSame() throws IOException {
        Path base = base();
        Training.Outcome half = Training.start(experiment(base, consistent()), runs, TrainingTest.stoppingAfter(5));
        Path elsewhere = Files.move(base, runs.resolve("elsewhere"));
        assertThatThrownBy(() -> Training.resume(half.run(), List.of(), TrainingObserver.SILENT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(base.toString());
        Files.move(base("seed=6"), base);
        assertThatThrownBy(() -> Training.resume(half.run(), List.of(), TrainingObserver.SILENT))
                .hasMessage(base + " is not the base that tiny began with: its weights are others");
        for (String[] settings : STUDENTS)
            assertThatThrownBy(() -> Training.start(
                            experiment(
                                    elsewhere,
                                    with(new String[] {"process.schedule=linear", "process.steps=24"}, settings)),
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
        for (String[] settings : STUDENTS) experiment(base, settings).requireTrainable();
        refused(distilled("distillation.substeps=3"))
                .hasMessage("distillation.steps times distillation.substeps must divide process.steps, 8: 6");
        refused(distilled("sampling.steps=3"))
                .hasMessageStartingWith("sampling must be ddim in the steps that are distilled, 2,");
        refused(consistent("process.parameterization=epsilon"))
                .hasMessageContaining("must not be epsilon where distillation.steps is above 0: epsilon");
        refused(consistent("distillation.guidance=2"))
                .hasMessage("distillation.guidance must be 1 where condition.by is none: 2.0");
        refused(consistent("sampling.timetable.teacher=8"))
                .hasMessage(
                        "sampling must be lcm, in at most 4 steps of a timetable.teacher of as many, of a model that"
                                + " was distilled so: lcm, 2 steps, of 8 steps");
        refused(consistent("sampling.method=heun")).hasMessageStartingWith("sampling must be lcm, in at most 4 steps");
        refused(consistent("condition.by=label", "condition.classes=[a, b]", "sampling.guidance=2"))
                .hasMessage("sampling.guidance must be 1 where distillation.steps is above 0: 2.0");
        assertThatThrownBy(() -> experiment(base, consistent("distillation.huber=0")))
                .hasMessageContaining("distillation.huber must be in (0, 1000]: 0.0");
        assertThatThrownBy(() -> experiment(base, consistent("distillation.order=3")))
                .hasMessageContaining("distillation.order must be in 1..2: 3");
        assertThatThrownBy(() -> experiment(base, consistent("distillation.guidance=101")))
                .hasMessageContaining("distillation.guidance must be in 0..100: 101");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(String... settings) {
        return assertThatThrownBy(experiment(Path.of("base"), settings)::requireTrainable);
    }

    @Test
    void aStudentDrawsAsItLearnedToAlone() {
        DiffusionExperiment student = experiment(Path.of("base"), consistent());
        assertThat(student.sampling(Map.of("steps", "1"))).hasToString("lcm, 1 step, of 4 steps");
        assertThatThrownBy(() -> student.sampling(Map.of("sampler", "dpm++")))
                .hasMessageStartingWith("sampling must be lcm, in at most 4 steps");
        assertThatThrownBy(() -> student.sampling(Map.of("steps", "5")))
                .hasMessageStartingWith("sampling must be lcm, in at most 4 steps");
        assertThat(Kinds.capabilities(student)).contains(Capability.DRAWS_IMAGES);
        assertThat(Kinds.capabilities(student)).doesNotContain(Capability.RESTORES_PICTURES);
        DiffusionExperiment parts = experiment(Path.of("base"), distilled());
        assertThatThrownBy(() -> parts.sampling(Map.of("steps", "3")))
                .hasMessageStartingWith("sampling must be ddim in the steps that are distilled, 2,");
    }

    @Test
    void theTeachersGuidanceIsThatOfItsPictures() {
        DiffusionExperiment labelled = Tiny.experiment(
                "condition.by=label",
                "condition.classes=[a, b]",
                "process.parameterization=velocity",
                "process.variance=fixed-small",
                "process.loss=simple");
        DiffusionModel model = Tiny.model(labelled);
        Condition told = Condition.ofLabels(1, 0);
        Scope.run(() -> Scope.read(() -> {
            NoiseLevel level = model.process().schedule().level(1);
            Tensor x = Rng.of(4).normal(2, 3, 8, 8);
            Tensor[] clean = new Tensor[4];
            for (int i = 0; i < 3; i++)
                clean[i] = model.process()
                        .denoiser(model.predictor(told, new double[] {2.5, 1, 0}[i]), Clip.NONE)
                        .denoise(x, level);
            clean[3] = model.process()
                    .denoiser(model.predictor(Condition.ofLabels(2, 2)), Clip.NONE)
                    .denoise(x, level);
            assertThat(Deviation.relative(clean[2], clean[3])).isLessThan(1e-5);
            assertThat(Deviation.relative(clean[1], clean[3])).isGreaterThan(1e-3);
            assertThat(Deviation.relative(clean[0], Tensors.combine(2.5, clean[1], -1.5, clean[3])))
                    .isLessThan(1e-5);
            return null;
        }));
    }
}
