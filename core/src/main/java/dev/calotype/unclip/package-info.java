/**
 * Pictures of words by several models one after the other (unCLIP, Ramesh et al. 2022): an encoder makes a vector of a text, a prior
 * tells what vector a picture would have of which it is said, a decoder draws a picture that has it, and an up-sampler enlarges
 * that. {@link dev.calotype.unclip.Unclip} puts opened models together, {@link dev.calotype.unclip.Edits} makes vectors of pictures
 * and texts, {@link dev.calotype.unclip.Chain} trains all of them from nothing.
 *
 * <p>The models know of each other by the hash of the encoder alone: vectors of another encoder are refused.
 */
package dev.calotype.unclip;
