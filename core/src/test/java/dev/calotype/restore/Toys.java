package dev.calotype.restore;

import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Made pictures. */
final class Toys {
    private Toys() {}

    /** A wave in each channel, fp32 (1, C, H, W), within [-0.8, 0.8]. */
    static Tensor smooth(long height, long width, int channels) {
        float[] values = new float[Math.toIntExact(height * width * channels)];
        int i = 0;
        for (int c = 0; c < channels; c++)
            for (int y = 0; y < height; y++)
                for (int x = 0; x < width; x++)
                    values[i++] = (float) (0.8 * Math.sin(0.2 * x + c) * Math.cos(0.15 * y - c));
        return Tensors.of(values, 1, channels, height, width);
    }
}
