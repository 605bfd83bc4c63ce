package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.settings.Check;

/**
 * The noise that a denoiser learns to remove.
 *
 * @param offset the deviation of a noise that all pixels of a channel share, so that pictures may become darker and lighter; 0 for none
 * @param minSnrGamma weighs steps by min-SNR-gamma (Hang et al. 2023); 0 for all alike
 */
record NoiseSettings(double offset, double minSnrGamma) {
    public NoiseSettings {
        Check.range("noise.offset", offset, 0, 1);
        Check.range("noise.minSnrGamma", minSnrGamma, 0, 1000);
    }
}
