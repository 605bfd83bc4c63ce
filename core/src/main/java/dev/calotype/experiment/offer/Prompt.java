package dev.calotype.experiment.offer;

import java.util.Optional;

/**
 * What pictures are to show.
 *
 * @param text what they are to show
 * @param negative what they are not to show; empty for nothing said, which is something else than an empty text
 * @param clipSkip how many more of the last blocks of text encoders are left out than the pipeline leaves out by itself, 0..100
 */
public record Prompt(String text, Optional<String> negative, int clipSkip) {
    public Prompt {
        if (clipSkip < 0 || clipSkip > 100)
            throw new IllegalArgumentException("clipSkip must be in 0..100: " + clipSkip);
    }

    /** A text that is read as it stands: its brackets and backslashes are letters, and weigh nothing. */
    public static String plainly(String text) {
        return text.replaceAll("[()\\[\\]\\\\]", "\\\\$0");
    }
}
