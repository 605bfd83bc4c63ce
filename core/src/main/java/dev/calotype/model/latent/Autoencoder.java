package dev.calotype.model.latent;

import org.bytedeco.pytorch.Tensor;

/** Makes latents of pictures, in which latent diffusion works, and pictures of latents. */
public interface Autoencoder {
    /**
     * The latents of pictures, scaled as a diffusion model wants them, without gradients.
     *
     * @param images (N, C, H, W) in [-1, 1], with sides that are multiples of {@link #factor()}
     * @return fp32 (N, L, H/f, W/f)
     */
    Tensor encode(Tensor images);

    /**
     * Latents of pictures, drawn from their distributions where the autoencoder has such, else those of {@link #encode}.
     *
     * @param images (1, C, H, W) or as many as {@code noise} has
     * @param noise standard normal, fp32 (N, L, H/f, W/f)
     * @return fp32 (N, L, H/f, W/f)
     */
    default Tensor encode(Tensor images, Tensor noise) {
        return encode(images).expand(noise.sizes()).contiguous();
    }

    /**
     * The pictures of latents, without gradients.
     *
     * @param latents (N, L, h, w), scaled as {@link #encode} does
     * @return fp32 (N, C, f h, f w), mostly in [-1, 1]
     */
    Tensor decode(Tensor latents);

    /** What goes in and comes out. */
    Shape shape();

    /**
     * What an autoencoder takes and makes.
     *
     * @param pictureChannels C
     * @param latentChannels L
     * @param widest channels of the widest map that decoding makes at the size of the picture
     * @param factor f, how many times smaller latents are than pictures, per side
     */
    record Shape(int pictureChannels, int latentChannels, int widest, int factor) {}

    /** C, the channels of pictures. */
    default int pictureChannels() {
        return shape().pictureChannels();
    }

    /** L, the channels of latents. */
    default int latentChannels() {
        return shape().latentChannels();
    }

    /** The channels of the widest map that decoding makes at the size of the picture. */
    default int widest() {
        return shape().widest();
    }

    /** f, how many times smaller latents are than pictures, per side. */
    default int factor() {
        return shape().factor();
    }
}
