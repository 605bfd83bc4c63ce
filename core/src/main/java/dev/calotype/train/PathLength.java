package dev.calotype.train;

import dev.calotype.model.NoiseMaps;
import dev.calotype.model.StyleGenerator;
import dev.calotype.model.Styles;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Makes equal steps of w change the image equally: weight E (|J' y| - a)², J = dG/dw, y random directions among images, a
 * the running mean of the lengths (Karras et al. 2020, arXiv:1912.04958, section 3.2). Lazy as {@link SlopePenalty}. The running
 * mean is state. Not thread-safe.
 */
public final class PathLength {
    /**
     * How it is computed.
     *
     * @param weight at least 0, for none
     * @param decay what of the running mean is replaced each time, in (0, 1]
     * @param interval every how many steps the penalty is due, and by how much it is then larger
     */
    public record Options(double weight, double decay, int interval) {
        /** As published. */
        public static final Options PUBLISHED = new Options(2, 0.01, 4);

        /** No penalty. */
        public static final Options NONE = new Options(0, 0.01, 4);

        public Options {
            if (!(weight >= 0 && weight < 1e6))
                throw new IllegalArgumentException("weight of path lengths must be in [0, 1e6): " + weight);
            if (!(decay > 0 && decay <= 1)) throw new IllegalArgumentException("decay must be in (0, 1]: " + decay);
            if (interval < 1) throw new IllegalArgumentException("interval must be at least 1: " + interval);
        }

        Lazy lazy() {
            return weight > 0 ? new Lazy(interval) : Lazy.NEVER;
        }
    }

    private final Options options;
    private double mean;

    public PathLength(Options options) {
        this.options = options;
    }

    /** The running mean of the lengths, 0 before the first: what {@link #restore} wants. */
    public double mean() {
        return mean;
    }

    /** Goes on from a saved running mean. */
    public void restore(double mean) {
        this.mean = mean;
    }

    /**
     * What to add to the loss of a step in which it is due, a scalar with its graph; half a batch is enough. Moves the
     * running mean.
     *
     * @param z fp32 (N, latent)
     */
    public Tensor penalty(StyleGenerator generator, Tensor z, Rng rng) {
        return Scope.tidy(() -> {
            Tensor w = Styles.everywhere(generator.styles(z), generator.layers()); // (N, layers, style)
            Tensor images = generator.synthesize(w, NoiseMaps.random(rng.fork(0))); // (N, C, H, W)
            return penalty(w, images, rng.fork(1).normalLike(images));
        });
    }

    /** The penalty in one random direction {@code y} for each image. */
    Tensor penalty(Tensor w, Tensor images, Tensor y) {
        double pixels = images.size(2) * images.size(3);
        Tensor along = Tensors.scale(1 / Math.sqrt(pixels), images.mul(y)); // (N, C, H, W)
        Tensor slope = Kernels.slope(along, w).to(ScalarType.Float); // (N, layers, style)
        Tensor lengths = slope.square().sum(2).mean(1).sqrt(); // (N)
        Tensor running = Tensors.scale(options.decay(), lengths.mean()).add(new Scalar((1 - options.decay()) * mean));
        mean = running.item_double();
        Tensor penalty = lengths.sub(running).square().mean();
        return Tensors.scale(options.weight() * options.interval(), penalty);
    }
}
