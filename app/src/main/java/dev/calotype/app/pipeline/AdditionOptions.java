package dev.calotype.app.pipeline;

import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.Additions.Adapter;
import dev.calotype.experiment.offer.Additions.Embedding;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a text-to-image model of others is opened with besides its own files. */
final class AdditionOptions {
    @Option(
            names = {"--adapter", "--lora"},
            paramLabel = "FILE[:WEIGHT]",
            description =
                    "A low-rank adapter, and by how much it acts; default 1. Several add up. Of a pipeline: a file of kohya's scripts, diffusers or"
                            + " peft; of a decoder: what was fine-tuned of it, a run, its checkpoint or a file of adapters export.")
    private List<String> adapters = new ArrayList<>();

    @Option(
            names = "--embedding",
            paramLabel = "FILE[:TOKEN]",
            description =
                    "Of a pipeline: a word that was learned by textual inversion, and what stands for it in a text; default what"
                            + " the file says. Several are possible.")
    private List<String> embeddings = new ArrayList<>();

    @Option(
            names = "--tokenizer",
            paramLabel = "PATH",
            description =
                    "Of a model in one file: the vocabulary of CLIP, a folder with merges.txt or tokenizer.json, or OpenAI's"
                            + " bpe_simple_vocab_16e6.txt.gz; default what lies beside the file.")
    private Path tokenizer;

    @Option(
            names = "--prediction",
            paramLabel = "WHAT",
            description =
                    "Of a model in one file: what its denoiser predicts, epsilon or v, where the file does not say it.")
    private String prediction;

    @Option(
            names = "--weights",
            paramLabel = "ema",
            description = "Of a model in one file: take the averages that it holds beside its denoiser's weights.")
    private String weights;

    Additions additions() {
        return new Additions(
                Optional.ofNullable(tokenizer),
                Optional.ofNullable(prediction),
                Optional.ofNullable(weights),
                adapters.stream().map(AdditionOptions::adapter).toList(),
                embeddings.stream().map(AdditionOptions::embedding).toList());
    }

    private static Embedding embedding(String given) {
        int colon = given.lastIndexOf(':');
        if (colon < 1 || Files.exists(Path.of(given))) return new Embedding(Path.of(given), Optional.empty());
        return new Embedding(Path.of(given.substring(0, colon)), Optional.of(given.substring(colon + 1)));
    }

    private static Adapter adapter(String given) {
        int colon = given.lastIndexOf(':');
        if (colon < 1 || Files.exists(Path.of(given))) return new Adapter(Path.of(given), 1);
        try {
            return new Adapter(Path.of(given.substring(0, colon)), Double.parseDouble(given.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "--adapter must be a file, or a file, a colon and a number: " + given, e);
        }
    }

    /** A pipeline and what it was opened with, for people. */
    String said(Path path, String type) {
        String said = path.getFileName() + ", a " + type;
        if (weights != null) said += ", averaged weights";
        if (prediction != null) said += ", predicting " + prediction;
        for (Adapter adapter : additions().adapters())
            said += ", with " + adapter.file().getFileName() + " at " + adapter.weight();
        for (Embedding embedding : additions().embeddings())
            said += ", with the word of " + embedding.file().getFileName();
        return said;
    }

    /** The adapters, as they were given. */
    List<String> adapters() {
        return List.copyOf(adapters);
    }

    /** Refuses all but adapters. */
    void requireNone(Path run) {
        if (tokenizer != null || prediction != null || weights != null || !embeddings.isEmpty())
            throw new IllegalArgumentException(
                    "--embedding, --tokenizer, --prediction and --weights would do nothing: they are of text-to-image models of"
                            + " others, and " + run + " is none");
    }
}
