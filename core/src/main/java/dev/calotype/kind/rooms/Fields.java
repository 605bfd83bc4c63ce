package dev.calotype.kind.rooms;

import dev.calotype.restore.GaussianBlur;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Random numbers over the plane, and pictures taken from other places of it. */
final class Fields {
    private static final double LEAST_BLUR = 0.3; // below it neighbours get nothing

    private Fields() {}

    /** Uniform in low..high, of which each factor is as likely. */
    static double between(double low, double high, Rng rng) {
        return low * Math.pow(high / low, rng.nextDouble());
    }

    static Tensor blurred(Tensor x, double sigma) {
        return sigma < LEAST_BLUR ? x : new GaussianBlur(Math.min(50, sigma)).apply(x);
    }

    /** Noise of mean 0 and deviation 1 whose neighbours within {@code sigma} pixels are alike, (1, channels, size, size). */
    static Tensor noise(int channels, int size, double sigma, Rng rng) {
        Tensor smooth = blurred(rng.normal(1, channels, size, size), sigma);
        Tensor centred = smooth.sub(smooth.mean());
        return centred.div(centred.square().mean().sqrt().add(new Scalar(1e-6)));
    }

    /** 1 on one side of random smooth borders, 0 on the other, soft between: (1, 1, size, size). */
    static Tensor mask(int size, Rng rng) {
        double sharpness = between(1, 20, rng);
        Tensor field = noise(1, size, between(size / 16.0, size / 4.0, rng), rng);
        return Tensors.scale(sharpness, field.add(new Scalar(rng.nextDouble() - 0.5)))
                .sigmoid();
    }

    /** Each pixel from where {@code shift} (1, 2, S, S), in pixels, points; from the border beyond it. */
    static Tensor displaced(Tensor x, Tensor shift, boolean nearest) {
        long size = x.size(2);
        Tensor line = torch.linspace(new Scalar(-1 + 1.0 / size), new Scalar(1 - 1.0 / size), size);
        Tensor across = line.reshape(1, 1, 1, size).expand(1, 1, size, size);
        Tensor down = line.reshape(1, 1, size, 1).expand(1, 1, size, size);
        Tensor places = Tensors.combine(1, Tensors.cat(1, across, down), 2.0 / size, shift); // (1, 2, S, S)
        return torch.grid_sampler(x, places.permute(0, 2, 3, 1).contiguous(), nearest ? 1 : 0, 1, false);
    }

    /** A part of a picture as large as the whole. */
    static Tensor zoomed(Tensor x, int side, Rng rng) {
        int free = (int) x.size(2) - side + 1;
        Tensor part = x.narrow(2, rng.nextInt(free), side).narrow(3, rng.nextInt(free), side);
        return Kernels.resizeAntialiased(part, x.size(2), x.size(3));
    }
}
