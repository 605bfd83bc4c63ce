/**
 * Text-to-image pipelines as diffusers lays them in a folder: {@code PipelineFolder} tells what a
 * folder is and what it lacks, {@code TextToImage} draws. {@code Drawing} makes latents of noise or of a given picture, which {@code
 * SeenPicture} encodes and {@code Canvas} fits into sides that a denoiser takes; {@link dev.calotype.kind.diffusion.pipeline.StableDiffusionPipelines} is what
 * others find of them. The text encoder, the denoiser and the
 * autoencoder are read one after the other, when they are wanted, and are never in memory at the same time.
 */
package dev.calotype.kind.diffusion.pipeline;
