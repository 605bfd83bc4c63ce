package dev.calotype.kind.denoiser;

import dev.calotype.settings.Check;

/**
 * How often a denoiser learns to fill holes: single pixels, scratches, writing, specks and boxes, each as often.
 *
 * @param share of pictures of which pixels are missing; 0 for a denoiser that is to know no holes
 * @param noisy share of these that have noise as well
 * @param again share of these whose holes the network has filled before, so that it learns to mend its own answers
 */
public record HoleSettings(double share, double noisy, double again) {
    public HoleSettings {
        Check.range("holes.share", share, 0, 1);
        Check.range("holes.noisy", noisy, 0, 1);
        Check.range("holes.again", again, 0, 1);
    }
}
