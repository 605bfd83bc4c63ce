/**
 * Layers: convolution, group normalisation, attention, embeddings, the residual block. The formulations that are fast
 * on a CPU live here and nowhere else, so that no model knows them: see {@link dev.calotype.nn.Attention},
 * {@link dev.calotype.nn.GroupNorm} and {@link dev.calotype.nn.Layout}.
 *
 * <p>The layers of StyleGAN2 stand apart: {@link dev.calotype.nn.EqualizedLinear},
 * {@link dev.calotype.nn.EqualizedConvolution}, {@link dev.calotype.nn.ModulatedConvolution} and those made of them. They
 * are plain expressions of the engine, so that they can be differentiated twice.
 *
 * <p>{@link dev.calotype.nn.transformer} has the layers of transformers.
 *
 * <p>Parameter names of U-Nets follow improved-diffusion, those of transformers timm, so that their weights load without a map.
 */
package dev.calotype.nn;
