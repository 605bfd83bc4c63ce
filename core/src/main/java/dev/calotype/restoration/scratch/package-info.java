/**
 * Scratches, hairs and dust of a scanned picture, found by what they look like: {@link dev.calotype.restoration.scratch.Scratches} makes
 * a mask of them. Nothing here is learned. {@code ThinStructure} finds what is narrower than its surroundings and brighter or darker, {@code
 * LineEvidence} says how far this goes on in a line, {@code Blobs} are connected pixels, of which the long thin ones and the small lonely ones
 * stay.
 */
package dev.calotype.restoration.scratch;
