package dev.calotype.restore;

import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The mean along a line segment: a camera that moves evenly. The segment is sampled at many points, each of which is shared
 * among its four nearest pixels. Beyond the border the picture is mirrored, its last row and column included
 * (d c b a | a b c d). Inverted by conjugate gradients.
 *
 * @param length of the segment in pixels, in 1..100
 * @param angle against the horizontal in degrees, counter-clockwise
 */
record MotionBlur(double length, double angle) implements LinearOperator {
    private static final int MAX_LENGTH = 100;
    private static final int SAMPLES = 16; // per pixel of length

    public MotionBlur {
        if (!(length >= 1 && length <= MAX_LENGTH))
            throw new IllegalArgumentException("the length of a motion must be in 1..100 pixels: " + length);
        if (!(Math.abs(angle) <= 360))
            throw new IllegalArgumentException("the angle of a motion must be in -360..360 degrees: " + angle);
    }

    @Override
    public Tensor apply(Tensor image) {
        return along(Border.pad(image, radius()), Size.of(image), 1); // (N, C, H, W)
    }

    @Override
    public Tensor adjoint(Tensor observed) {
        int radius = radius();
        Size spread = new Size(observed.size(2) + 2L * radius, observed.size(3) + 2L * radius);
        long beyond = 2L * radius;
        Tensor padded = torch.constant_pad_nd(observed, beyond, beyond, beyond, beyond);
        return Border.fold(along(padded, spread, -1), radius); // (N, C, H, W)
    }

    /** The weighted sum of the places along the segment, for {@code size} pixels: few of a square, which a convolution is slow at. */
    private Tensor along(Tensor padded, Size size, int direction) {
        double[][] weights = weights();
        int last = 2 * radius();
        Tensor sum = null;
        for (int y = 0; y <= last; y++)
            for (int x = 0; x <= last; x++) {
                double weight = direction > 0 ? weights[y][x] : weights[last - y][last - x];
                if (weight == 0) continue;
                Tensor there = padded.narrow(2, y, size.height()).narrow(3, x, size.width());
                sum = sum == null ? Tensors.scale(weight, there) : sum.add(there, new Scalar(weight));
            }
        return sum;
    }

    private int radius() {
        return (int) Math.ceil((length - 1) / 2);
    }

    /** Of 2 r + 1 rows and columns; they sum to 1. */
    private double[][] weights() {
        int radius = radius();
        int width = 2 * radius + 1;
        double reach = (length - 1) / 2;
        int count = 2 * (int) Math.ceil(SAMPLES * reach) + 1;
        double[][] weights = new double[width + 1][width + 1]; // a sample on the last row or column has no neighbour
        for (int i = 0; i < count; i++) {
            double along = count == 1 ? 0 : reach * (2.0 * i / (count - 1) - 1);
            double x = radius + along * Math.cos(Math.toRadians(angle));
            double y = radius - along * Math.sin(Math.toRadians(angle));
            int left = (int) x;
            int top = (int) y;
            for (int dy = 0; dy < 2; dy++)
                for (int dx = 0; dx < 2; dx++)
                    weights[top + dy][left + dx] +=
                            (dx == 0 ? left + 1 - x : x - left) * (dy == 0 ? top + 1 - y : y - top) / count;
        }
        return weights;
    }

    @Override
    public String toString() {
        return "motion:" + DegradationText.number(length) + ":" + DegradationText.number(angle);
    }
}
