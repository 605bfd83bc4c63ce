package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.embedding.Encoder;
import dev.calotype.embedding.PretrainedEncoder;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.EncodesPicturesAndTexts;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.text.TextCleaning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which encoder of pictures and texts is used. */
final class EncoderOptions {
    @Option(
            names = "--model",
            paramLabel = "MODEL",
            required = true,
            description =
                    "A run or checkpoint of the kind clip; or a CLIP or SigLIP of others: a folder of transformers or"
                            + " open_clip, or a file of OpenAI's.")
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

    /** An encoder, and the model that it is of. */
    record Opened(Encoder encoder, AutoCloseable owned) implements AutoCloseable {
        /** Tells of texts that the encoder cuts. */
        void tellCut(List<String> texts, Console console) {
            String cut = encoder.tokens(texts).cutInWords();
            if (!cut.isEmpty()) console.say("Note: %s", cut);
        }

        @Override
        public void close() throws Exception {
            owned.close();
        }
    }

    /** Opens the model of {@code --model}. */
    Opened open(Console console) throws IOException {
        return open(model, vocabulary, cleaning, compute.placement(console, PrecisionChoice.FP32));
    }

    /**
     * Opens a model of ours or of others.
     *
     * @param vocabulary of a model of others; null for what lies beside its weights
     * @param cleaning of a model of others; null for OpenAI's
     */
    static Opened open(Path model, Path vocabulary, TextCleaning cleaning, Placement placement) throws IOException {
        if (isOurs(model)) {
            if (vocabulary != null || cleaning != null)
                throw new IllegalArgumentException(
                        "--vocabulary and --cleaning would do nothing here: " + model + " was trained with its own");
            EncodesPicturesAndTexts trained = TrainedFile.open(model, Capability.ENCODES_PICTURES_AND_TEXTS, placement);
            return new Opened(trained.encoder(), trained);
        }
        Path words = vocabulary == null ? PretrainedEncoder.beside(model) : vocabulary;
        TextCleaning how = cleaning == null ? TextCleaning.OPENAI : cleaning;
        PretrainedEncoder opened = PretrainedEncoder.open(model, words, how, placement);
        return new Opened(opened.encoder(), opened);
    }

    /** Refuses an encoder where something that draws is wanted, with the way to judge it. */
    static void refuse(Path run) throws IOException {
        Experiment experiment = TrainedFile.experiment(run);
        if (Kinds.capabilities(experiment).contains(Capability.ENCODES_PICTURES_AND_TEXTS))
            throw new IllegalArgumentException(
                    run + " draws nothing: it is judged by pictures with captions, evaluate DATA" + " --clip " + run);
    }

    /** A run, or a checkpoint, which keeps its recipe. */
    private static boolean isOurs(Path path) throws IOException {
        if (Files.isDirectory(path)) return Files.isRegularFile(path.resolve("experiment.yaml"));
        return TrainedFile.isCheckpoint(path);
    }
}
