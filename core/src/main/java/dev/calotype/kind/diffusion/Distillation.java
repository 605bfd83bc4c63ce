package dev.calotype.kind.diffusion;

import dev.calotype.data.Batch;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.kind.diffusion.DistillationSettings.Method;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.DiffusionObjective.Shown;
import dev.calotype.train.DiffusionObjective.Teacher;
import dev.calotype.train.DiffusionObjective.Way;
import dev.calotype.train.Objective;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a network to make in one step of DDIM what a frozen one makes in several. The way from noise to a picture has parts, each of
 * which is to be one step.
 *
 * <p>Progressive distillation (Salimans and Ho 2022, whose steps stand for two) begins where a part begins, and takes all steps of the
 * teacher. The loss is the squared error of the image that takes the one step there, weighted by max(SNR, 1), their truncated SNR.
 *
 * <p>Consistency distillation (Song et al. 2023; in parts, Heek et al. 2024) begins anywhere, takes one step of the teacher, and asks
 * the network itself, without gradients, for the rest. At the end of a part nothing is left to ask. The loss is the pseudo-Huber distance
 * (Song and Dhariwal 2024) of the image, in units of the velocity.
 *
 * @param process of both networks
 * @param teacher frozen, borrowed
 * @param settings the steps, whose product divides those of the process
 */
