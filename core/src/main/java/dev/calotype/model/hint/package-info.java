/**
 * What a U-Net can be told of an image beside time and class ({@link dev.calotype.model.hint.Hints}): the vector that an encoder
 * makes of a picture or text, as unCLIP has it, or a smaller picture that is to be enlarged, as cascaded diffusion has it. {@link
 * dev.calotype.model.hint.HintEncoder} turns them into what the blocks of the network take.
 *
 * <p>The vector is read from the column {@code embedding} of a condition. A row of zeros, which no vector of length 1 is, and a
 * missing column say nothing: they stand for the learned vector of guidance. So it is with the words of a caption, the column {@code words}:
 * places of zeros, which are behind its end, and a missing column stand for what was learned for them.
 */
package dev.calotype.model.hint;
