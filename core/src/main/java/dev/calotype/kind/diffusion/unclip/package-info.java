/**
 * Pipelines of diffusers in which a prior makes vectors of pictures out of texts, and a decoder pictures of these: {@code UnclipFolder}
 * finds their parts, {@code TextVectors} reads texts, {@code VectorPrior} makes vectors, {@code UnclipDenoiser} is the U-Net
 * that is told of them; {@code Kandinsky} draws with Kandinsky 2.1 and 2.2, {@code Karlo} with Karlo, whose pictures {@code Enlarging} makes large. {@link
 * dev.calotype.kind.diffusion.unclip.UnclipFamily} is what others find of them. Parts are read one after the other, when they are wanted, and
 * are never in memory at the same time.
 */
package dev.calotype.kind.diffusion.unclip;
