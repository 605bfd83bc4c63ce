package dev.calotype.experiment;

/**
 * What to draw. Image {@code i} of a seed is the same in whatever batch it is drawn.
 *
 * @param sampling how, as the kind of the model has it
 * @param label the class of every image, or {@link #ANY} for all classes in turn
 */
public record Request(Sampling sampling, long seed, int label) {
    /** The label of images that are to be of any class. */
    public static final int ANY = -1;
}
