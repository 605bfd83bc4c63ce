package dev.calotype.nn;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Dropout (Srivastava et al. 2014) with randomness of its own: the masks after {@link #reseed} depend on that seed
 * alone, so that a resumed training repeats them. Active only while gradients are recorded. One instance serves all
 * layers of one network, on one thread.
 */
public final class Dropout {
    private final double probability;
    private Device device = Device.CPU;
    private Generator generator = device.generator(0);
    private long seed;
    private long masks;

    /** @param probability of a value being set to zero, in [0, 1) */
    public Dropout(double probability) {
        if (!(probability >= 0 && probability < 1))
            throw new IllegalArgumentException("dropout must be in [0, 1): " + probability);
        this.probability = probability;
    }

    /** Fixes the masks to come. */
    public void reseed(long seed) {
        this.seed = seed;
        masks = 0;
    }

    /** The number of masks drawn since {@link #reseed}. */
    long position() {
        return masks;
    }

    /** Lets the mask at {@code position} be the next to come, as it was or will be. */
    void seek(long position) {
        masks = position;
    }

    /** Zeroes values at random and scales the rest up so that the mean stays. */
    public Tensor apply(Tensor x) {
        if (probability == 0 || !GradMode.is_enabled()) return x;
        return x.mul(mask(torch.empty_like(x), probability));
    }

    /**
     * Fills {@code mask} with 0, and with 1 / (1 - probability) where a value stays, whether gradients are recorded or not.
     *
     * @param probability of a 0, in [0, 1)
     */
    public Tensor mask(Tensor mask, double probability) {
        Generator here = generator(mask);
        here.set_current_seed(Rng.of(seed).fork(masks++).nextLong());
        return mask.bernoulli_(1 - probability, new GeneratorOptional(here)).div_(new Scalar(1 - probability));
    }

    /** The generator of the device that the network turns out to be on: a GPU draws its masks itself. */
    private Generator generator(Tensor x) {
        Device here = Device.of(x);
        if (!here.equals(device)) {
            generator = here.generator(seed);
            generator.retainReference(); // it outlives the scope of the step
            device = here;
        }
        return generator;
    }
}
