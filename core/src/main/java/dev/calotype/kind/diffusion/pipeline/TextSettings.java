package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.settings.Check;

/**
 * What a denoiser is told of the pictures that it learns from.
 *
 * @param prompt of pictures that have no caption of their own; empty for none
 * @param dropout how often nothing is told, so that guidance goes on to work, in [0, 1)
 */
record TextSettings(String prompt, double dropout) {
    public TextSettings {
        Check.that(dropout >= 0 && dropout < 1, "dropout must be in [0, 1)", dropout);
    }
}
