package dev.calotype.metric;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * The peak signal-to-noise ratio in dB, 10 log10(range^2 / MSE), over all channels of a picture: higher is closer,
 * infinite for equal pictures.
 */
public final class Psnr {
    private Psnr() {}

    /**
     * The ratio of each picture of a batch.
     *
     * @param reference (N, C, H, W): uint8 with range 255, or floating in [-1, 1] with range 2, then clipped but not rounded
     * @param image in the same shape and type
     * @return N values in dB
     */
    public static double[] between(Tensor reference, Tensor image) {
        return Scope.read(() -> {
            ImagePair pair = ImagePair.of(reference, image);
            double[] errors = Tensors.doubles(
                    Tensors.meanPerSample(pair.reference().sub(pair.image()).square()));
            for (int i = 0; i < errors.length; i++)
                errors[i] = ofError(errors[i] / (ImagePair.RANGE * ImagePair.RANGE));
            return errors;
        });
    }

    /** The ratio in dB of a mean squared error of values in 0..1. */
    public static double ofError(double meanSquaredError) {
        return -10 * Math.log10(meanSquaredError);
    }
}
