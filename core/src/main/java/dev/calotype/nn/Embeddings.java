package dev.calotype.nn;

import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Embeddings without parameters. */
public final class Embeddings {
    private Embeddings() {}

    /** Which half of the sinusoids comes first. */
    public enum Order {
        /** As in Improved DDPM. */
        COSINE_FIRST,
        /** As in DDPM. */
        SINE_FIRST
    }

    /**
     * Sinusoids of a time (Vaswani et al. 2017; cosines first as in Improved DDPM), with wavelengths from 2 pi to
     * 10,000 * 2 pi.
     *
     * @param times (N), usually in 0..1000
     * @param width even
     * @return fp32 (N, width)
     */
    public static Tensor sinusoidal(Tensor times, int width) {
        return sinusoidal(times, width, Order.COSINE_FIRST, 0);
    }

    /**
     * Sinusoids of a time whose frequencies fall in width/2 - {@code shift} equal steps from 1 to 1/10,000: with 1 the last is
     * 1/10,000 itself (DDPM), with 0 the one after it would be (Improved DDPM).
     *
     * @param times (N), usually in 0..1000
     * @param width even
     * @return fp32 (N, width)
     */
    public static Tensor sinusoidal(Tensor times, int width, Order order, double shift) {
        int half = width / 2;
        double[] frequencies = new double[half];
        // in the steps and the precision of PyTorch's code: at time 1000 the last digit of a frequency is seen
        for (int i = 0; i < half; i++)
            frequencies[i] = (float) Math.exp((float) -Math.log(10_000) * i / (float) (half - shift));
        Tensor angles = times.unsqueeze(1).mul(Tensors.as(Tensors.of(frequencies), times)); // (N, half)
        return order == Order.COSINE_FIRST
                ? Tensors.cat(1, angles.cos(), angles.sin()) // (N, width)
                : Tensors.cat(1, angles.sin(), angles.cos()); // (N, width)
    }
}
