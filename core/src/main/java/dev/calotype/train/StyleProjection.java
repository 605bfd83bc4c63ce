package dev.calotype.train;

import dev.calotype.model.NoiseMaps;
import dev.calotype.model.StyleGenerator;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.function.BinaryOperator;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Finds the w whose image is nearest to a given one (Karras et al. 2020, arXiv:1912.04958, section 5 and appendix D):
 * Adam from the mean of w, with noise on w that falls to nothing. The noise maps stay as they are.
 *
 * @param steps at least 1; 1000 as published
 * @param rate the highest learning rate, 0.1 as published
 * @param samples how many w give the mean and the deviation, at least 2; 10,000 as published
 */
public record StyleProjection(int steps, double rate, int samples) {
    /** As published. */
    public static final StyleProjection PUBLISHED = new StyleProjection(1000, 0.1, 10_000);

    private static final double NOISE = 0.05; // of the deviation of w, at the start
    private static final double NOISE_ENDS = 0.75; // of the steps
    private static final double RAMP_UP = 0.05;
    private static final double RAMP_DOWN = 0.25;

    public StyleProjection {
        if (steps < 1) throw new IllegalArgumentException("steps must be at least 1: " + steps);
        if (!(rate > 0)) throw new IllegalArgumentException("rate must be above 0: " + rate);
        if (samples < 2) throw new IllegalArgumentException("samples must be at least 2: " + samples);
    }

    /** The mean squared difference of pixels, (N): what there is without a network that knows what looks alike. */
    public static BinaryOperator<Tensor> pixels() {
        return (images, targets) -> Tensors.meanPerSample(images.sub(targets).square()); // (N)
    }

    private static final class Found extends Module {
        private final Tensor w;

        Found(Tensor w) {
            super("Found");
            this.w = w;
            register_parameter("w", w);
        }
    }

    /**
     * The styles, one for each image. The generator's weights get no gradients.
     *
     * @param targets fp32 (N, C, H, W) in [-1, 1]
     * @param distance of (N, C, H, W) images and targets, (N); such as LPIPS
     * @return fp32 (N, style)
     */
    public Tensor project(StyleGenerator generator, Tensor targets, BinaryOperator<Tensor> distance, Rng rng) {
        return Scope.tidy(() -> {
            Tensor mean = generator.meanStyle(samples, rng.fork(0)); // (style)
            double deviation = deviation(generator, mean, rng.fork(0));
            Tensor start = mean.unsqueeze(0).repeat(targets.size(0), 1); // (N, style)
            try (Found found = new Found(start);
                    Descent descent = new Descent(found, Precision.FP32)) {
                for (int i = 0; i < steps; i++) {
                    double progress = (i + 0.5) / steps;
                    Rng stepRng = rng.fork(i + 1);
                    Scope.run(() -> {
                        double noise = NOISE * deviation * square(Math.max(0, 1 - progress / NOISE_ENDS));
                        Tensor w = found.w.add(stepRng.normalLike(found.w), new Scalar(noise)); // (N, style)
                        Tensor images = generator.synthesize(w, NoiseMaps.fixed()); // (N, C, H, W)
                        Tensor slope = Kernels.gradient(distance.apply(images, targets), found.w); // (N, style)
                        descent.step(found.w.mul(slope).sum(), rate * ramp(progress));
                    });
                }
                return found.w.detach().clone(); // (N, style)
            }
        });
    }

    /** The root of the mean squared distance from the mean. */
    private double deviation(StyleGenerator generator, Tensor mean, Rng rng) {
        return Scope.read(() -> {
            Tensor z = Device.of(mean).move(rng.normal(samples, generator.latent())); // (samples, latent)
            Tensor away = generator.styles(z).to(ScalarType.Float).sub(mean); // (samples, style)
            return Math.sqrt(away.square().sum(1).mean().item_double());
        });
    }

    private static double ramp(double progress) {
        double down = Math.min(1, (1 - progress) / RAMP_DOWN);
        return (0.5 - 0.5 * Math.cos(Math.PI * down)) * Math.min(1, progress / RAMP_UP);
    }

    private static double square(double x) {
        return x * x;
    }
}
