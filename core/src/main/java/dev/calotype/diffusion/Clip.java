package dev.calotype.diffusion;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * What is done to a predicted image before it is used.
 *
 * @param bound of {@link Kind#CLAMP} the largest absolute value that is left; of {@link Kind#DYNAMIC} the largest that an
 *     image is divided by; 1 where it has no meaning
 * @param quantile of {@link Kind#DYNAMIC} the share of an image's values that stay below what it is divided by; 0.995 elsewhere
 */
public record Clip(Kind kind, double bound, double quantile) {
    /** How values out of range are treated. */
    public enum Kind {
        /** Left alone: for latents, whose range is not bounded, and for training. */
        NONE,
        /** Set to the bound. */
        CLAMP,
        /** Each image clipped to a quantile s of its absolute values, 1 to {@code bound}, and divided by it (Saharia et al. 2022). */
        DYNAMIC
    }

    private static final double USUAL_QUANTILE = 0.995;

    /** Clipped to [-1, 1], the range of pixels. */
    public static final Clip PIXELS = new Clip(Kind.CLAMP, 1, USUAL_QUANTILE);

    /** Left alone. */
    public static final Clip NONE = new Clip(Kind.NONE, 1, USUAL_QUANTILE);

    public Clip {
        if (!(bound > 0 && bound <= 1e6)) throw new IllegalArgumentException("bound must be in (0, 1e6]: " + bound);
        if (!(quantile > 0 && quantile <= 1))
            throw new IllegalArgumentException("quantile must be in (0, 1]: " + quantile);
    }

    /** The clipped image, (N, ...). */
    public Tensor apply(Tensor clean) {
        return switch (kind) {
            case NONE -> clean;
            case CLAMP -> bound == 1 ? Tensors.clip(clean) : Tensors.clamp(clean, -bound, bound);
            case DYNAMIC -> Scope.tidy(() -> dynamic(clean));
        };
    }

    private Tensor dynamic(Tensor clean) {
        Tensor flat = clean.flatten(1, -1); // (N, values)
        Tensor largest = flat.abs().quantile(quantile, new LongOptional(1), true, "linear"); // (N, 1)
        Tensor s = Tensors.clamp(largest, 1, Math.max(1, bound)); // (N, 1)
        return flat.minimum(s).maximum(s.neg()).div(s).reshape(Tensors.shape(clean));
    }
}
