/**
 * The network that takes noise away, trained on pictures that are drawn ({@link dev.calotype.data.leaves.Leaves}) or on
 * photographs.
 *
 * <p>{@code DenoiserTask} lowers the mean absolute error; {@code NoisyPictures} lays the noise over: mostly white, told as a
 * level, with shares of what cameras, scanners and JPEG do. A new kind of noise is a method there and a share in
 * {@code NoiseSettings}. A share of the pictures may have holes, which {@code Holes} draws: they are filled smoothly, told as a level
 * above all noise, and learned beside the noise.
 */
package dev.calotype.kind.denoiser;
