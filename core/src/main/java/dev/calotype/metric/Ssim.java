package dev.calotype.metric;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The structural similarity of Wang et al. (2004), K1 = 0.01, K2 = 0.03, mean over the positions where the window fits and
 * over the channels: 1 for equal pictures. The two windows give different numbers: state which.
 */
public enum Ssim {
    /** 11 x 11, Gaussian of deviation 1.5, moments of the population: the paper's own. */
    GAUSSIAN(gaussian(5, 1.5), 1),
    /** 7 x 7, equal weights, moments of a sample (49 / 48): scikit-image's default. */
    UNIFORM(uniform(7), 49.0 / 48);

    private static final double C1 = square(0.01 * ImagePair.RANGE);
    private static final double C2 = square(0.03 * ImagePair.RANGE);

    private final double[] window;
    private final double correction;

    Ssim(double[] window, double correction) {
        this.window = window;
        this.correction = correction;
    }

    /**
     * The similarity of each picture of a batch.
     *
     * @param reference (N, C, H, W): uint8 with range 255, or floating in [-1, 1] with range 2, then clipped but not rounded;
     *     at least as large as the window
     * @param image in the same shape and type
     * @return N values in -1..1
     */
    public double[] between(Tensor reference, Tensor image) {
        return Scope.read(() -> {
            ImagePair pair = ImagePair.of(reference, image);
            long height = reference.size(2);
            long width = reference.size(3);
            if (Math.min(height, width) < window.length)
                throw new IllegalArgumentException("SSIM wants pictures of at least " + window.length + " x "
                        + window.length + ": " + width + " x " + height);
            Tensor x = pair.reference().reshape(-1, 1, height, width); // (N C, 1, H, W)
            Tensor y = pair.image().reshape(-1, 1, height, width); // (N C, 1, H, W)
            Terms terms = terms(x, y);
            Tensor similarity = terms.luminance().mul(terms.structure()); // (N C, 1, H', W')
            return Tensors.doubles(similarity.reshape(reference.size(0), -1).mean(1));
        });
    }

    /**
     * The factors of the similarity at every position.
     *
     * @param structure contrast and structure together
     */
    record Terms(Tensor luminance, Tensor structure) {}

    /** Of doubles (B, 1, H, W) in 0..255: (B, 1, H - w + 1, W - w + 1). */
    Terms terms(Tensor x, Tensor y) {
        Tensor mx = blur(x);
        Tensor my = blur(y);
        Tensor mxy = mx.mul(my);
        Tensor varianceX = blur(x.square()).sub(mx.square());
        Tensor varianceY = blur(y.square()).sub(my.square());
        Tensor covariance = blur(x.mul(y)).sub(mxy);
        Tensor luminance = affine(2, mxy, C1).div(affine(1, mx.square().add(my.square()), C1));
        Tensor structure = affine(2 * correction, covariance, C2).div(affine(correction, varianceX.add(varianceY), C2));
        return new Terms(luminance, structure);
    }

    /** The weighted mean in each window: (B, 1, H, W) to (B, 1, H - w + 1, W - w + 1). */
    private Tensor blur(Tensor x) {
        Tensor rows = torch.conv2d(x, Tensors.ofDoubles(window, 1, 1, 1, window.length));
        return torch.conv2d(rows, Tensors.ofDoubles(window, 1, 1, window.length, 1));
    }

    private static Tensor affine(double a, Tensor x, double b) {
        return Tensors.scale(a, x).add(new Scalar(b));
    }

    private static double[] gaussian(int radius, double deviation) {
        double[] weights = IntStream.rangeClosed(-radius, radius)
                .mapToDouble(i -> Math.exp(-i * i / (2 * deviation * deviation)))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(w -> w / sum).toArray();
    }

    private static double[] uniform(int size) {
        double[] weights = new double[size];
        Arrays.fill(weights, 1.0 / size);
        return weights;
    }

    private static double square(double x) {
        return x * x;
    }
}
