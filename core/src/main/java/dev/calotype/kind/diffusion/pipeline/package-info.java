/**
 * Text-to-image pipelines as diffusers lays them in a folder: {@link dev.calotype.kind.diffusion.pipeline.PipelineFolder} tells what a
 * folder is and what it lacks, {@link dev.calotype.kind.diffusion.pipeline.TextToImage} draws. The text encoder, the denoiser and the
 * autoencoder are read one after the other, when they are wanted, and are never in memory at the same time.
 */
package dev.calotype.kind.diffusion.pipeline;