record Distillation(GaussianDiffusion process, Teacher teacher, DistillationSettings settings, Way way)
        implements Objective<DiffusionNetwork> {
    /** Noisy images, where they stand, and what is told of them. */
    private record Question(Tensor noisy, int[] t, Condition condition) {
        Question slice(int from, int to) {
            return new Question(
                    noisy.narrow(0, from, to - from), Arrays.copyOfRange(t, from, to), condition.slice(from, to));
        }
    }

    /** The same where networks are shown batches in another way. */
    Distillation shown(Way other) {
        return new Distillation(process, teacher, settings, other);
    }

    @Override
    public BatchLoss loss(DiffusionNetwork network, Batch batch, Rng rng) {
        return BatchLoss.of(losses(network, question(network, batch, way, rng)).mean());
    }

    /** The value of {@link #loss} for images as they are, without gradients and for at most {@code atOnce} at a time. */
    double value(DiffusionNetwork network, Batch batch, Rng rng, int atOnce) {
        return Scope.read(() -> {
            Question question = question(network, batch, way.unchanged(), rng);
            double sum = 0;
            for (int from = 0; from < batch.count(); from += atOnce) {
                Question part = question.slice(from, Math.min(batch.count(), from + atOnce));
                sum += Scope.read(
                        () -> Scope.inference(() -> losses(network, part).sum()).item_double());
            }
            return sum / batch.count();
        });
    }

    private Question question(DiffusionNetwork network, Batch batch, Way seen, Rng rng) {
        int starts = settings.method() == Method.PROGRESSIVE ? settings.steps() : settings.taught();
        int stride = process.schedule().steps() / starts;
        int[] t = Arrays.stream(rng.fork(0).ints(batch.count(), 0, starts))
                .map(start -> (start + 1) * stride - 1)
                .toArray();
        Shown shown = seen.of(batch, Device.of(network), rng);
        Tensor clean = shown.clean(); // (N, C, H, W)
        Tensor noisy = process.diffuse(clean, rng.fork(1).normalLike(clean), t); // (N, C, H, W)
        network.reseed(rng.fork(3).nextLong());
        return new Question(noisy, t, shown.condition());
    }

    /** The image that one step of DDIM from {@code noisy} to the end of its part is to need, without gradients. */
    Tensor target(NoisePredictor student, Tensor noisy, int[] t, Condition condition) {
        return Scope.inference(() -> {
            int[] end = end(t);
            Tensor arrived = arrived(student, noisy, t, end, teacher.told(condition)); // (N, C, H, W)
            Tensor rest =
                    arrived.sub(perSample(t, i -> ratio(t[i], end[i]), noisy).mul(noisy)); // (N, C, H, W)
            return perSample(t, i -> 1 / share(t[i], end[i]), noisy).mul(rest); // (N, C, H, W)
        });
    }

    /** Where the teacher arrives by its steps, or by one of them and what the student says of the rest. */
    private Tensor arrived(NoisePredictor student, Tensor noisy, int[] t, int[] end, NoisePredictor told) {
        int stride = process.schedule().steps() / settings.taught();
        if (settings.method() == Method.CONSISTENCY) {
            int[] next = Arrays.stream(t).map(s -> s - stride).toArray();
            return step(student, taught(told, noisy, t, next), next, end); // (N, C, H, W)
        }
        Tensor arrived = noisy;
        for (int k = 0; k < settings.substeps(); k++) {
            int passed = k * stride;
            int[] now = Arrays.stream(t).map(s -> s - passed).toArray();
            int[] next = Arrays.stream(now).map(s -> s - stride).toArray();
            arrived = taught(told, arrived, now, next); // (N, C, H, W)
        }
        return arrived;
    }

    /**
     * One step of the teacher. Of second order it is taken by the mean of what is said at its two ends, Heun's method in the
     * exponential integrator of DDIM; no noise is left to ask about at the last end.
     */
    private Tensor taught(NoisePredictor told, Tensor x, int[] from, int[] to) {
        return Scope.tidy(() -> {
            Tensor first = clean(told, x, from); // (N, C, H, W)
            if (settings.order() == 1) return moved(x, first, from, to);
            Tensor second = clean(told, moved(x, first, from, to), to); // (N, C, H, W)
            Tensor half = perSample(to, i -> to[i] < 0 ? 0 : 0.5, x); // (N, 1, 1, 1)
            return moved(x, first.add(second.sub(first).mul(half)), from, to); // (N, C, H, W)
        });
    }

    /** One step of DDIM of the student; who has arrived stays. */
    private Tensor step(NoisePredictor student, Tensor x, int[] from, int[] to) {
        return Scope.tidy(() -> moved(x, clean(student, x, from), from, to));
    }

    /** What a network says of images, of which those without noise are said to be at step 0. */
    private Tensor clean(NoisePredictor network, Tensor x, int[] t) {
        int[] asked = Arrays.stream(t).map(s -> Math.max(s, 0)).toArray();
        return process.predict(network, x, asked, Clip.NONE).clean(); // (N, C, H, W)
    }

    /** Where DDIM arrives with a clean image. */
    private Tensor moved(Tensor x, Tensor clean, int[] from, int[] to) {
        Tensor kept = perSample(from, i -> ratio(from[i], to[i]), x).mul(x); // (N, C, H, W)
        return kept.add(perSample(from, i -> share(from[i], to[i]), x).mul(clean)); // (N, C, H, W)
    }

    /** The steps where the parts end that begin or lead through steps {@code t}; -1 for no noise. */
    private int[] end(int[] t) {
        int part = process.schedule().steps() / settings.steps();
        return Arrays.stream(t).map(s -> s / part * part - 1).toArray();
    }

    /** What x is multiplied by in a step of DDIM. */
    private double ratio(int from, int to) {
        return from == to ? 1 : level(to).noise() / level(from).noise();
    }

    /** What x̂₀ is multiplied by. */
    private double share(int from, int to) {
        return level(to).signal() - ratio(from, to) * level(from).signal();
    }

    private NoiseLevel level(int t) {
        return t < 0 ? NoiseLevel.CLEAN : process.schedule().level(t);
    }

    private static Tensor perSample(int[] t, IntToDoubleFunction value, Tensor like) {
        double[] values = new double[t.length];
        Arrays.setAll(values, value);
        return Tensors.perSample(values, like);
    }

    private Tensor losses(DiffusionNetwork network, Question question) {
        int[] t = question.t;
        NoisePredictor student = (x, times) -> network.forward(x, times, question.condition);
        Tensor wanted = target(student, question.noisy, t, question.condition); // (N, C, H, W)
        Tensor clean = process.predict(student, question.noisy, t, Clip.NONE).clean(); // (N, C, H, W)
        Tensor errors = Tensors.meanPerSample(clean.sub(wanted).square()); // (N)
        if (settings.method() == Method.PROGRESSIVE)
            return errors.mul(perSample(t, i -> Math.max(1, level(t[i]).snr()), errors)); // (N)
        Tensor ofVelocity = errors.mul(perSample(t, i -> 1 + level(t[i]).snr(), errors)); // (N)
        double c = settings.huber();
        return ofVelocity.add(new Scalar(c * c)).sqrt().sub(new Scalar(c)); // (N)
    }
}
