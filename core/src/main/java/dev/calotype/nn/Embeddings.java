package dev.calotype.nn;

import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Embeddings without parameters. */
public final class Embeddings {
    private Embeddings() {}

    /**
     * Sinusoids of a time (Vaswani et al. 2017; cosines first as in Improved DDPM), with wavelengths from 2 pi to
     * 10,000 * 2 pi.
     *
     * @param times (N), usually in 0..1000
     * @param width even
     * @return fp32 (N, width)
     */
    public static Tensor sinusoidal(Tensor times, int width) {
        int half = width / 2;
        double[] frequencies = new double[half];
        for (int i = 0; i < half; i++) frequencies[i] = Math.exp(-Math.log(10_000) * i / half);
        Tensor angles = times.unsqueeze(1).mul(Tensors.as(Tensors.of(frequencies), times)); // (N, half)
        return Tensors.cat(1, angles.cos(), angles.sin()); // (N, width)
    }
}
