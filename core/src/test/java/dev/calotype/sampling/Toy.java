package dev.calotype.sampling;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.NoiseLevel;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.diffusion.Prediction;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The exact denoisers of distributions of a single pixel. */
public final class Toy {
    private Toy() {}

    /** E[x₀ | x] for x₀ ~ N(mean, deviation²). */
    public static Denoiser gaussian(double mean, double deviation) {
        return (noisy, level) -> Scope.tidy(() -> posteriorMean(noisy, level, mean, deviation));
    }

    private static Tensor posteriorMean(Tensor noisy, NoiseLevel level, double mean, double deviation) {
        double s = level.signal();
        double gain = s * deviation * deviation / total(level, deviation);
        return Tensors.scale(gain, noisy).add(new Scalar(mean - gain * s * mean));
    }

    private static double total(NoiseLevel level, double deviation) {
        return Math.pow(level.signal() * deviation, 2) + level.noise() * level.noise();
    }

    /** E[x₀ | x] for x₀ of {@code weight}·N(a, da²) + (1 − weight)·N(b, db²). */
    static Denoiser mixture(double weight, double[] a, double[] b) {
        return (noisy, level) -> Scope.tidy(() -> {
            Tensor odds = logDensity(noisy, level, a).sub(logDensity(noisy, level, b));
            Tensor share = odds.add(new Scalar(Math.log(weight / (1 - weight)))).sigmoid(); // P(a | x)
            Tensor first = posteriorMean(noisy, level, a[0], a[1]);
            Tensor second = posteriorMean(noisy, level, b[0], b[1]);
            return second.add(share.mul(first.sub(second)));
        });
    }

    private static Tensor logDensity(Tensor noisy, NoiseLevel level, double[] component) {
        double total = total(level, component[1]);
        Tensor distance = noisy.sub(new Scalar(level.signal() * component[0])).square();
        return Tensors.scale(-0.5 / total, distance).sub(new Scalar(0.5 * Math.log(total)));
    }

    /** {@link #gaussian} that also knows the exact variance of each step of {@code schedule}. */
    static Denoiser gaussianWithVariance(NoiseSchedule schedule, double mean, double deviation) {
        Denoiser plain = gaussian(mean, deviation);
        return new Denoiser() {
            @Override
            public Tensor denoise(Tensor noisy, NoiseLevel level) {
                return plain.denoise(noisy, level);
            }

            @Override
            public Prediction predict(Tensor noisy, NoiseLevel level) {
                int t = 0;
                while (schedule.level(t).time() < level.time()) t++;
                double unknown = Math.pow(deviation * level.noise(), 2) / total(level, deviation); // Var[x₀ | x]
                double exact = schedule.posteriorVariance(t) + Math.pow(schedule.posteriorMeanClean(t), 2) * unknown;
                double low = schedule.posteriorLogVariance(t);
                double fraction = (Math.log(exact) - low) / (Math.log(schedule.beta(t)) - low);
                Tensor filled = Tensors.perSample(Tensors.fill(noisy.size(0), fraction), noisy);
                return new Prediction(denoise(noisy, level), filled);
            }
        };
    }
}
