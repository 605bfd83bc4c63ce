package dev.calotype.restoration;

/**
 * What methods are tried on before one is taken.
 *
 * @param sample of the picture
 * @param pixels of the answer that are to be restored
 * @param heard asked again and again meanwhile; what it throws ends the trials
 */
record Proving(Sample sample, Equipment equipment, long pixels, Runnable heard) {}
