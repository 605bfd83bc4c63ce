package dev.calotype.run;

import dev.calotype.embedding.Encoder;
import dev.calotype.embedding.PretrainedEncoder;
import dev.calotype.embedding.TextEncoderFile;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.EncodesPicturesAndTexts;
import dev.calotype.tensor.Placement;
import dev.calotype.text.TextCleaning;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An encoder of pictures and texts out of a run or a checkpoint, or out of files of others.
 *
 * @param encoder not to be used any more once this is closed
 * @param owned what it is part of
 */
public record EncoderFile(Encoder encoder, AutoCloseable owned) implements Closeable {
    /**
     * Opens an encoder; of others with the vocabulary beside the weights, and cleaning as OpenAI's where that does not say it.
     *
     * @throws IOException if there is none, or it cannot be read
     * @throws IllegalArgumentException if the run encodes nothing
     */
    public static EncoderFile open(Path path, Placement placement) throws IOException {
        if (!Files.exists(path)) throw new IOException("there is no encoder " + path);
        if (TextEncoderFile.isOne(path.toString()))
            throw new IllegalArgumentException(path + " reads texts alone: an encoder of pictures and texts is wanted");
        return isOurs(path)
                ? ours(path, placement)
                : open(path, PretrainedEncoder.beside(path), TextCleaning.OPENAI, placement);
    }

    /**
     * Opens an encoder of others with a vocabulary.
     *
     * @throws IOException as {@link PretrainedEncoder#open}
     */
    public static EncoderFile open(Path path, Path vocabulary, TextCleaning cleaning, Placement placement)
            throws IOException {
        PretrainedEncoder opened = PretrainedEncoder.open(path, vocabulary, cleaning, placement);
        return new EncoderFile(opened.encoder(), opened);
    }

    private static EncoderFile ours(Path path, Placement placement) throws IOException {
        EncodesPicturesAndTexts trained = TrainedFile.open(path, Capability.ENCODES_PICTURES_AND_TEXTS, placement);
        return new EncoderFile(trained.encoder(), trained);
    }

    /** Whether it is a run, or a checkpoint, which keeps its recipe and its vocabulary. */
    public static boolean isOurs(Path path) throws IOException {
        if (Files.isDirectory(path)) return Files.isRegularFile(path.resolve("experiment.yaml"));
        return TrainedFile.isCheckpoint(path);
    }

    @Override
    public void close() throws IOException {
        try {
            owned.close();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
