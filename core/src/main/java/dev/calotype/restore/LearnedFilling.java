package dev.calotype.restore;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Fills holes by a network that learned it: {@link HoleFilling}, which the network then answers, and its own answers again.
 * What is known stays as it was seen.
 *
 * @param denoiser whose network learned to fill holes
 * @param passes at least 1
 */
public record LearnedFilling(LearnedDenoiser denoiser, int passes) implements PlugAndPlay.Start {
    public LearnedFilling {
        if (passes < 1) throw new IllegalArgumentException("passes must be at least 1: " + passes);
    }

    @Override
    public Tensor of(Observation seen, Rng rng) {
        if (!(seen.operator() instanceof Masking mask))
            throw new IllegalArgumentException("an observation must have missing pixels: " + seen.operator());
        return Scope.tidy(() -> {
            Tensor known = mask.mask(seen.image()); // (1, 1, H, W)
            Tensor filled = HoleFilling.of(seen.image(), mask); // (1, C, H, W)
            for (int i = 0; i < passes; i++) {
                Tensor answer = denoiser.fill(filled, mask, seen.sigma(), i > 0);
                filled = torch.where(known.gt(new Scalar(0.0)), seen.image(), Tensors.clip(answer));
            }
            return filled;
        });
    }
}
