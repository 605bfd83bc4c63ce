package dev.calotype.nn;

import dev.calotype.tensor.Backward;
import dev.calotype.tensor.Scalars;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Group normalisation of channels-last bf16 as one linear map per image and channel, y = a x + b, where a and b hold
 * statistics, weight, bias and modulation: few passes over the pixels, all of them along memory.
 *
 * <p>The engine differentiates the linear map. That gives the gradients of a and b, and of all that they are made of
 * but the statistics, and to x it hands on g = a dy. What x does to the statistics is added by hand:
 * <pre>
 *     dx = g - mean(g) - xhat mean(g xhat),    sum(g) = a db,    sum(g x) = a da
 * </pre>
 * with means over a group, sums over the pixels of a channel and xhat the normalised x.
 */
final class LinearGroupNorm {
    private final long n, c, h, w;
    private final int groups;
    private final Tensor mean; // (N, G, 1), fp32
    private final Tensor deviation; // 1 / standard deviation, (N, G, 1), fp32
    private Tensor da; // (N, C, 1, 1)
    private Tensor db; // (N, C, 1, 1)

    /**
     * Normalises, and modulates if {@code scale} is given.
     *
     * @param x (N, C, H, W), bf16
     * @param scale (N, C) or {@code null}
     * @param shift (N, C) or {@code null}
     * @return norm(x) (1 + scale) + shift, (N, C, H, W), channels-last
     */
    static Tensor apply(GroupNormImpl norm, Tensor x, Tensor scale, Tensor shift) {
        Tensor laidOut = Layout.CHANNELS_LAST.apply(x);
        return new LinearGroupNorm(norm, laidOut).map(norm, laidOut, scale, shift);
    }

    private LinearGroupNorm(GroupNormImpl norm, Tensor x) {
        groups = GroupNorm.groups(norm);
        n = x.size(0);
        c = x.size(1);
        h = x.size(2);
        w = x.size(3);
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor rows = x.detach().permute(0, 2, 3, 1); // (N, H, W, C)
            Tensor moments = Tensors.stack(0, sum(rows), Scope.tidy(() -> sum(rows.mul(rows)))) // (2, N, C)
                    .view(2, n, groups, -1)
                    .mean(3)
                    .unsqueeze(3)
                    .div_(new Scalar((double) (h * w))); // (2, N, G, 1)
            mean = Scope.outliveTidying(moments.select(0, 0));
            Tensor variance = torch.addcmul(moments.select(0, 1), mean, mean, Scalars.minusOne());
            deviation = Scope.outliveTidying(variance.clamp_min_(Scalars.zero())
                    .add_(new Scalar(GroupNorm.epsilon(norm)))
                    .rsqrt());
        }
    }

    /** Over the pixels: short sums in bf16, which is fast, then the sum of those in fp32, which keeps their precision. */
    private static Tensor sum(Tensor rows) {
        return Tensors.sum(rows.sum(2), ScalarType.Float, 1); // (N, C)
    }

    private Tensor map(GroupNormImpl norm, Tensor x, Tensor scale, Tensor shift) {
        Tensor factor = deviation.mul(grouped(norm.weight())); // (N, G, C/G)
        Tensor offset = torch.addcmul(grouped(norm.bias()), mean, factor, Scalars.minusOne()); // (N, G, C/G)
        if (scale != null) {
            Tensor gain = grouped(scale).add(Scalars.one()); // (N, G, C/G)
            factor = factor.mul(gain);
            offset = torch.addcmul(grouped(shift), offset, gain);
        }
        Tensor input = x;
        if (GradMode.is_enabled() && x.requires_grad()) {
            Tensor constant = Scope.outliveTidying(x.detach());
            Tensor slope = Scope.outliveTidying(factor.detach());
            input = Backward.through(x, g -> throughStatistics(g, constant, slope)); // before a and b: done after them
        }
        Tensor a = spread(factor), b = spread(offset); // (N, C, 1, 1)
        if (input != x) {
            Backward.observe(differentiable(a), gradient -> da = kept(gradient));
            Backward.observe(differentiable(b), gradient -> db = kept(gradient));
        }
        return torch.addcmul(b, input, a); // (N, C, H, W)
    }

    /** The gradient of x from g, its gradient at fixed statistics. */
    private Tensor throughStatistics(Tensor g, Tensor x, Tensor slope) {
        double values = (double) h * w * c / groups;
        Tensor meanG = groupMean(db, slope, values); // (N, G, 1)
        Tensor meanGx = groupMean(da, slope, values); // (N, G, 1)
        da.close();
        db.close();
        Tensor k = torch.addcmul(meanGx, mean, meanG, Scalars.minusOne())
                .mul_(deviation)
                .mul_(deviation); // (N, G, 1)
        Tensor constant = torch.addcmul(meanG.neg(), mean, k); // (N, G, 1)
        Tensor dx = torch.addcmul(spread(constant), x, spread(k.neg())).add_(g); // (N, C, H, W)
        x.close(); // the graph lets go of its inputs as it is walked
        return dx;
    }

    private Tensor groupMean(Tensor channelSums, Tensor slope, double values) {
        return grouped(channelSums.to(ScalarType.Float))
                .mul(slope)
                .sum(2)
                .unsqueeze(2)
                .div_(new Scalar(values)); // (N, G, 1)
    }

    /** (N, C) or (C) as (N or 1, G, C/G). */
    private Tensor grouped(Tensor channels) {
        return channels.view(-1, groups, c / groups);
    }

    /** (N, G, C/G or 1) in fp32 as (N, C, 1, 1) in bf16. */
    private Tensor spread(Tensor perGroup) {
        return perGroup.to(ScalarType.BFloat16).expand(n, groups, c / groups).reshape(n, c, 1, 1);
    }

    private static Tensor differentiable(Tensor x) {
        return x.requires_grad() ? x : x.requires_grad_(true);
    }

    private static Tensor kept(Tensor gradient) {
        return gradient.retainReference();
    }
}
