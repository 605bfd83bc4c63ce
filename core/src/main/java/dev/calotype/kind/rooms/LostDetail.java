package dev.calotype.kind.rooms;

import dev.calotype.judge.Flaw;
import dev.calotype.restore.JpegNoise;
import dev.calotype.restore.JpegNoise.Chroma;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Noise, blur and blocks of random strengths. Lengths are in pixels of a picture of 32, {@code unit} of the picture's own. */
final class LostDetail {
    private LostDetail() {}

    static Flawed noise(Flawed of, Rng rng) {
        Tensor x = of.picture();
        int size = (int) x.size(2);
        if (rng.nextDouble() < 0.1) {
            double share = Fields.between(0.005, 1, rng);
            Tensor hit = rng.uniform(1, 1, size, size).lt(new Scalar(share));
            Tensor grains =
                    rng.uniform(1, 3, size, size).round().mul(new Scalar(2)).sub(new Scalar(1));
            return of.with(torch.where(hit, grains, x), Flaw.NOISE, rising(share, 0.15));
        }
        double sigma = Fields.between(0.02, 2.5, rng);
        double pattern = rng.nextDouble();
        double smooth = pattern < 0.25 ? Fields.between(0.5, 2.5, rng) * size / 32 : 0;
        Tensor grain = Fields.noise(pattern > 0.85 ? 1 : 3, size, smooth, rng);
        double kept = rng.nextDouble() < 0.3 ? 1 / Math.sqrt(1 + sigma * sigma) : 1; // as in the middle of a diffusion
        return of.with(Tensors.clip(Tensors.combine(kept, x, sigma, grain)), Flaw.NOISE, rising(sigma, 0.4));
    }

    static Flawed blur(Flawed of, Rng rng) {
        Tensor x = of.picture();
        double unit = x.size(2) / 32.0;
        if (rng.nextDouble() < 0.3) {
            double factor = Fields.between(1.2, 10 * unit, rng);
            long less = Math.max(2, Math.round(x.size(2) / factor));
            Tensor small = Kernels.resizeAntialiased(x, less, less);
            return of.with(
                    Kernels.resizeAntialiased(small, x.size(2), x.size(3)),
                    Flaw.BLUR,
                    blurred(0.5 * x.size(2) / less, unit));
        }
        double sigma = Fields.between(0.35, 12 * unit, rng);
        return of.with(Fields.blurred(x, sigma), Flaw.BLUR, blurred(sigma, unit));
    }

    /** How much of a flaw a Gaussian of so many pixels is. */
    static double blurred(double sigma, double unit) {
        return rising(Math.max(0, sigma - 0.3), 1.5 * unit);
    }

    static Flawed blocks(Flawed of, Rng rng) {
        Tensor x = of.picture();
        double unit = x.size(2) / 32.0;
        double way = rng.nextDouble();
        if (way < 0.6) {
            double scale = Fields.between(15, 5000, rng); // per cent of the tables
            int quality = (int) Math.max(1, Math.round(scale > 100 ? 5000 / scale : (200 - scale) / 2));
            Chroma chroma = rng.nextDouble() < 0.5 ? Chroma.HALVED : Chroma.FULL;
            return of.with(
                    new JpegNoise(quality, chroma).add(x, rng), Flaw.BLOCKS, rising(Math.pow(scale / 100, 0.6), 2.5));
        }
        if (way < 0.8) {
            int side = 2 << rng.nextInt(unit > 1 ? 4 : 3);
            Tensor large = Kernels.upsampleNearest(torch.avg_pool2d(x, side), x.size(2), x.size(3));
            return of.with(large, Flaw.BLOCKS, rising(side / unit - 0.5, 2));
        }
        int period = 1 << rng.nextInt(3);
        double amplitude = Fields.between(0.02, 0.6, rng);
        Tensor signs = rng.normal(1, 3, 2, 2).mul(new Scalar(amplitude));
        Tensor lattice = Kernels.upsampleNearest(signs, 2L * period, 2L * period);
        long times = x.size(2) / (2L * period);
        return of.with(Tensors.clip(x.add(lattice.repeat(1, 1, times, times))), Flaw.BLOCKS, rising(amplitude, 0.15));
    }

    /** 0 at 0 and 1 at infinity; {@code length} is where it comes to 1 - 1/e. */
    static double rising(double x, double length) {
        return 1 - Math.exp(-x / length);
    }
}
