package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.settings.Check;

/**
 * What a denoiser is told of the pictures that it learns from.
 *
 * @param prompt of pictures that have no caption of their own; empty for none
 * @param dropout how often nothing is told, so that guidance goes on to work, in [0, 1)
 * @param encoders whether the text encoders learn as well
 * @param word a word that is learned
 */
record TextSettings(String prompt, double dropout, Encoders encoders, WordSettings word) {
    /** What becomes of the text encoders. */
    enum Encoders {
        /** They stay as they are. */
        FROZEN,
        /** Their matrices get factors, as those of the denoiser. */
        LEARNED
    }

    public TextSettings {
        Check.that(dropout >= 0 && dropout < 1, "dropout must be in [0, 1)", dropout);
    }

    /** Whether what is told of a text changes while it is learned. */
    boolean asked() {
        return encoders == Encoders.LEARNED || word.used();
    }

    /**
     * A word that is learned (textual inversion, Gal et al. 2022).
     *
     * @param token what stands for it in texts; empty for none
     * @param vectors that stand for it one after the other, 1..32
     * @param begins a word of the vocabulary whose vector they begin as
     */
    record WordSettings(String token, int vectors, String begins) {
        public WordSettings {
            Check.range("vectors", vectors, 1, 32);
            Check.that(
                    !token.isEmpty() || begins.isEmpty() && vectors == 1,
                    "token must be given with vectors or begins, which would do nothing",
                    "nothing");
            Check.that(
                    token.isEmpty() || !begins.isBlank(), "begins must name a word that " + token + " is like", begins);
        }

        /** Whether there is one. */
        boolean used() {
            return !token.isEmpty();
        }
    }
}
