package dev.calotype.diffusion;

import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** What is done to a predicted image before it is used. */
public enum Clip {
    /** Clipped to [-1, 1], the range of pixels. */
    PIXELS,
    /** Left alone: for latents, whose range is not bounded, and for training. */
    NONE;

    /** The clipped image. */
    public Tensor apply(Tensor clean) {
        return this == PIXELS ? Tensors.clip(clean) : clean;
    }
}
