package dev.calotype.embedding;

import dev.calotype.data.Selected;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The vectors of pictures of a data set and of their captions, without the pictures.
 *
 * @param indices which samples of the data set they are of, N; not copied, do not change them
 * @param pictures N rows of {@code length} values; not copied, do not change them
 * @param texts N rows of {@code length} values, zeros where there is no caption; not copied, do not change them
 * @param length E, the values of a vector
 * @param encoder what made them
 * @param scale {@link Encoder#scale} of what made them
 */
public record EmbeddedPairs(
        long[] indices, float[] pictures, float[] texts, int length, Identity encoder, double scale) {
    public EmbeddedPairs {
        long values = (long) indices.length * length;
        if (pictures.length != values || texts.length != values)
            throw new IllegalArgumentException(pictures.length + " and " + texts.length + " values do not fill "
                    + indices.length + " pairs of vectors of " + length);
    }

    /** N, the number of pairs. */
    public int count() {
        return indices.length;
    }

    /** The vectors of the pictures, fp32 (N, E) on the processor, in the caller's scope. */
    public Tensor pictureVectors() {
        return Tensors.of(pictures, count(), length);
    }

    /** The vectors of the captions, fp32 (N, E) on the processor, in the caller's scope. */
    public Tensor textVectors() {
        return Tensors.of(texts, count(), length);
    }

    /** The vector of one picture. */
    float[] picture(int row) {
        return Arrays.copyOfRange(pictures, row * length, (row + 1) * length);
    }

    /** The vector of one caption. */
    float[] text(int row) {
        return Arrays.copyOfRange(texts, row * length, (row + 1) * length);
    }

    /** The rows of several that one encoder has made, one after the other. */
    public static EmbeddedPairs joined(List<EmbeddedPairs> parts) {
        EmbeddedPairs like = parts.get(0);
        int length = like.length,
                count = parts.stream().mapToInt(EmbeddedPairs::count).sum();
        long[] indices = new long[count];
        float[] pictures = new float[count * length], texts = new float[count * length];
        int at = 0;
        for (EmbeddedPairs part : parts) {
            System.arraycopy(part.indices, 0, indices, at, part.count());
            System.arraycopy(part.pictures, 0, pictures, at * length, part.count() * length);
            System.arraycopy(part.texts, 0, texts, at * length, part.count() * length);
            at += part.count();
        }
        return new EmbeddedPairs(indices, pictures, texts, length, like.encoder, like.scale);
    }

    /** The same of samples that were chosen of a data set, as those of this one. */
    EmbeddedPairs of(Selected chosen) {
        return new EmbeddedPairs(
                Arrays.stream(indices).map(chosen::place).toArray(), pictures, texts, length, encoder, scale);
    }

    /** Those of the given rows. */
    public EmbeddedPairs rows(int... rows) {
        long[] chosen = new long[rows.length];
        float[] seen = new float[rows.length * length], read = new float[rows.length * length];
        for (int i = 0; i < rows.length; i++) {
            chosen[i] = indices[rows[i]];
            System.arraycopy(pictures, rows[i] * length, seen, i * length, length);
            System.arraycopy(texts, rows[i] * length, read, i * length, length);
        }
        return new EmbeddedPairs(chosen, seen, read, length, encoder, scale);
    }
}
