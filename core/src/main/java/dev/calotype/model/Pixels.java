package dev.calotype.model;

import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What a frozen network does to 8-bit pictures before its first layer. */
public final class Pixels {
    private Pixels() {}

    /** Throws unless {@code pixels} is uint8 (N, channels, H, W) and not empty. */
    public static void require(String network, Tensor pixels, int channels) {
        if (Tensors.dtype(pixels) != ScalarType.Byte)
            throw new IllegalArgumentException(
                    network + " takes 8-bit pixels (uint8), quantise first: " + Tensors.dtype(pixels));
        long[] shape = Tensors.shape(pixels);
        if (shape.length != 4 || shape[1] != channels || Tensors.count(shape) == 0)
            throw new IllegalArgumentException(
                    network + " takes pixels (N, " + channels + ", H, W) with N, H, W >= 1: " + Arrays.toString(shape));
    }

    /**
     * Antialiased bilinear resize as image libraries do it on 8-bit pictures: a triangle filter, widened when shrinking,
     * along the rows and then along the columns, each result rounded to 0..255.
     *
     * @param pixels uint8 (N, C, H, W)
     * @return fp32 (N, C, size, size), whole numbers in 0..255
     */
    public static Tensor resize(Tensor pixels, int size) {
        Tensor x = pixels.to(ScalarType.Float);
        long height = x.size(2);
        long width = x.size(3);
        if (width != size) x = round(x.matmul(Tensors.as(triangles(size, width), x))); // (N, C, H, S)
        if (height != size)
            x = round(x.transpose(2, 3) // (N, C, S, H)
                            .matmul(Tensors.as(triangles(size, height), x)))
                    .transpose(2, 3); // (N, C, S, S)
        return x;
    }

    /**
     * Bilinear resize without antialiasing as TensorFlow 1 does it with {@code align_corners=False}: sample i of {@code size} lies at
     * {@code i * length / size} of the axis.
     *
     * @param x floating (N, C, H, W)
     * @return (N, C, size, size)
     */
    static Tensor resizedAtCorners(Tensor x, int size) {
        int height = Math.toIntExact(x.size(2)), width = Math.toIntExact(x.size(3));
        Tensor across = Tensors.as(Tensors.of(corners(size, width), width, size), x); // (W, S)
        Tensor down = Tensors.as(Tensors.of(corners(size, height), height, size), x); // (H, S)
        return x.matmul(across).transpose(2, 3).matmul(down).transpose(2, 3); // (N, C, S, S)
    }

    private static float[] corners(int size, int from) {
        float[] weights = new float[Math.multiplyExact(from, size)]; // (length, size)
        float step = from / (float) size;
        for (int i = 0; i < size; i++) {
            float place = i * step;
            int low = (int) place;
            int high = Math.min(low + 1, from - 1);
            weights[low * size + i] += 1 - (place - low);
            weights[high * size + i] += place - low;
        }
        return weights;
    }

    /** {@code (x / 255 - mean) / deviation} for each channel. */
    static Tensor standardize(Tensor x, double[] mean, double[] deviation) {
        return shiftAndScale(unit(x), mean, deviation); // (N, C, H, W)
    }

    /** {@code (x - shift) / scale} for each channel. */
    static Tensor shiftAndScale(Tensor x, double[] shift, double[] scale) {
        return x.sub(perChannel(shift, x)).div(perChannel(scale, x)); // (N, C, H, W)
    }

    private static Tensor perChannel(double[] values, Tensor x) {
        return Tensors.as(Tensors.of(values), x).reshape(1, -1, 1, 1); // (1, C, 1, 1)
    }

    /** {@code x / 255}. */
    static Tensor unit(Tensor x) {
        return x.div(new Scalar(255.0));
    }

    private static Tensor round(Tensor x) {
        return x.add(new Scalar(0.5)).floor();
    }

    /** The filter as a matrix (from, to): column j holds the weights of output sample j, which sum to 1. */
    private static Tensor triangles(int to, long from) {
        float[] weights = new float[Math.toIntExact(Math.multiplyExact(from, to))];
        double scale = (double) from / to;
        double support = Math.max(scale, 1);
        for (int j = 0; j < to; j++) {
            double center = (j + 0.5) * scale;
            double[] column = new double[(int) from];
            for (int i = 0; i < from; i++) column[i] = Math.max(0, 1 - Math.abs(i + 0.5 - center) / support);
            double sum = Arrays.stream(column).sum();
            for (int i = 0; i < from; i++) weights[i * to + j] = (float) (column[i] / sum);
        }
        return Tensors.of(weights, from, to);
    }
}
