package dev.calotype.experiment;

import org.bytedeco.pytorch.Tensor;

/** A trained model that draws large images of small pictures: the second stage of cascaded diffusion. */
public interface EnlargesPictures extends TrainedModel {
    @Override
    GenerativeExperiment experiment();

    /** Pixels per side of the pictures that it enlarges. */
    int from();

    /**
     * The images {@code first} to {@code first + N - 1} of a seed.
     *
     * @param request how they are drawn
     * @param pictures fp32 (N, C, h, w) in [-1, 1], one for each image
     * @return fp32 (N, C, H, W) in [-1, 1], in the caller's scope
     */
    Tensor enlarged(Request request, Tensor pictures, long first);
}
