package dev.calotype.restoration;

/**
 * How far the restoration of a picture has come.
 *
 * @param progress of the whole, 0..1
 * @param part counted from 1
 * @param parts the picture is cut into
 * @param iteration of this part, counted from 1
 * @param loss of the fit; NaN if the method has none
 * @param change mean change of the estimate in this iteration, in units of 0..255
 * @param choice the iteration whose estimate would be the answer now
 * @param secondsLeft of the whole
 */
public record RestorationStatus(
        double progress,
        int part,
        int parts,
        int iteration,
        double loss,
        double change,
        int choice,
        double secondsLeft) {}
