package dev.calotype.kind.denoiser;

import dev.calotype.settings.Check;

/**
 * What noise a denoiser learns to take away. What no share names is white.
 *
 * @param strongest largest standard deviation, in units of 0..255
 * @param light share of pictures whose noise grows with the light, as photons do
 * @param coarse share whose noise is blurred, as of film that was scanned
 * @param jpeg share that is compressed, with less noise before it
 * @param clipped share of the rest that is clipped and rounded to 8 bits
 */
public record NoiseSettings(double strongest, double light, double coarse, double jpeg, double clipped) {
    public NoiseSettings {
        Check.range("noise.strongest", strongest, 1, 255);
        Check.range("noise.light", light, 0, 1);
        Check.range("noise.coarse", coarse, 0, 1);
        Check.range("noise.jpeg", jpeg, 0, 1);
        Check.range("noise.clipped", clipped, 0, 1);
        Check.that(
                light + coarse + jpeg <= 1,
                "noise.light, noise.coarse and noise.jpeg must be at most 1 together",
                light + coarse + jpeg);
    }
}
