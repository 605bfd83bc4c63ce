/**
 * The denoiser of decoders that draw what a vector of CLIP means, as Kandinsky has it (Ramesh et al. 2022): {@link
 * dev.calotype.model.unclip.UnclipUNet}. The prior is {@link dev.calotype.model.prior.PriorTransformer}. They are read by {@code
 * checkpoint.latent}, and not trained here.
 */
package dev.calotype.model.unclip;
