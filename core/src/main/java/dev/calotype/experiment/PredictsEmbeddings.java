package dev.calotype.experiment;

import dev.calotype.embedding.Encoder;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** A trained model that tells what vector a picture would have whose caption is known. */
public interface PredictsEmbeddings extends TrainedModel {
    /** What the encoder whose texts it reads and whose vectors of pictures it predicts is remembered by: {@link dev.calotype.embedding.Identity}. */
    String encoderHash();

    /** Where that encoder was when it learned: a run, a checkpoint, or files of others. */
    String encoderSource();

    /**
     * The vectors of pictures that texts could tell of, of length 1. Row i depends on text i, the seed and {@code first + i} alone:
     * the same text has other pictures at other places.
     *
     * @param encoder of {@link #encoderHash}, borrowed
     * @param first the number of the first row
     * @return fp32 (N, E) on the processor, in the caller's scope
     * @throws IllegalArgumentException if the encoder is another one, or a text is blank
     */
    Tensor predict(Encoder encoder, List<String> texts, long seed, long first);
}
