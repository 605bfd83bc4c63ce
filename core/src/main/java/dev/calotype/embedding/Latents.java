package dev.calotype.embedding;

import dev.calotype.data.Selected;
import java.util.Arrays;
import java.util.List;

/**
 * The latents of pictures of a data set, without the pictures.
 *
 * @param indices which samples of the data set they are of, N; not copied, do not change them
 * @param values N rows of (L, h, w); not copied, do not change them
 * @param shape L, h and w
 * @param factor how many times smaller they are than the pictures, per side
 * @param autoencoder hash of what made them
 */
public record Latents(long[] indices, float[] values, List<Integer> shape, int factor, String autoencoder) {
    public Latents {
        shape = List.copyOf(shape);
        if (values.length != (long) indices.length * length(shape))
            throw new IllegalArgumentException(
                    values.length + " values do not fill " + indices.length + " latents of " + shape);
    }

    private static int length(List<Integer> shape) {
        return shape.stream().reduce(1, Math::multiplyExact);
    }

    /** N, the number of pictures. */
    public int count() {
        return indices.length;
    }

    /** L, the channels of a latent. */
    public int channels() {
        return shape.get(0);
    }

    /** The latent of one picture. */
    float[] row(int row) {
        int length = length(shape);
        return Arrays.copyOfRange(values, row * length, (row + 1) * length);
    }

    /** The same of samples that were chosen of a data set, as those of this one. */
    Latents of(Selected chosen) {
        return new Latents(Arrays.stream(indices).map(chosen::place).toArray(), values, shape, factor, autoencoder);
    }

    /** The first {@code count} of them. */
    Latents first(int count) {
        return new Latents(
                Arrays.copyOf(indices, count),
                Arrays.copyOf(values, count * length(shape)),
                shape,
                factor,
                autoencoder);
    }
}
