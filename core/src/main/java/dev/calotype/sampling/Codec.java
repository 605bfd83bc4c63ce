package dev.calotype.sampling;

import org.bytedeco.pytorch.Tensor;

/** Makes of images what a model works in, and images of that again: an autoencoder, say. Returns into the caller's scope. */
public interface Codec {
    /** Images are worked in as they are. */
    Codec NONE = new Codec() {
        @Override
        public Tensor encode(Tensor images) {
            return images;
        }

        @Override
        public Tensor decode(Tensor latents) {
            return latents;
        }
    };

    /** The latents of images (N, C, H, W) in [-1, 1]. */
    Tensor encode(Tensor images);

    /** The images of latents, in [-1, 1]. */
    Tensor decode(Tensor latents);
}
