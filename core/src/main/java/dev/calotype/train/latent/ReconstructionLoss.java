package dev.calotype.train.latent;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.Function;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How far pictures are that came back from those that went out: pixel by pixel, and by what a network sees of both (Zhang et al. 2018;
 * the weights of its channels are all alike here).
 *
 * @param pixels how pixels are compared
 * @param perceptual weight of what is seen; 0 for none
 * @param maps what a frozen network sees of pictures (N, C, H, W) in [-1, 1], maps (N, C', H', W') of several levels; not asked where
 *     the weight is 0
 */
public record ReconstructionLoss(Pixels pixels, double perceptual, Function<Tensor, Tensor[]> maps) {
    private static final double EPSILON = 1e-10;

    /** How pixels are compared. */
    public enum Pixels {
        /** By absolute differences. */
        L1,
        /** By squared differences. */
        L2
    }

    public ReconstructionLoss {
        if (!(perceptual >= 0 && perceptual < Double.POSITIVE_INFINITY))
            throw new IllegalArgumentException("perceptual must be a number from 0 on: " + perceptual);
    }

    /** The mean over all values, a scalar: of pictures (N, C, H, W) that went out, and of those that came back. */
    public Tensor between(Tensor before, Tensor after) {
        return Scope.tidy(() -> {
            Tensor apart = after.sub(before); // (N, C, H, W)
            Tensor near = (pixels == Pixels.L1 ? apart.abs() : apart.square()).mean();
            return perceptual == 0 ? near : near.add(seen(before, after), new Scalar(perceptual));
        });
    }

    /** The mean over levels and places of the squared distance of two maps whose channels have the length 1. */
    Tensor seen(Tensor before, Tensor after) {
        return Scope.tidy(() -> {
            Tensor[] wanted = Scope.tidyAll(() -> directions(maps.apply(before)));
            Tensor[] found = directions(maps.apply(after));
            Tensor sum = null;
            for (int i = 0; i < wanted.length; i++) {
                Tensor level = found[i].sub(wanted[i]).square().sum(1).mean();
                sum = sum == null ? level : sum.add(level);
            }
            return Tensors.scale(1.0 / wanted.length, sum);
        });
    }

    private static Tensor[] directions(Tensor[] maps) {
        Tensor[] directions = new Tensor[maps.length];
        for (int i = 0; i < maps.length; i++) {
            Tensor map = maps[i].to(ScalarType.Float); // (N, C, H, W)
            Tensor length = map.square().sum(new long[] {1}, true, new ScalarTypeOptional());
            directions[i] = map.div(length.add(new Scalar(EPSILON)).sqrt()); // (N, C, H, W)
        }
        return directions;
    }
}
