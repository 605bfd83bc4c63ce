package dev.calotype.restore;

import dev.calotype.tensor.Tensors;
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
public record MotionBlur(double length, double angle) implements LinearOperator {
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
        int radius = radius();
        Tensor padded = planes(Border.pad(image, radius)); // (N C, 1, H + 2 r, W + 2 r)
        return torch.conv2d(padded, kernel(image)).reshape(Tensors.shape(image)); // (N, C, H, W)
    }

    @Override
    public Tensor adjoint(Tensor observed) {
        int radius = radius();
        Tensor spread = torch.conv_transpose2d(planes(observed), kernel(observed)); // (N C, 1, H + 2 r, W + 2 r)
        long[] padded = Tensors.shape(observed);
        padded[2] += 2L * radius;
        padded[3] += 2L * radius;
        return Border.fold(spread.reshape(padded), radius); // (N, C, H, W)
    }

    private static Tensor planes(Tensor x) {
        return x.reshape(x.size(0) * x.size(1), 1, x.size(2), x.size(3));
    }

    private int radius() {
        return (int) Math.ceil((length - 1) / 2);
    }

    /** (1, 1, 2 r + 1, 2 r + 1), which sums to 1. */
    private Tensor kernel(Tensor like) {
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
        float[] flat = new float[width * width];
        for (int y = 0; y < width; y++) for (int x = 0; x < width; x++) flat[y * width + x] = (float) weights[y][x];
        return Tensors.as(Tensors.of(flat, 1, 1, width, width), like);
    }

    @Override
    public String toString() {
        return "motion:" + DegradationText.number(length) + ":" + DegradationText.number(angle);
    }
}
