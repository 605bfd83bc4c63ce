package dev.calotype.kind.denoiser;

import dev.calotype.image.Images;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.restore.GaussianBlur;
import dev.calotype.restore.HoleFilling;
import dev.calotype.restore.JpegNoise;
import dev.calotype.restore.LearnedDenoiser;
import dev.calotype.restore.Masking;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Pictures with noise and perhaps holes, and what is said of them. Holes are filled smoothly, and told as noise of the level
 * {@link LearnedDenoiser#HOLE}.
 *
 * @param noisy fp32 (N, 3, H, W), not always in [-1, 1]
 * @param sigma root mean square of the noise, fp32 (N, 1, H, W), or (N, 1, 1, 1) where no picture can have holes
 * @param weight of what is answered at each pixel: 1, but of pictures with holes and no noise nothing where they are known, which no
 *     answer changes, and more in the holes; fp32 in the shape of {@code sigma}
 */
record NoisyPictures(Tensor noisy, Tensor sigma, Tensor weight) {
    private static final double[] COARSE = {0.45, 0.6, 0.8, 1.1}; // deviations of blurs in pixels
    private static final double FAVOUR = 1.5; // the power of uniform numbers that levels are: weak noise is frequent
    private static final double UNSURE = 0.3; // how far, in logarithms, what is told of JPEG is off at most

    private static final double LEAST = 0.25; // a picture of which less is missing counts less
    private static final long HOLES = 0x401E5, AGAIN = 0xA6A1; // name streams

    /** Lays noise over pictures (N, 3, H, W) in [-1, 1], each of a kind and level of its own, and takes pixels from a share of them. */
    static NoisyPictures of(Tensor clean, NoiseSettings noise, HoleSettings holes, Rng rng) {
        NoisyPictures whole = of(clean, noise, rng);
        if (holes.share() == 0) return whole;
        int height = (int) clean.size(2), width = (int) clean.size(3), count = (int) clean.size(0);
        Tensor[] seen = new Tensor[count], level = new Tensor[count], weight = new Tensor[count];
        for (int i = 0; i < count; i++) {
            Rng stream = rng.fork(i).fork(HOLES);
            seen[i] = whole.noisy.narrow(0, i, 1);
            level[i] = whole.sigma.narrow(0, i, 1).expand(1, 1, height, width);
            weight[i] = torch.ones_like(level[i]);
            if (stream.nextDouble() >= holes.share()) continue;
            boolean noisy = stream.nextDouble() < holes.noisy();
            Masking mask = Holes.draw(height, width, stream);
            if (!noisy) {
                seen[i] = clean.narrow(0, i, 1);
                level[i] = torch.zeros_like(level[i]);
                double missing = 1 - mask.keptPixels() / (double) (height * width);
                weight[i] = Tensors.scale(1 / Math.max(missing, LEAST), weight[i].sub(mask.mask(weight[i])));
            }
            seen[i] = HoleFilling.of(seen[i], mask);
            level[i] = LearnedDenoiser.levels(level[i], mask);
        }
        return new NoisyPictures(Tensors.cat(0, seen), Tensors.cat(0, level), Tensors.cat(0, weight));
    }

    /** The same with a share of the holes as a network answers them, which is told so. */
    NoisyPictures again(DenoisingUNet network, HoleSettings holes, Rng rng) {
        if (holes.share() == 0 || holes.again() == 0) return this;
        int count = (int) noisy.size(0);
        Tensor[] seen = new Tensor[count], level = new Tensor[count];
        for (int i = 0; i < count; i++) {
            seen[i] = noisy.narrow(0, i, 1);
            level[i] = sigma.narrow(0, i, 1);
            if (rng.fork(i).fork(AGAIN).nextDouble() >= holes.again()) continue;
            Tensor missing = LearnedDenoiser.isHole(level[i]); // (1, 1, H, W)
            if (missing.max().item_double() == 0) continue;
            Tensor answer = network.denoise(seen[i], level[i]); // (1, 3, H, W)
            seen[i] = seen[i].add(answer.sub(seen[i]).mul(missing));
            level[i] = LearnedDenoiser.answered(level[i], missing);
        }
        return new NoisyPictures(Tensors.cat(0, seen), Tensors.cat(0, level), weight);
    }

    /** Lays noise over pictures (N, 3, H, W) in [-1, 1], each of a kind and level of its own. */
    private static NoisyPictures of(Tensor clean, NoiseSettings settings, Rng rng) {
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
        Tensor sigma = Tensors.perSample(told, clean); // (N, 1, 1, 1)
        return new NoisyPictures(Tensors.cat(0, noisy), sigma, torch.ones_like(sigma));
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
