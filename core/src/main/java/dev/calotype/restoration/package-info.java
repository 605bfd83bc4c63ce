/**
 * One picture restored. {@link dev.calotype.restoration.Methods} makes a {@link dev.calotype.restore.Restorer} of a name and
 * settings, with the {@link dev.calotype.restoration.Equipment} that it wants;
 * {@link dev.calotype.restoration.PictureRestoration} restores a picture file with it.
 *
 * <p>A new method is a kind in {@code methods.yaml}, with every setting that it has, and a branch in {@code Methods}.
 */
package dev.calotype.restoration;
