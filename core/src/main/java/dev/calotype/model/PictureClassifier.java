package dev.calotype.model;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A {@link Classifier} of square pictures, or of clips of them, that can be asked what it wants to see, and where it looks. Where clips
 * are seen, pixels are uint8 (N, T, C, H, W).
 */
public interface PictureClassifier extends Classifier {
    /** Pixels per side of the pictures that the network sees; others are resized. */
    int size();

    /** Channels of the pictures, 1 or 3. */
    int channels();

    /** T, the frames of a clip; 1 of a network for pictures, whose pixels are (N, C, H, W). */
    default int frames() {
        return 1;
    }

    /** The frames that {@link #attention} tells of, in their order. */
    default int[] shown() {
        return new int[] {0};
    }

    /**
     * Where it looks, if it attends at all.
     *
     * @param pixels as for {@link #features}
     * @return the share of each place, fp32 (N, rows, columns) on the CPU, in the caller's scope; of clips (N, {@link #shown}, rows,
     *     columns); sums to 1
     */
    Optional<Tensor> attention(Tensor pixels);
}
