package dev.calotype.experiment;

import org.bytedeco.pytorch.Tensor;

/** A trained model that draws images of vectors, as an encoder of pictures and texts makes them: the decoder of unCLIP. */
public interface DrawsFromEmbeddings extends DrawsImages {
    /** Where the encoder was whose vectors it was trained with: a run, a checkpoint or files of others. */
    String encoderSource();

    /** {@link dev.calotype.embedding.Encoder#hash} of the encoder whose vectors it was trained with. */
    String encoderHash();

    /**
     * The images {@code first} to {@code first + N - 1} of a seed.
     *
     * @param request how they are drawn
     * @param embeddings fp32 (N, E) of length 1, one for each image; zeros say nothing of an image
     * @return fp32 (N, C, H, W) in [-1, 1], in the caller's scope
     */
    Tensor images(Request request, Tensor embeddings, long first);
}
