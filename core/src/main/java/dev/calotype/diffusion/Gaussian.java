package dev.calotype.diffusion;

import static dev.calotype.tensor.Tensors.clamp;
import static dev.calotype.tensor.Tensors.combine;
import static dev.calotype.tensor.Tensors.perSample;
import static dev.calotype.tensor.Tensors.scale;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A batch of pixels that are independent and normal.
 *
 * @param mean (N, C, H, W)
 * @param logVariance natural logarithm; (N, C, H, W) or (N, 1, 1, 1)
 */
public record Gaussian(Tensor mean, Tensor logVariance) {
    private static final double BIN = 1 / 255.0; // half the distance of two of 256 values in [-1, 1]

    /** q(x_{t-1} | x_t, x₀), one step t per sample (Ho et al. 2020, eq. 6). */
    public static Gaussian posterior(NoiseSchedule schedule, Tensor clean, Tensor noisy, int[] t) {
        return new Gaussian(posteriorMean(schedule, clean, noisy, t), column(t, schedule::posteriorLogVariance, noisy));
    }

    /**
     * p(x_{t-1} | x_t): the posterior at the predicted image, with the variance that the model takes, one step t per
     * sample.
     *
     * @throws IllegalArgumentException if {@code variance} is learned and the prediction has none
     */
    public static Gaussian reverse(
            NoiseSchedule schedule, Variance variance, Prediction prediction, Tensor noisy, int[] t) {
        Tensor mean = posteriorMean(schedule, prediction.clean(), noisy, t); // (N, C, H, W)
        return new Gaussian(
                mean,
                switch (variance) {
                    case FIXED_SMALL -> column(t, schedule::posteriorLogVariance, noisy); // (N, 1, 1, 1)
                    case FIXED_LARGE -> column(t, i -> largeLogVariance(schedule, i), noisy); // (N, 1, 1, 1)
                    case LEARNED_RANGE -> learned(schedule, prediction.varianceFraction(), t); // (N, C, H, W)
                });
    }

    private static Tensor posteriorMean(NoiseSchedule schedule, Tensor clean, Tensor noisy, int[] t) {
        return column(t, schedule::posteriorMeanClean, clean)
                .mul(clean)
                .add(column(t, schedule::posteriorMeanNoisy, noisy).mul(noisy));
    }

    /** log β_t, where t = 0 takes the posterior variance, as the first step would otherwise blur. */
    private static double largeLogVariance(NoiseSchedule schedule, int t) {
        return t == 0 ? schedule.posteriorLogVariance(0) : Math.log(schedule.beta(t));
    }

    private static Tensor learned(NoiseSchedule schedule, Tensor fraction, int[] t) {
        if (fraction == null)
            throw new IllegalArgumentException("the model predicts no variance: LEARNED_RANGE cannot be used");
        Tensor low = column(t, schedule::posteriorLogVariance, fraction); // (N, 1, 1, 1)
        Tensor high = column(t, i -> Math.log(schedule.beta(i)), fraction); // (N, 1, 1, 1)
        return fraction.mul(high.sub(low)).add(low); // (N, C, H, W)
    }

    static Tensor column(int[] t, IntToDoubleFunction table, Tensor like) {
        return perSample(Arrays.stream(t).mapToDouble(table).toArray(), like);
    }

    /** mean + standard deviation·{@code eps}. */
    public Tensor at(Tensor eps) {
        return mean.add(scale(0.5, logVariance).exp().mul(eps));
    }

    /** KL(this ‖ {@code other}) of each pixel in nats, (N, C, H, W). */
    public Tensor divergence(Gaussian other) {
        Tensor ratio = logVariance.sub(other.logVariance); // log of the ratio of variances
        Tensor shift = mean.sub(other.mean).square().mul(other.logVariance.neg().exp()); // (N, C, H, W)
        return scale(0.5, ratio.exp().sub(ratio).sub(new Scalar(1)).add(shift)); // (N, C, H, W)
    }

    /**
     * log P of each pixel of an 8-bit image in [-1, 1], in nats, (N, C, H, W): the mass of its bin, where the darkest
     * and the brightest bin reach to infinity (Ho et al. 2020, eq. 13), with the tanh approximation of the normal
     * distribution and at least 1e-12.
     */
    public Tensor logLikelihood(Tensor pixels) {
        Tensor inverse = scale(-0.5, logVariance).exp();
        Tensor centred = pixels.sub(mean); // (N, C, H, W)
        Tensor upper = cumulative(inverse.mul(centred.add(new Scalar(BIN)))); // (N, C, H, W)
        Tensor lower = cumulative(inverse.mul(centred.sub(new Scalar(BIN)))); // (N, C, H, W)
        Tensor bright = torch.where(pixels.gt(new Scalar(0.999)), lower.neg().add(new Scalar(1)), upper.sub(lower));
        Tensor mass = torch.where(pixels.lt(new Scalar(-0.999)), upper, bright); // (N, C, H, W)
        return clamp(mass, 1e-12, 1).log(); // (N, C, H, W)
    }

    private static Tensor cumulative(Tensor x) {
        Tensor bent = combine(1, x, 0.044715, x.pow(new Scalar(3)));
        return scale(0.5, scale(Math.sqrt(2 / Math.PI), bent).tanh().add(new Scalar(1)));
    }
}
