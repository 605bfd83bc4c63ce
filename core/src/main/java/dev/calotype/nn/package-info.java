/**
 * Layers: convolution, group normalisation, attention, embeddings, the residual block. The formulations that are fast
 * on a CPU live here and nowhere else, so that no model knows them: see {@link dev.calotype.nn.Attention},
 * {@link dev.calotype.nn.GroupNorm} and {@link dev.calotype.nn.Layout}.
 *
 * <p>The layers of StyleGAN2 stand apart: {@link dev.calotype.nn.EqualizedLinear},
 * {@link dev.calotype.nn.EqualizedConvolution}, {@link dev.calotype.nn.ModulatedConvolution} and those made of them. They
 * are plain expressions of the engine, so that they can be differentiated twice.
 *
 * <p>Parameter names follow improved-diffusion, so that its weights load without a map.
 */
package dev.calotype.nn;
