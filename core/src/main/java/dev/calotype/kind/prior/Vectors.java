package dev.calotype.kind.prior;

import dev.calotype.embedding.EmbeddedPairs;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * How the vectors of pictures and of captions lie.
 *
 * @param scale what a likeness is multiplied by in the contrastive loss, the encoder's own
 */
record Vectors(Standard pictures, Standard texts, double scale) {
    private static final String PICTURES = "pictures", TEXTS = "texts";

    static Vectors of(EmbeddedPairs pairs) {
        return new Vectors(
                Standard.of(pairs.pictures(), pairs.length()),
                Standard.of(pairs.texts(), pairs.length()),
                pairs.scale());
    }

    /** What {@link #state} has given; the scale of an encoder is not among it. */
    static Vectors of(Map<String, Tensor> state) {
        return new Vectors(Standard.of(state, PICTURES), Standard.of(state, TEXTS), 1);
    }

    Vectors with(double factor) {
        return new Vectors(pictures, texts, factor);
    }

    /** What a checkpoint keeps, in the caller's scope. */
    Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        pictures.put(state, PICTURES);
        texts.put(state, TEXTS);
        return state;
    }
}
