/**
 * Layers: convolution, group normalisation, attention, embeddings, the residual block. The formulations that are fast
 * on a CPU live here and nowhere else, so that no model knows them: see {@link dev.calotype.nn.Attention},
 * {@link dev.calotype.nn.GroupNorm} and {@link dev.calotype.nn.Layout}.
 *
 * <p>Parameter names follow improved-diffusion, so that its weights load without a map.
 */
package dev.calotype.nn;
