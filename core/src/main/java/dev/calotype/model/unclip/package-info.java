/**
 * The networks of decoders that draw what a vector of CLIP means, as Kandinsky and Karlo have them (Ramesh et al. 2022): {@link
 * dev.calotype.model.unclip.UnclipUNet} is the denoiser, {@link dev.calotype.model.unclip.TextProjection} what tells that of Karlo of a
 * text. The prior is {@link dev.calotype.model.prior.PriorTransformer}. They are read by {@code checkpoint.latent}, and not trained here.
 */
package dev.calotype.model.unclip;
