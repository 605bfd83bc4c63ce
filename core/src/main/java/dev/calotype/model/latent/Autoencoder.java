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
     * The pictures of latents, without gradients.
     *
     * @param latents (N, L, h, w), scaled as {@link #encode} does
     * @return fp32 (N, C, f h, f w), mostly in [-1, 1]
     */
    Tensor decode(Tensor latents);

    /** C, the channels of pictures. */
    int pictureChannels();

    /** L, the channels of latents. */
    int latentChannels();

    /** f, how many times smaller latents are than pictures, per side. */
    int factor();
}
