/**
 * Vision transformers on disk: as folders of transformers ({@link dev.calotype.checkpoint.vit.TransformersVit} for pictures,
 * {@link dev.calotype.checkpoint.vit.TransformersVivit} for clips), as weights of timm ({@link dev.calotype.checkpoint.vit.TimmVit}), and
 * as one file that says itself what it is ({@link dev.calotype.checkpoint.vit.VitFile}).
 */
package dev.calotype.checkpoint.vit;
