package dev.calotype.app.option;

import dev.calotype.app.console.Console;
import dev.calotype.embedding.PretrainedEncoder;
import dev.calotype.embedding.TextEncoder;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.run.EncoderFile;
import dev.calotype.run.TextReader;
import dev.calotype.tensor.Placement;
import dev.calotype.text.TextCleaning;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which encoder of pictures and texts is used. */
public final class EncoderOptions {
    @Option(
            names = "--model",
            paramLabel = "MODEL",
            required = true,
            description =
                    "A run or checkpoint of the kind clip; or a CLIP or SigLIP of others: a folder of transformers or"
                            + " open_clip, or a file of OpenAI's. For texts alone also a BERT: a folder of transformers or"
                            + " sentence-transformers, or the archive of all-minilm-l6-v2 for Java.")
    private Path model;

    @Option(
            names = "--vocabulary",
            paramLabel = "FILE",
            description =
                    "Of a model of others: its bpe_simple_vocab_16e6.txt.gz, merges.txt or tokenizer.json; default what"
                            + " lies beside its weights.")
    private Path vocabulary;

    @Option(
            names = "--cleaning",
            paramLabel = "HOW",
            description = "Of texts for a model of others, unless a tokenizer.json says it: openai (also open_clip) or"
                    + " transformers; default openai.")
    private TextCleaning cleaning;

    @Mixin
    private ComputeOptions compute;

    /** Tells of texts that the encoder cuts. */
    public static void tellCut(TextEncoder encoder, List<String> texts, Console console) {
        String cut = encoder.tokens(texts).cutInWords();
        if (!cut.isEmpty()) console.say("Note: %s", cut);
    }

    /** Opens the model of {@code --model} where nothing but texts is read. */
    public TextReader openTexts(Console console) throws IOException {
        if (vocabulary != null || cleaning != null) {
            EncoderFile file = open(console);
            return new TextReader(file.encoder(), file);
        }
        return TextReader.open(model.toString(), compute.placement(console, PrecisionChoice.FP32));
    }

    /** Opens the model of {@code --model}. */
    public EncoderFile open(Console console) throws IOException {
        Placement placement = compute.placement(console, PrecisionChoice.FP32);
        if (vocabulary == null && cleaning == null) return EncoderFile.open(model, placement);
        if (EncoderFile.isOurs(model))
            throw new IllegalArgumentException(
                    "--vocabulary and --cleaning would do nothing here: " + model + " was trained with its own");
        Path words = vocabulary == null ? PretrainedEncoder.beside(model) : vocabulary;
        TextCleaning how = cleaning == null ? TextCleaning.OPENAI : cleaning;
        return EncoderFile.open(model, words, how, placement);
    }

    /** Refuses an encoder where something that draws is wanted, with the way to judge it. */
    public static void refuse(String run, Experiment experiment) {
        if (Kinds.capabilities(experiment).contains(Capability.ENCODES_PICTURES_AND_TEXTS))
            throw new IllegalArgumentException(
                    run + " draws nothing: it is judged by pictures with captions, evaluate DATA" + " --clip " + run);
    }
}
