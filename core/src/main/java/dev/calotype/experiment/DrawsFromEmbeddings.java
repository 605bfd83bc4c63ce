package dev.calotype.experiment;

import dev.calotype.column.Column;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A trained model that draws images of vectors, as an encoder of pictures and texts makes them: the decoder of unCLIP. */
public interface DrawsFromEmbeddings extends DrawsImages {
    /** Where the encoder was whose vectors it was trained with: a run, a checkpoint or files of others. */
    String encoderSource();

    /** What the encoder whose vectors it was trained with is remembered by: {@link dev.calotype.embedding.Identity}. */
    String encoderHash();

    /**
     * The words of captions that a model reads beside vectors.
     *
     * @param encoder where the text encoder was that it was trained with; empty for the encoder of the vectors
     * @param hash what it is remembered by, {@link dev.calotype.embedding.Identity}
     * @param tokens of a caption that it reads at most
     */
    record Reading(String encoder, String hash, int tokens) {}

    /** The words that it reads; empty if it is told vectors alone. */
    Optional<Reading> reading();

    /**
     * The images {@code first} to {@code first + N - 1} of a seed.
     *
     * @param request how they are drawn
     * @param embeddings fp32 (N, E) of length 1, one for each image; zeros say nothing of an image
     * @return fp32 (N, C, H, W) in [-1, 1], in the caller's scope
     */
    Tensor images(Request request, Tensor embeddings, long first);

    /**
     * The same of words, with vectors or without.
     *
     * @param words as {@link dev.calotype.embedding.Words#of} has read them, one row for each image
     * @param embeddings as above; null if nothing but words is told
     * @throws IllegalArgumentException if it reads none, or others
     */
    Tensor images(Request request, Column.Floats words, Tensor embeddings, long first);
}
