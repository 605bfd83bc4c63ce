package dev.calotype.restore;

import dev.calotype.model.DecoderBank;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.train.Descent;
import org.bytedeco.pytorch.Tensor;

/**
 * Untrained-network estimates of many small images at once, each from its own observation alone: deep decoders, which have
 * too few weights to fit noise and need no stopping rule. For the data of {@link AdaptivePrior}.
 *
 * @param width channels of the decoders
 * @param levels each twice as large as the one before
 * @param iterations of the fit
 * @param learningRate of Adam
 */
public record DecoderEstimates(int width, int levels, int iterations, double learningRate) {
    public DecoderEstimates {
        if (iterations < 1) throw new IllegalArgumentException("iterations must be at least 1: " + iterations);
        if (!(learningRate > 0)) throw new IllegalArgumentException("learningRate must be positive: " + learningRate);
    }

    /**
     * The estimates.
     *
     * @param observed y of each image, fp32 (N, C, H', W')
     * @param operator A of all of them; the images that it maps to y are square
     * @return fp32 (N, C, H, W) in [-1, 1], in the caller's scope
     */
    public Tensor of(Tensor observed, LinearOperator operator, Rng rng) {
        LinearOperator.Size size = operator.imageSize(LinearOperator.Size.of(observed));
        if (size.height() != size.width())
            throw new IllegalArgumentException("images must be square: " + size.height() + " x " + size.width());
        int images = (int) observed.size(0), channels = (int) observed.size(1);
        DecoderBank.Config config = new DecoderBank.Config(images, channels, (int) size.height(), width, levels);
        try (Scope.Owned<DecoderBank> bank = Scope.own(() -> new DecoderBank(config, rng));
                Descent descent = new Descent(bank.value(), Precision.FP32)) {
            for (int i = 0; i < iterations; i++)
                Scope.run(() -> {
                    Tensor misfit = operator.apply(bank.value().forward()).sub(observed); // (N, C, H', W')
                    descent.step(misfit.square().sum(), learningRate);
                });
            return Scope.inference(() -> bank.value().forward().clone());
        }
    }
}
