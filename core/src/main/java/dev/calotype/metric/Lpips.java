package dev.calotype.metric;

import dev.calotype.image.Images;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The learned perceptual distance of Zhang et al. (2018) between pictures, in the eyes of one
 * {@link PerceptualNetwork}: 0 for equal pictures, mostly below 1. Values compare only for the same network and hash.
 *
 * @param network borrowed
 */
public record Lpips(PerceptualNetwork network) {
    private static final int CHUNK = 8;

    /**
     * The distance of each picture of a batch, {@value #CHUNK} pictures at a time.
     *
     * @param reference (N, C, H, W) with 1 or 3 channels: uint8, or floating in [-1, 1], then clipped but not rounded
     * @param image in the same shape and type
     * @return N values, at least 0
     */
    public double[] between(Tensor reference, Tensor image) {
        if (!Arrays.equals(Tensors.shape(reference), Tensors.shape(image))
                || Tensors.dtype(reference) != Tensors.dtype(image))
            throw new IllegalArgumentException("pictures to compare must be of one shape (N, C, H, W) and type: "
                    + Arrays.toString(Tensors.shape(reference)) + " and " + Arrays.toString(Tensors.shape(image)));
        double[] distances = new double[Math.toIntExact(reference.size(0))];
        for (int from = 0; from < distances.length; from += CHUNK) {
            int first = from;
            int count = Math.min(CHUNK, distances.length - from);
            double[] part = Scope.read(() -> Tensors.doubles(network.distance(
                    signed(reference.narrow(0, first, count)), signed(image.narrow(0, first, count)))));
            System.arraycopy(part, 0, distances, from, count);
        }
        return distances;
    }

    private static Tensor signed(Tensor x) {
        return Tensors.dtype(x) == ScalarType.Byte ? Images.ofPixels(x) : Tensors.clip(x.to(ScalarType.Float));
    }
}
