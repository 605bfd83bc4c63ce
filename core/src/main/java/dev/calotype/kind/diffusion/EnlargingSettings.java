package dev.calotype.kind.diffusion;

import dev.calotype.settings.Check;

/**
 * How small pictures are enlarged where {@code condition.by} is smaller. Noise over them teaches the model not to trust every
 * pixel of what another model drew (Ho et al. 2021).
 *
 * @param from pixels per side of the small pictures
 * @param noise the most noise over them in training, as a share of standard deviations, 0..1
 * @param drawnNoise noise over them when images are drawn, at most {@code noise}
 */
public record EnlargingSettings(int from, double noise, double drawnNoise) {
    public EnlargingSettings {
        Check.range("from", from, 8, 1024);
        Check.range("noise", noise, 0, 1);
        Check.range("drawnNoise", drawnNoise, 0, noise);
    }
}
