package dev.calotype.diffusion;

import static dev.calotype.tensor.Tensors.meanPerSample;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.function.IntFunction;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The variational bound on the negative log-likelihood of each image, in bits per dimension: prior + Σ_t vb_t (Ho et
 * al. 2020, eq. 5). Predicted images are clipped to [-1, 1], as in improved-diffusion. A process on fewer steps gives
 * a looser bound sooner.
 *
 * @param total the bound of each image, (N)
 * @param prior its part KL(q(x_T | x₀) ‖ N(0, 1)), (N)
 * @param vb its part at each step, (N)(steps)
 * @param cleanMse the squared error of x̂₀ at each step, (N)(steps)
 * @param epsMse the squared error of the noise that x̂₀ implies, (N)(steps)
 */
public record BitsPerDim(double[] total, double[] prior, double[][] vb, double[][] cleanMse, double[][] epsMse) {
    /** The mean over the images. */
    public double mean() {
        return Arrays.stream(total).average().orElseThrow();
    }

    static BitsPerDim evaluate(
            GaussianDiffusion process, NoisePredictor network, Tensor clean, IntFunction<Tensor> noise) {
        int images = (int) clean.size(0);
        int steps = process.schedule().steps();
        double[] prior = Scope.read(() -> Tensors.doubles(prior(process, clean)));
        double[] total = prior.clone();
        double[][] vb = new double[images][steps];
        double[][] cleanMse = new double[images][steps];
        double[][] epsMse = new double[images][steps];
        for (int step = steps - 1; step >= 0; step--) {
            int t = step;
            double[][] terms = Scope.read(() -> terms(process, network, clean, noise.apply(t), t));
            for (int i = 0; i < images; i++) {
                vb[i][t] = terms[0][i];
                total[i] += vb[i][t];
                cleanMse[i][t] = terms[1][i];
                epsMse[i][t] = terms[2][i];
            }
        }
        return new BitsPerDim(total, prior, vb, cleanMse, epsMse);
    }

    /** KL(q(x_T | x₀) ‖ N(0, 1)) in bits per dimension, (N). */
    static Tensor prior(GaussianDiffusion process, Tensor clean) {
        double alphaBar = process.schedule().alphaBar(process.schedule().steps() - 1);
        Tensor zero = torch.zeros_like(clean.to(ScalarType.Double));
        Gaussian last = new Gaussian(
                Tensors.scale(Math.sqrt(alphaBar), clean.to(ScalarType.Double)),
                zero.add(new Scalar(Math.log1p(-alphaBar))));
        return Tensors.scale(1 / Math.log(2), meanPerSample(last.divergence(new Gaussian(zero, zero))));
    }

    /** Bound, error of the image and error of the noise at one step; the network in fp32, the sums in fp64. */
    private static double[][] terms(
            GaussianDiffusion process, NoisePredictor network, Tensor clean, Tensor eps, int step) {
        int[] t = new int[(int) clean.size(0)];
        Arrays.fill(t, step);
        NoiseLevel level = process.schedule().level(step);
        Tensor noisy = process.diffuse(clean, eps, t); // (N, C, H, W)
        Prediction prediction = process.predict(network, noisy, t, Clip.PIXELS);
        Tensor image = prediction.clean().to(ScalarType.Double); // (N, C, H, W)
        Tensor fraction = prediction.varianceFraction();
        Prediction exact = new Prediction(image, fraction == null ? null : fraction.to(ScalarType.Double));
        Tensor x0 = clean.to(ScalarType.Double); // (N, C, H, W)
        Tensor x = noisy.to(ScalarType.Double); // (N, C, H, W)
        Tensor implied = Tensors.combine(1 / level.noise(), x, -level.signal() / level.noise(), image); // (N, C, H, W)
        return new double[][] {
            Tensors.doubles(DiffusionLoss.variational(process, x0, x, exact, t)),
            Tensors.doubles(meanPerSample(image.sub(x0).square())),
            Tensors.doubles(meanPerSample(implied.sub(eps).square()))
        };
    }
}
