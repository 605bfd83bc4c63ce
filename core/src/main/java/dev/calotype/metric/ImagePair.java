package dev.calotype.metric;

import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Two batches of pictures to be compared one by one, brought to doubles in 0..255. */
record ImagePair(Tensor reference, Tensor image) {
    /** The range of the values. */
    static final double RANGE = 255;

    /**
     * Takes (N, C, H, W) of equal shape and type: uint8 as it is, floating values as [-1, 1], clipped to it and not
     * rounded.
     */
    static ImagePair of(Tensor reference, Tensor image) {
        long[] shape = Tensors.shape(reference);
        if (shape.length != 4 || Tensors.count(shape) == 0 || !Arrays.equals(shape, Tensors.shape(image)))
            throw new IllegalArgumentException("pictures to compare must both have the same shape (N, C, H, W): "
                    + Arrays.toString(shape) + " and " + Arrays.toString(Tensors.shape(image)));
        if (Tensors.dtype(reference) != Tensors.dtype(image))
            throw new IllegalArgumentException("pictures to compare must be of one type, uint8 or floating: "
                    + Tensors.dtype(reference) + " and " + Tensors.dtype(image));
        return new ImagePair(levels(reference), levels(image));
    }

    private static Tensor levels(Tensor x) {
        if (Tensors.dtype(x) == ScalarType.Byte) return Features.exact(x);
        if (!x.is_floating_point())
            throw new IllegalArgumentException("pictures to compare must be uint8 or floating: " + Tensors.dtype(x));
        return Tensors.clip(Features.exact(x)).add(new Scalar(1.0)).mul(new Scalar(RANGE / 2));
    }
}
