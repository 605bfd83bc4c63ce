package dev.calotype.train;

import dev.calotype.data.Batch;
import dev.calotype.diffusion.DiffusionLoss;
import dev.calotype.diffusion.LossTerms;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Trains a network to undo one step of a diffusion process. */
public final class DiffusionObjective implements Objective<DiffusionNetwork> {
    /** What the network is told about a batch; may withhold it from some images at random. */
    @FunctionalInterface
    public interface Conditioning {
        Condition of(Batch batch, Rng rng);

        /** The network is told nothing. */
        static Conditioning none() {
            return (batch, rng) -> Condition.NONE;
        }

        /**
         * The network is told the class, or with probability {@code dropout} the class {@code noClass}.
         *
         * @param noClass the class that stands for none
         */
        static Conditioning labels(int noClass, double dropout) {
            return (batch, rng) -> {
                int[] labels = batch.labels().clone();
                for (int i = 0; i < labels.length; i++)
                    if (rng.nextDouble() < dropout || labels[i] < 0) labels[i] = noClass;
                return Condition.ofLabels(labels);
            };
        }
    }

    private final DiffusionLoss loss;
    private final TimestepSampler timesteps;
    private final Conditioning conditioning;

    public DiffusionObjective(DiffusionLoss loss, TimestepSampler timesteps, Conditioning conditioning) {
        this.loss = loss;
        this.timesteps = timesteps;
        this.conditioning = conditioning;
    }

    @Override
    public BatchLoss loss(DiffusionNetwork network, Batch batch, Rng rng) {
        TimestepSampler.Draw draw = timesteps.draw(batch.count(), rng.fork(0));
        Tensor clean = batch.images(Device.of(network)); // (N, C, H, W)
        Tensor eps = rng.fork(1).normalLike(clean); // (N, C, H, W)
        Condition condition = conditioning.of(batch, rng.fork(2));
        network.reseed(rng.fork(3).nextLong());
        LossTerms terms = loss.terms((x, t) -> network.forward(x, t, condition), clean, eps, draw.t()); // (N)
        double[] values = Tensors.doubles(terms.total());
        Tensor mean = terms.total()
                .mul(Tensors.perSample(draw.weights(), terms.total()))
                .mean();
        return new BatchLoss(mean, () -> timesteps.update(draw.t(), values));
    }
}
