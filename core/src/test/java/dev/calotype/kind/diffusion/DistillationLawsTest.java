package dev.calotype.kind.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.calotype.Deviation;
import dev.calotype.data.Batch;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Variance;
import dev.calotype.experiment.Tiny;
import dev.calotype.kind.diffusion.DistillationSettings.Method;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.sampling.Timetable;
import dev.calotype.sampling.Timetable.End;
import dev.calotype.sampling.Timetable.Spacing;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Conditioning;
import dev.calotype.train.DiffusionObjective.Way;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistillationLawsTest {
    private static final double HUBER = 0.05;
    private static final NoisePredictor TEACHER = (x, times) -> Tensors.scale(0.7, x.tanh()); // of no straight way
    private static final Timetable TRAILING = new Timetable(Spacing.TRAILING, 0, End.CLEAN);

    private static Tensor drawn(GaussianDiffusion process, int steps, Denoiser denoiser, Tensor noise) {
        return new SamplingSettings(SamplingSettings.Method.DDIM, steps, 0, 1, TRAILING, Clip.NONE)
                .sampler(process)
                .sample(denoiser, noise, Rng.of(0));
    }

    private static Distillation of(
            GaussianDiffusion process, DistillationSettings.Method method, NoisePredictor teacher, int... steps) {
        return new Distillation(
                process,
                condition -> teacher,
                new DistillationSettings(method, steps[0], steps[1], steps[2], 1, HUBER),
                new Way(Batch::images, Conditioning.none(), Optional.empty()));
    }

    private static GaussianDiffusion cosine(Parameterization view) {
        return new GaussianDiffusion(NoiseSchedule.cosine(1000), view, Variance.FIXED_SMALL);
    }

    @ParameterizedTest
    @CsvSource({"VELOCITY,4,5", "FLOW,2,2", "CLEAN,1,10"})
    void whoSaysTheTargetDrawsInFewStepsWhatTheTeacherDrawsInMany(Parameterization view, int steps, int substeps) {
        Scope.run(() -> {
            GaussianDiffusion process = cosine(view);
            Distillation distillation = of(process, Method.PROGRESSIVE, TEACHER, steps, substeps, 1);
            Tensor noise = Rng.of(3).normal(2, 3, 4, 4);
            Denoiser student = (x, level) -> {
                int[] t = new int[2];
                Arrays.fill(t, (int) Math.round(level.time()));
                return distillation.target(null, x, t, Condition.NONE);
            };
            Tensor few = drawn(process, steps, student, noise);
            Tensor many = drawn(process, steps * substeps, process.denoiser(TEACHER, Clip.NONE), noise);
            assertThat(Deviation.relative(few, many)).isLessThan(1e-4);
            Tensor as = drawn(process, steps, process.denoiser(TEACHER, Clip.NONE), noise);
            assertThat(Deviation.relative(as, many)).isGreaterThan(1e-2);
        });
    }

    /** The image that one step of DDIM from step t to the end of its part needs, where the teacher's steps, one by one, lead there. */
    private static Tensor led(NoiseSchedule schedule, Tensor x, int t, int stride, int end) {
        Tensor arrived = x;
        for (int s = t; s > end; s -= stride) {
            NoiseLevel from = schedule.level(s), to = s >= stride ? schedule.level(s - stride) : NoiseLevel.CLEAN;
            Tensor clean = TEACHER.predict(arrived, null); // the process predicts images
            Tensor eps =
                    Tensors.scale(1 / from.noise(), Tensors.combine(1, arrived, -from.signal(), clean)); // (N, C, H, W)
            arrived = Tensors.combine(to.signal(), clean, to.noise(), eps);
        }
        NoiseLevel from = schedule.level(t), to = end < 0 ? NoiseLevel.CLEAN : schedule.level(end);
        double ratio = to.noise() / from.noise();
        return Tensors.scale(
                1 / (to.signal() - ratio * from.signal()), Tensors.combine(1, arrived, -ratio, x)); // (N, C, H, W)
    }

    @ParameterizedTest
    @CsvSource({"1,10", "4,5", "2,2"})
    void whoFollowsTheTeacherToTheEndIsToldToGoOnSo(int steps, int substeps) {
        Scope.run(() -> {
            GaussianDiffusion process = cosine(Parameterization.CLEAN);
            Distillation distillation = of(process, Method.CONSISTENCY, TEACHER, steps, substeps, 1);
            int stride = 1000 / (steps * substeps), part = 1000 / steps;
            for (int t = stride - 1; t < 1000; t += stride) {
                int end = t / part * part - 1;
                NoisePredictor perfect = (x, times) -> {
                    int now = (int) Math.round(Tensors.doubles(times)[0]);
                    return now == end ? x : led(process.schedule(), x, now, stride, end);
                };
                Tensor x = Rng.of(t).normal(1, 3, 4, 4);
                Tensor target = distillation.target(perfect, x, new int[] {t}, Condition.NONE);
                assertThat(Deviation.relative(target, led(process.schedule(), x, t, stride, end)))
                        .isLessThan(1e-4);
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"1,10", "4,5"})
    void whereNoStepIsLeftTheTeacherAloneIsBelievedAndElsewhereTheStudentToo(int steps, int substeps) {
        Scope.run(() -> {
            GaussianDiffusion process = cosine(Parameterization.CLEAN);
            Distillation distillation = of(process, Method.CONSISTENCY, TEACHER, steps, substeps, 1);
            int stride = 1000 / (steps * substeps), part = 1000 / steps;
            NoisePredictor wrong = (x, times) -> x.mul(x);
            Tensor x = Rng.of(1).normal(2, 3, 4, 4);
            Tensor taught = TEACHER.predict(x, null);
            for (int from = 0; from < 1000; from += part) {
                int[] last = {from + stride - 1, from + stride - 1}, above = {last[0] + stride, last[0] + stride};
                assertThat(Deviation.relative(distillation.target(wrong, x, last, Condition.NONE), taught))
                        .isLessThan(1e-4);
                assertThat(Deviation.relative(distillation.target(wrong, x, above, Condition.NONE), taught))
                        .isGreaterThan(1e-2);
            }
        });
    }

    /** The way from a normal distribution's noise is known, and so is what its denoiser says. */
    @Test
    void stepsOfSecondOrderLeadTheTeacherNearerToWhereItsFlowLeads() {
        double mean = 0.3, deviation = 0.4;
        GaussianDiffusion process = cosine(Parameterization.CLEAN);
        NoiseSchedule schedule = process.schedule();
        NoisePredictor teacher = (x, times) -> {
            NoiseLevel level = schedule.level((int) Math.round(Tensors.doubles(times)[0]));
            double gain = deviation * deviation * level.signal() / spread(level, deviation);
            return Tensors.scale(gain, x).add(new Scalar(mean - gain * level.signal() * mean));
        };
        Scope.run(() -> {
            NoiseLevel first = schedule.level(899), last = schedule.level(99);
            Tensor x = Rng.of(5).normal(1, 3, 4, 4);
            double gain = Math.sqrt(spread(last, deviation) / spread(first, deviation));
            Tensor flow = Tensors.scale(gain, x).add(new Scalar(mean * (last.signal() - gain * first.signal())));
            double[] apart = new double[2];
            for (int order = 1; order <= 2; order++) {
                Distillation distillation = of(process, Method.CONSISTENCY, teacher, 1, 10, order);
                Tensor arrived = x;
                for (int t = 899; t > 99; t -= 100) arrived = next(distillation, arrived, t);
                apart[order - 1] = Deviation.relative(arrived, flow);
            }
            assertThat(apart[1]).isLessThan(apart[0] / 3);
        });
    }

    private static double spread(NoiseLevel level, double deviation) {
        return Math.pow(level.signal() * deviation, 2) + Math.pow(level.noise(), 2);
    }

    /** Where one step of the teacher leads: the target of a student that takes every image to be clean. */
    private static Tensor next(Distillation distillation, Tensor x, int t) {
        return distillation.target((arrived, times) -> arrived, x, new int[] {t}, Condition.NONE);
    }

    @Test
    void theLossIsThePseudoHuberDistanceOfVelocitiesAndMovesTheStudentAlone() {
        DiffusionExperiment tiny = Tiny.experiment(
                "process.parameterization=velocity",
                "process.variance=fixed-small",
                "process.loss=simple",
                "process.steps=20",
                "network.dropout=0.0");
        DiffusionNetwork network = Tiny.model(tiny).network();
        GaussianDiffusion process = tiny.process().process();
        Distillation distillation = of(process, Method.CONSISTENCY, TEACHER, 1, 4, 2);
        Tensor weight = Tensors.parameters(network).get("out.2.weight");
        Scope.run(() -> {
            byte[] pixels = new byte[3 * 3 * 8 * 8];
            new Random(8).nextBytes(pixels);
            Batch batch = Batch.ofPixels(pixels, new int[3], 3, 8);
            Tensor clean = batch.images(Device.of(network)); // (N, C, H, W)
            Rng rng = Rng.of(9);
            distillation.loss(network, batch, rng).value().backward();
            double[] moved = Tensors.doubles(weight.grad().clone());
            weight.grad().zero_();
            int[] t =
                    Arrays.stream(rng.fork(0).ints(3, 0, 4)).map(k -> 5 * k + 4).toArray();
            assertThat(Arrays.stream(t).distinct().count()).isGreaterThan(1);
            Tensor x = process.diffuse(clean, rng.fork(1).normalLike(clean), t);
            NoisePredictor student = (noisy, times) -> network.forward(noisy, times, Condition.NONE);
            Tensor target = distillation.target(student, x, t, Condition.NONE);
            Tensor sum = null;
            for (int i = 0; i < 3; i++) {
                NoiseLevel level = process.schedule().level(t[i]);
                Tensor one = x.narrow(0, i, 1);
                Tensor v = student.predict(one, Tensors.of(new float[] {(float) level.time()}, 1));
                Tensor wanted = Tensors.scale(
                        1 / level.noise(),
                        Tensors.combine(level.signal(), one, -1, target.narrow(0, i, 1))); // (1, C, H, W)
                Tensor squares = v.sub(wanted).square().mean();
                Tensor loss = squares.add(new Scalar(HUBER * HUBER)).sqrt().sub(new Scalar(HUBER));
                sum = sum == null ? loss : sum.add(loss);
            }
            Tensor mean = Tensors.scale(1 / 3.0, sum);
            assertThat(distillation.loss(network, batch, rng).value().item_double())
                    .isCloseTo(mean.item_double(), within(1e-5));
            mean.backward();
            assertThat(moved).containsExactly(Tensors.doubles(weight.grad()), within(1e-5));
        });
    }
}
