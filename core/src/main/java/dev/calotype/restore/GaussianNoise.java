package dev.calotype.restore;

import dev.calotype.diffusion.Clip;
import dev.calotype.image.Images;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * White Gaussian noise, a number of its own for every value.
 *
 * @param level the standard deviation in units of 0..255, at least 0
 * @param clip whether the noisy values are clipped to [-1, 1]; they are not rounded
 */
public record GaussianNoise(double level, Clip clip) implements Noise {
    public GaussianNoise {
        if (!(level >= 0) || Double.isInfinite(level))
            throw new IllegalArgumentException("the level of Gaussian noise must be at least 0: " + level);
    }

    /** Noise that is not clipped, as the literature on denoising has it. */
    public GaussianNoise(double level) {
        this(level, Clip.NONE);
    }

    @Override
    public Tensor add(Tensor image, Rng rng) {
        return clip.apply(image.add(Tensors.scale(sigma(), rng.normalLike(image))));
    }

    @Override
    public double sigma() {
        return level / Images.LEVELS;
    }

    @Override
    public String toString() {
        return "gaussian:" + DegradationText.number(level) + (clip.equals(Clip.PIXELS) ? ":clipped" : "");
    }
}
