/**
 * The denoiser of decoders that draw what a vector of CLIP means, as Karlo and Kandinsky have it (Ramesh et al. 2022): {@link
 * dev.calotype.model.unclip.UnclipUNet}, and what tells Karlo's of pictures and texts, {@link dev.calotype.model.unclip.TextProjection}. The prior is {@link dev.calotype.model.prior.PriorTransformer}. They are read by {@code
 * checkpoint.latent}, and not trained here.
 */
package dev.calotype.model.unclip;
