package dev.calotype.experiment.offer;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a pipeline of one file does not tell itself.
 *
 * @param tokenizer the vocabulary of CLIP, a file or a folder with one; empty where it lies beside the file
 * @param prediction what the denoiser predicts, {@code epsilon} or {@code v}; empty for what is known of such files
 * @param weights {@code ema} for the averages that some files hold; empty for the weights
 */
public record Additions(Optional<Path> tokenizer, Optional<String> prediction, Optional<String> weights) {
    /** Nothing. */
    public static final Additions NONE = new Additions(Optional.empty(), Optional.empty(), Optional.empty());

    public Additions {
        prediction.ifPresent(said -> require("prediction", said, "epsilon or v", said.matches("epsilon|v")));
        weights.ifPresent(said -> require("weights", said, "ema", said.equals("ema")));
    }

    private static void require(String name, String said, String allowed, boolean holds) {
        if (!holds) throw new IllegalArgumentException(name + " must be " + allowed + ": " + said);
    }
}
