package dev.calotype.app.pipeline;

import dev.calotype.experiment.offer.Additions;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a text-to-image model in one file does not tell itself. */
final class OneFileOptions {
    @Option(
            names = "--tokenizer",
            paramLabel = "PATH",
            description = "Of a model in one file: the vocabulary of CLIP, a folder with merges.txt or tokenizer.json, or OpenAI's"
                    + " bpe_simple_vocab_16e6.txt.gz; default what lies beside the file.")
    private Path tokenizer;

    @Option(
            names = "--prediction",
            paramLabel = "WHAT",
            description = "Of a model in one file: what its denoiser predicts, epsilon or v, where the file does not say it.")
    private String prediction;

    @Option(
            names = "--weights",
            paramLabel = "ema",
            description = "Of a model in one file: take the averages that it holds beside its denoiser's weights.")
    private String weights;

    Additions additions() {
        return new Additions(
                Optional.ofNullable(tokenizer), Optional.ofNullable(prediction), Optional.ofNullable(weights));
    }

    void requireNone(Path run) {
        if (!additions().equals(Additions.NONE))
            throw new IllegalArgumentException(
                    "--tokenizer, --prediction and --weights would do nothing: they are of models in one file, and " + run
                            + " is none");
    }
}
