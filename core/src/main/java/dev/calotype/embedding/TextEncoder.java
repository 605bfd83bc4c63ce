package dev.calotype.embedding;

import dev.calotype.text.Tokens;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Turns texts into vectors of length 1, and tells what stands at each of their tokens. Several threads may use one. */
public interface TextEncoder {
    /** E, the values of a text's vector. */
    int length();

    /** SHA-256 of what makes the vectors, of a CLIP of others of its weights: those of another hash do not compare. */
    String hash();

    /**
     * As {@link #hash}, of all that makes the vectors: of the same weights two may prepare pictures and texts in other ways. That hash
     * itself where it tells everything.
     */
    default String fingerprint() {
        return hash();
    }

    /** What it is remembered by. */
    default Identity identity() {
        return new Identity(hash(), fingerprint());
    }

    /**
     * The vectors of texts, fp32 (N, E) on the processor, in the caller's scope.
     *
     * @throws IllegalArgumentException if one is blank
     */
    Tensor texts(List<String> texts);

    /**
     * The ids that {@link #texts} reads, and how many of the texts were cut.
     *
     * @throws IllegalArgumentException if one is blank
     */
    Tokens tokens(List<String> texts);

    /** W, the values of a token. */
    int width();

    /**
     * What stands at each token of one text, its marks included, fp32 (L, W) on the processor, in the caller's scope. It depends on
     * this text alone.
     *
     * @throws IllegalArgumentException if it is blank
     */
    Tensor words(String text);
}
