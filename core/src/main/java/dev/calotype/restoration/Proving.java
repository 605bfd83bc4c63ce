package dev.calotype.restoration;

import java.util.function.LongSupplier;

/**
 * What methods are tried on before one is taken.
 *
 * @param sample of the picture
 * @param pixels of the answer that are to be restored
 * @param heard asked again and again meanwhile; what it throws ends the trials
 * @param clock in nanoseconds, by which trials are timed
 */
record Proving(Sample sample, Equipment equipment, long pixels, Runnable heard, LongSupplier clock) {
    /** By the clock of this machine. */
    Proving(Sample sample, Equipment equipment, long pixels, Runnable heard) {
        this(sample, equipment, pixels, heard, System::nanoTime);
    }
}
