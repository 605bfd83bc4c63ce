/**
 * What transformers are made of, from pictures to tokens ({@link dev.calotype.nn.transformer.PatchEmbedding}), where they are
 * ({@link dev.calotype.nn.transformer.PositionTable}), and the block that an encoder repeats
 * ({@link dev.calotype.nn.transformer.TransformerBlock}). Parameter names follow timm.
 *
 * <p>Dropout and stochastic depth draw from the one {@link dev.calotype.nn.Dropout} of a network. All attention goes through
 * {@link dev.calotype.nn.Attention}, which knows the fast way for each device and precision.
 */
package dev.calotype.nn.transformer;
