package dev.calotype.embedding;

import dev.calotype.image.Picture;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Puts pictures and texts into one space of vectors of length 1, in which those that go together lie near each other. Several
 * threads may use one.
 */
public interface Encoder extends TextEncoder {
    /** Pixels per side of the squares that pictures are brought to. */
    int side();

    /** The vectors of pictures of any size, fp32 (N, E) on the processor, in the caller's scope. */
    Tensor pictures(List<Picture> pictures);

    /** What a likeness in -1..1 is multiplied by to become the logarithm of a probability. */
    double scale();
}
