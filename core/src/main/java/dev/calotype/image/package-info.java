/**
 * Files to pictures to tensors in [-1, 1] and back. No networks.
 *
 * <p>{@link dev.calotype.image.Picture} is what everything here speaks: 8-bit grey or RGB in Java memory.
 * {@link dev.calotype.image.ImageFiles} decodes files of any origin to it, by one documented rule;
 * {@link dev.calotype.image.PngFile} writes it, with the text of what made it;
 * {@link dev.calotype.image.PictureFile} keeps alpha and colour profile of a file that is to be written again;
 * {@link dev.calotype.image.HoleMask} tells which pixels of it are missing; {@link dev.calotype.image.Resize} changes
 * its size as Pillow would; {@link dev.calotype.image.Images} takes it to tensors, back, and to contact sheets.
 *
 * <p>Choosing a filter: {@code BICUBIC} for photographs; {@code LANCZOS} for the sharpest reductions, at the price of
 * slight halos; {@code BOX} for integer reductions; {@code BILINEAR} where a paper says so.
 *
 * <p>To read another kind of file, add it to {@link dev.calotype.image.PictureKind} with its first bytes and hand what its reader yields to
 * {@code Samples}, which holds the rule.
 */
package dev.calotype.image;
