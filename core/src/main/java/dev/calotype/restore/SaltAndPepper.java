package dev.calotype.restore;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Some values, each for itself and each channel for itself, become black or white with equal chance. What is neither black
 * nor white is certain.
 *
 * @param share the chance of a value to be lost, in 0..1
 */
record SaltAndPepper(double share) implements Noise {
    public SaltAndPepper {
        if (!(share >= 0 && share <= 1))
            throw new IllegalArgumentException("the share of salt and pepper must be in 0..1: " + share);
    }

    @Override
    public Tensor add(Tensor image, Rng rng) {
        long[] shape = Tensors.shape(image);
        Tensor chance = Device.of(image).move(rng.uniform(shape));
        Tensor peppered = torch.where(chance.lt(new Scalar(share / 2)), new Scalar(-1.0), image);
        return torch.where(chance.ge(new Scalar(1 - share / 2)), new Scalar(1.0), peppered);
    }

    /** The root of the mean square that it adds to values spread evenly over [-1, 1]. */
    @Override
    public double sigma() {
        return Math.sqrt(share * 4 / 3);
    }

    /** Values that are neither black nor white are what they were. */
    @Override
    public FeasibleSet feasible() {
        return (seen, observed) -> torch.where(observed.abs().lt(new Scalar(1)), observed, seen);
    }

    @Override
    public String toString() {
        return "salt-pepper:" + DegradationText.number(share);
    }
}
