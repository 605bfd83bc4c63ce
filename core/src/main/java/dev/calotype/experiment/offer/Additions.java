package dev.calotype.experiment.offer;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a pipeline is opened with besides its own files. The first three are of pipelines in one file, which do not tell them.
 *
 * @param tokenizer the vocabulary of CLIP, a file or a folder with one; empty where it lies beside the file
 * @param prediction what the denoiser predicts, {@code epsilon} or {@code v}; empty for what is known of such files
 * @param weights {@code ema} for the averages that some files hold; empty for the weights
 * @param adapters files of low-rank adapters, which add up
 * @param embeddings files of learned words
 * @param prior the folder of what makes vectors of texts, for pipelines that draw vectors; empty where it lies beside
 */
public record Additions(
        Optional<Path> tokenizer,
        Optional<String> prediction,
        Optional<String> weights,
        List<Adapter> adapters,
        List<Embedding> embeddings,
        Optional<Path> prior) {
    /** Nothing. */
    public static final Additions NONE =
            new Additions(Optional.empty(), Optional.empty(), Optional.empty(), List.of(), List.of());

    /** Without a prior. */
    public Additions(
            Optional<Path> tokenizer,
            Optional<String> prediction,
            Optional<String> weights,
            List<Adapter> adapters,
            List<Embedding> embeddings) {
        this(tokenizer, prediction, weights, adapters, embeddings, Optional.empty());
    }

    public Additions {
        prediction.ifPresent(said -> require("prediction", said, "epsilon or v", said.matches("epsilon|v")));
        weights.ifPresent(said -> require("weights", said, "ema", said.equals("ema")));
        adapters = List.copyOf(adapters);
        embeddings = List.copyOf(embeddings);
    }

    /**
     * A file of a low-rank adapter.
     *
     * @param weight by how much it acts: 1 as it was learned, negative for the contrary
     */
    public record Adapter(Path file, double weight) {
        public Adapter {
            require("the weight of " + file, String.valueOf(weight), "in -10..10", Math.abs(weight) <= 10);
        }
    }

    /**
     * A file of a learned word.
     *
     * @param token what stands for it in a text; empty for what the file says
     */
    public record Embedding(Path file, Optional<String> token) {}

    /** The same without adapters and learned words. */
    public Additions ofOneFile() {
        return new Additions(tokenizer, prediction, weights, List.of(), List.of());
    }

    /** The same with a prior. */
    public Additions with(Path prior) {
        return new Additions(tokenizer, prediction, weights, adapters, embeddings, Optional.of(prior));
    }

    private static void require(String name, String said, String allowed, boolean holds) {
        if (!holds) throw new IllegalArgumentException(name + " must be " + allowed + ": " + said);
    }
}
