package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.Objective;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The loss of a denoiser that is told texts: how far what it predicts of noisy latents is from the truth (Rombach et al. 2022). */
record PipelineObjective(Noising noising, double offset, double dropout, KnownTexts texts)
        implements Objective<Learned> {
    /** How a denoiser that learns is shown noisy latents, and what it is to predict of them. */
    interface Noising {
        /** The steps that samples are noisy by. */
        int[] steps(Rng rng, int count);

        /**
         * The loss of each sample, (N).
         *
         * @param clean (N, L, h, w)
         * @param eps standard normal, of the same shape
         * @param steps N
         */
        Tensor losses(NoisePredictor network, Tensor clean, Tensor eps, int[] steps);

        /** That of a diffusion process, whose steps are all as likely. */
        static Noising of(DiffusionLoss loss) {
            return new Noising() {
                @Override
                public int[] steps(Rng rng, int count) {
                    return rng.ints(count, 0, loss.process().schedule().steps());
                }

                @Override
                public Tensor losses(NoisePredictor network, Tensor clean, Tensor eps, int[] steps) {
                    return loss.terms(network, clean, eps, steps).total();
                }
            };
        }
    }

    @Override
    public BatchLoss loss(Learned network, Batch batch, Rng rng) {
        return BatchLoss.of(losses(network, batch, rng, dropout).mean());
    }

    /** The sum of the losses of samples, each told its text, without gradients. */
    double sum(Learned network, Batch batch, Rng rng) {
        return Scope.read(() -> losses(network, batch, rng, 0).sum().item_double());
    }

    private Tensor losses(Learned network, Batch batch, Rng rng, double without) {
        Device device = Device.of(network);
        Tensor clean = batch.floats(Columns.LATENT, device); // (N, L, h, w)
        int count = batch.count();
        int[] steps = noising.steps(rng.fork(0), count);
        Tensor noise = rng.fork(1).normalLike(clean); // (N, L, h, w)
        Tensor eps = offset == 0
                ? noise
                : noise.add(
                        device.move(rng.fork(3).normal(count, clean.size(1), 1, 1)),
                        new Scalar(offset)); // (N, L, h, w)
        int[] numbers = batch.columns().numbers(CaptionedLatents.TEXT).clone();
        Rng chance = rng.fork(2);
        for (int i = 0; i < count; i++) if (chance.nextDouble() < without) numbers[i] = 0;
        return losses(network, new Question(clean, eps, steps, numbers));
    }

    /**
     * What is asked of a denoiser.
     *
     * @param clean (N, L, h, w)
     * @param eps of the same shape
     * @param steps N
     * @param texts their numbers, N
     */
    record Question(Tensor clean, Tensor eps, int[] steps, int[] texts) {}

    /** The loss of each sample, (N). */
    Tensor losses(Learned network, Question question) {
        return noising.losses(
                (x, times) -> network.denoiser().learn(x, times, texts.told(network, question.texts())),
                question.clean(),
                question.eps(),
                question.steps());
    }
}
