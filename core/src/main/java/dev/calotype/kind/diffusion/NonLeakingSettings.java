package dev.calotype.kind.diffusion;

import dev.calotype.settings.Check;
import dev.calotype.train.NonLeakingAugmentation;

/**
 * What is done to pictures at random and told to the network, so that it draws none of it: {@link NonLeakingAugmentation}.
 *
 * @param probability of each change; 0 for none at all
 * @param mirror whether half of the pictures are mirrored
 * @param flip whether pictures are put upside down
 * @param scale how much they are enlarged
 * @param rotation how far they are turned, as a share of a half turn
 * @param stretch how much they are stretched
 * @param shift how far they are moved, as a share of their side
 */
public record NonLeakingSettings(
        double probability, boolean mirror, boolean flip, double scale, double rotation, double stretch, double shift) {
    public NonLeakingSettings {
        Check.range("nonLeaking.probability", probability, 0, 1);
        Check.range("nonLeaking.scale", scale, 0, 2);
        Check.range("nonLeaking.rotation", rotation, 0, 1);
        Check.range("nonLeaking.stretch", stretch, 0, 2);
        Check.range("nonLeaking.shift", shift, 0, 1);
    }

    /** Whether anything is done. */
    boolean used() {
        return probability > 0;
    }

    NonLeakingAugmentation augmentation() {
        return new NonLeakingAugmentation(probability, mirror, flip, scale, rotation, stretch, shift);
    }
}
