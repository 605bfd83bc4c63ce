package dev.calotype.kind.diffusion;

import dev.calotype.data.Batch;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoisePredictor;
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
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a network to make in one step of DDIM what a frozen one makes in several (progressive distillation, Salimans and Ho 2022, whose
 * steps stand for two). The loss is the squared error of the image that takes the one step there, weighted by max(SNR, 1), their
 * truncated SNR.
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
        int stride = process.schedule().steps() / settings.steps();
        int[] t = Arrays.stream(rng.fork(0).ints(batch.count(), 0, settings.steps()))
                .map(step -> (step + 1) * stride - 1)
                .toArray();
        Shown shown = seen.of(batch, Device.of(network), rng);
        Tensor clean = shown.clean(); // (N, C, H, W)
        Tensor noisy = process.diffuse(clean, rng.fork(1).normalLike(clean), t); // (N, C, H, W)
        network.reseed(rng.fork(3).nextLong());
        return new Question(noisy, t, shown.condition());
    }

    /** The image that one step of DDIM from {@code noisy} needs to arrive where the teacher arrives, without gradients. */
    Tensor target(Tensor noisy, int[] t, Condition condition) {
        int stride = process.schedule().steps() / settings.steps();
        return Scope.inference(() -> {
            Tensor arrived = noisy;
            for (int k = 0; k < settings.substeps(); k++) {
                int passed = k * stride / settings.substeps();
                int[] now = Arrays.stream(t).map(s -> s - passed).toArray();
                Tensor x = arrived;
                arrived = Scope.tidy(() -> step(x, now, stride / settings.substeps(), condition)); // (N, C, H, W)
            }
            double[] ratio = new double[t.length], scale = new double[t.length];
            for (int i = 0; i < t.length; i++) {
                NoiseLevel from = process.schedule().level(t[i]), to = below(t[i], stride);
                ratio[i] = to.noise() / from.noise();
                scale[i] = 1 / (to.signal() - ratio[i] * from.signal());
            }
            Tensor rest = arrived.sub(Tensors.perSample(ratio, noisy).mul(noisy)); // (N, C, H, W)
            return Tensors.perSample(scale, noisy).mul(rest); // (N, C, H, W)
        });
    }

    /** One step of DDIM of the teacher. */
    private Tensor step(Tensor x, int[] t, int stride, Condition condition) {
        Tensor clean = process.predict(teacher.told(condition), x, t, Clip.NONE).clean(); // (N, C, H, W)
        double[] ratio = new double[t.length], share = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            NoiseLevel from = process.schedule().level(t[i]), to = below(t[i], stride);
            ratio[i] = to.noise() / from.noise();
            share[i] = to.signal() - ratio[i] * from.signal();
        }
        return Tensors.perSample(ratio, x)
                .mul(x)
                .add(Tensors.perSample(share, x).mul(clean)); // (N, C, H, W)
    }

    private NoiseLevel below(int t, int stride) {
        return t >= stride ? process.schedule().level(t - stride) : NoiseLevel.CLEAN;
    }

    private Tensor losses(DiffusionNetwork network, Question question) {
        Tensor wanted = target(question.noisy, question.t, question.condition); // (N, C, H, W)
        NoisePredictor student = (x, times) -> network.forward(x, times, question.condition);
        Tensor clean =
                process.predict(student, question.noisy, question.t, Clip.NONE).clean(); // (N, C, H, W)
        double[] weights = Arrays.stream(question.t)
                .mapToDouble(t -> Math.max(1, process.schedule().level(t).snr()))
                .toArray();
        Tensor errors = Tensors.meanPerSample(clean.sub(wanted).square()); // (N)
        return errors.mul(Tensors.perSample(weights, errors)); // (N)
    }
}
