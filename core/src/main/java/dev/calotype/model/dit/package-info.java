/**
 * Transformers that remove noise: {@link dev.calotype.model.dit.DiffusionTransformer} is trained here, in pixels or latents, of classes,
 * vectors or nothing (DiT); {@link dev.calotype.model.dit.LatentTransformer} is that of Stable Diffusion 3 and is told texts (MMDiT). Both
 * are a {@link dev.calotype.nn.transformer.ModulatedBlock} many times, of which {@link dev.calotype.model.dit.DitConfig} has the
 * switches; {@link dev.calotype.model.dit.DitFootprint} counts weights and memory without making one.
 */
package dev.calotype.model.dit;
