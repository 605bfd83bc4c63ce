package dev.calotype.diffusion;

import static dev.calotype.diffusion.Gaussian.column;

import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A diffusion process and how a network is read in it (Ho et al. 2020; Nichol &amp; Dhariwal 2021). A step {@code t} is
 * given per sample, in 0..steps-1; images are (N, C, H, W).
 */
public record GaussianDiffusion(NoiseSchedule schedule, Parameterization parameterization, Variance variance) {
    /** @throws IllegalArgumentException if the chain ends in pure noise and the network predicts it */
    public GaussianDiffusion {
        if (parameterization == Parameterization.EPSILON && schedule.sigmaMax() == Double.POSITIVE_INFINITY)
            throw new IllegalArgumentException("with zero terminal SNR the parameterization must be CLEAN or VELOCITY,"
                    + " since the noise says nothing of the image where no signal is left: EPSILON");
    }

    /** This process on fewer steps. */
    public GaussianDiffusion respaced(Spacing spacing) {
        return new GaussianDiffusion(schedule.respaced(spacing), parameterization, variance);
    }

    /** x_t = √ᾱ_t·x₀ + √(1 − ᾱ_t)·ε. */
    public Tensor diffuse(Tensor clean, Tensor eps, int[] t) {
        return Scope.tidy(() -> column(t, i -> schedule.level(i).signal(), clean)
                .mul(clean)
                .add(column(t, i -> schedule.level(i).noise(), clean).mul(eps)));
    }

    /** What the network is to predict for x₀ and ε. */
    public Tensor target(Tensor clean, Tensor eps, int[] t) {
        return Scope.tidy(() -> column(t, i -> parameterization.targetFromClean(schedule.level(i)), clean)
                .mul(clean)
                .add(column(t, i -> parameterization.targetFromEps(schedule.level(i)), clean)
                        .mul(eps)));
    }

    /** Runs the network and reads its output as an image. Gradients flow unless the caller forbids them. */
    public Prediction predict(NoisePredictor network, Tensor noisy, int[] t, Clip clip) {
        return predict(
                network, noisy, Arrays.stream(t).mapToObj(schedule::level).toArray(NoiseLevel[]::new), clip);
    }

    private Prediction predict(NoisePredictor network, Tensor noisy, NoiseLevel[] levels, Clip clip) {
        Tensor[] parts = Scope.tidyAll(() -> {
            Tensor[] output = split(run(network, noisy, levels), noisy);
            return new Tensor[] {
                clip.apply(clean(output[0], noisy, levels)), output[1] == null ? null : fraction(output[1])
            };
        });
        return new Prediction(parts[0], parts[1]);
    }

    Tensor run(NoisePredictor network, Tensor noisy, NoiseLevel[] levels) {
        double[] times = Arrays.stream(levels).mapToDouble(NoiseLevel::time).toArray();
        double[] scales =
                Arrays.stream(levels).mapToDouble(parameterization::inputScale).toArray();
        boolean scaled = Arrays.stream(scales).anyMatch(scale -> scale != 1);
        Tensor seen = scaled ? Tensors.perSample(scales, noisy).mul(noisy) : noisy; // (N, C, H, W)
        return network.predict(seen, Tensors.perSample(times, noisy).reshape(noisy.size(0)));
    }

    /** Prediction and variance, each (N, C, H, W); the second is null unless it is learned. */
    Tensor[] split(Tensor output, Tensor noisy) {
        boolean learned = variance == Variance.LEARNED_RANGE;
        long channels = noisy.size(1) * (learned ? 2 : 1);
        if (output.size(1) != channels)
            throw new IllegalArgumentException("for images of " + noisy.size(1) + " channels and variance " + variance
                    + " the network must return " + channels + " channels: " + output.size(1));
        return learned ? Tensors.chunk(output, 2, 1) : new Tensor[] {output, null};
    }

    Tensor clean(Tensor output, Tensor noisy, NoiseLevel[] levels) {
        double[] fromNoisy = Arrays.stream(levels)
                .mapToDouble(parameterization::cleanFromNoisy)
                .toArray();
        double[] fromOutput = Arrays.stream(levels)
                .mapToDouble(parameterization::cleanFromOutput)
                .toArray();
        return Tensors.perSample(fromNoisy, noisy)
                .mul(noisy)
                .add(Tensors.perSample(fromOutput, noisy).mul(output));
    }

    static Tensor fraction(Tensor variance) {
        return Tensors.scale(0.5, variance.add(new Scalar(1)));
    }

    /** q(x_{t-1} | x_t, x₀). */
    public Gaussian posterior(Tensor clean, Tensor noisy, int[] t) {
        return tidy(() -> Gaussian.posterior(schedule, clean, noisy, t));
    }

    /** p(x_{t-1} | x_t) of a model that predicts {@code prediction}. */
    public Gaussian reverse(Prediction prediction, Tensor noisy, int[] t) {
        return tidy(() -> Gaussian.reverse(schedule, variance, prediction, noisy, t));
    }

    private static Gaussian tidy(Supplier<Gaussian> body) {
        Tensor[] parts = Scope.tidyAll(() -> {
            Gaussian gaussian = body.get();
            return new Tensor[] {gaussian.mean(), gaussian.logVariance()};
        });
        return new Gaussian(parts[0], parts[1]);
    }

    /** The network as a sampler sees it. */
    public Denoiser denoiser(NoisePredictor network, Clip clip) {
        return new Denoiser() {
            @Override
            public Tensor denoise(Tensor noisy, NoiseLevel level) {
                return Scope.tidy(() -> predict(noisy, level).clean());
            }

            @Override
            public Prediction predict(Tensor noisy, NoiseLevel level) {
                NoiseLevel[] levels = new NoiseLevel[(int) noisy.size(0)];
                Arrays.fill(levels, level);
                return GaussianDiffusion.this.predict(network, noisy, levels, clip);
            }
        };
    }

    /** The negative log-likelihood of 8-bit images in [-1, 1]: see {@link BitsPerDim}. One network call per step. */
    public BitsPerDim bitsPerDim(NoisePredictor network, Tensor clean, Rng rng) {
        return BitsPerDim.evaluate(this, network, clean, t -> rng.fork(t).normalLike(clean));
    }
}
