package dev.calotype.model;

import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A {@link Classifier} of square pictures that can be asked what it wants to see, and where it looks. */
public interface PictureClassifier extends Classifier {
    /** Pixels per side of the pictures that the network sees; others are resized. */
    int size();

    /** Channels of the pictures, 1 or 3. */
    int channels();

    /**
     * Where it looks, if it attends at all.
     *
     * @param pixels as for {@link #features}
     * @return the share of each place, fp32 (N, rows, columns) on the CPU, in the caller's scope; sums to 1
     */
    Optional<Tensor> attention(Tensor pixels);
}
