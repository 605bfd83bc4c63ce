package dev.calotype.embedding;

import dev.calotype.image.Picture;
import dev.calotype.text.Tokens;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Puts pictures and texts into one space of vectors of length 1, in which those that go together lie near each other. Several
 * threads may use one.
 */
public interface Encoder {
    /** E, the values of a vector. */
    int length();

    /** Pixels per side of the squares that pictures are brought to. */
    int side();

    /** SHA-256 of what makes the vectors: those of another hash do not compare. */
    String hash();

    /** The vectors of pictures of any size, fp32 (N, E) on the processor, in the caller's scope. */
    Tensor pictures(List<Picture> pictures);

    /**
     * The vectors of texts, fp32 (N, E) on the processor, in the caller's scope.
     *
     * @throws IllegalArgumentException if one is blank
     */
    Tensor texts(List<String> texts);

    /** The ids that {@link #texts} reads, and how many of the texts were cut. */
    Tokens tokens(List<String> texts);

    /** What a likeness in -1..1 is multiplied by to become the logarithm of a probability. */
    double scale();
}
