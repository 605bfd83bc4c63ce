package dev.calotype.kind.denoiser;

import dev.calotype.image.Images;
import dev.calotype.restore.GaussianBlur;
import dev.calotype.restore.JpegNoise;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures with noise, and how much each is said to have.
 *
 * @param noisy fp32 (N, 3, H, W), not always in [-1, 1]
 * @param sigma root mean square of the noise, fp32 (N, 1, 1, 1)
 */
record NoisyPictures(Tensor noisy, Tensor sigma) {
    private static final double[] COARSE = {0.45, 0.6, 0.8, 1.1}; // deviations of blurs in pixels
    private static final double FAVOUR = 1.5; // the power of uniform numbers that levels are: weak noise is frequent
    private static final double UNSURE = 0.3; // how far, in logarithms, what is told of JPEG is off at most

    /** Lays noise over pictures (N, 3, H, W) in [-1, 1], each of a kind and level of its own. */
    static NoisyPictures of(Tensor clean, NoiseSettings settings, Rng rng) {
        int count = (int) clean.size(0);
        double[] told = new double[count];
        Tensor[] noisy = new Tensor[count];
        for (int i = 0; i < count; i++) {
            Tensor one = clean.narrow(0, i, 1);
            Rng stream = rng.fork(i);
            double sigma = settings.strongest() * Math.pow(stream.nextDouble(), FAVOUR) / Images.LEVELS;
            double kind = stream.nextDouble();
            int at = i;
            told[i] = sigma;
            noisy[i] = Scope.tidy(() -> {
                if (kind < settings.light()) return light(one, sigma, stream);
                if (kind < settings.light() + settings.coarse()) return coarse(one, sigma, stream);
                if (kind < settings.light() + settings.coarse() + settings.jpeg()) {
                    Tensor seen = compressed(one, sigma, stream);
                    double off = seen.sub(one).square().mean().sqrt().item_double();
                    told[at] = off * Math.exp(UNSURE * (2 * stream.nextDouble() - 1));
                    return seen;
                }
                Tensor seen = white(one, sigma, stream);
                return stream.nextDouble() < settings.clipped() ? rounded(seen) : seen;
            });
        }
        return new NoisyPictures(Tensors.cat(0, noisy), Tensors.perSample(told, clean));
    }

    private static Tensor white(Tensor clean, double sigma, Rng rng) {
        return Tensors.combine(1, clean, sigma, rng.normalLike(clean));
    }

    private static Tensor rounded(Tensor seen) {
        return Images.ofPixels(Images.toPixels(seen));
    }

    /** The variance grows with the light: a share of it is the same everywhere. */
    private static Tensor light(Tensor clean, double sigma, Rng rng) {
        double even = 0.5 * rng.nextDouble();
        Tensor brightness = clean.add(new Scalar(1)); // (1, 3, H, W), 0..2
        Tensor mean = brightness.mean().clamp_min(new Scalar(0.05));
        Tensor variance = Tensors.scale(1 - even, brightness.div(mean)).add(new Scalar(even));
        return rounded(clean.add(variance.sqrt().mul(rng.normalLike(clean)).mul(new Scalar(sigma))));
    }

    /** White noise that was blurred, and is as strong as before. */
    private static Tensor coarse(Tensor clean, double sigma, Rng rng) {
        Tensor noise = new GaussianBlur(COARSE[rng.nextInt(COARSE.length)]).apply(rng.normalLike(clean));
        return rounded(clean.add(noise.div(noise.square().mean().sqrt()).mul(new Scalar(sigma))));
    }

    private static Tensor compressed(Tensor clean, double sigma, Rng rng) {
        boolean noisy = rng.nextInt(3) == 0;
        Tensor before = noisy ? white(clean, 0.3 * sigma, rng) : clean;
        JpegNoise.Chroma chroma = rng.nextInt(3) == 0 ? JpegNoise.Chroma.FULL : JpegNoise.Chroma.HALVED;
        return new JpegNoise(5 + rng.nextInt(90), chroma).add(before, rng);
    }
}
