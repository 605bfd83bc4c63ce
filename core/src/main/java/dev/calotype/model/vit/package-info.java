/**
 * The Vision Transformer: {@link dev.calotype.model.vit.VisionTransformer}, with a
 * {@link dev.calotype.model.vit.VisionTransformerConfig} for all that it may have and the published sizes.
 */
package dev.calotype.model.vit;
