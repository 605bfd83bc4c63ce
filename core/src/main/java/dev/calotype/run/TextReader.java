package dev.calotype.run;

import dev.calotype.embedding.TextEncoder;
import dev.calotype.embedding.TextEncoderFile;
import dev.calotype.io.Moved;
import dev.calotype.tensor.Placement;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What reads texts, whether or not it also encodes pictures: of a run or a checkpoint, or out of files of others.
 *
 * @param encoder not to be used any more once this is closed
 * @param owned what it is part of
 */
public record TextReader(TextEncoder encoder, Closeable owned) implements Closeable {
    /**
     * Opens a text encoder as {@link TextEncoderFile#open} does, or the encoder of pictures and texts as {@link EncoderFile#open(Path,
     * Placement)} does.
     *
     * @param source a path, or the name of a library's text encoder
     * @throws IOException if there is none, or it cannot be read
     */
    public static TextReader open(String source, Placement placement) throws IOException {
        if (TextEncoderFile.isOne(source)) {
            TextEncoderFile file = TextEncoderFile.open(source, placement);
            return new TextReader(file.encoder(), file);
        }
        EncoderFile file = EncoderFile.open(Path.of(source), placement);
        return new TextReader(file.encoder(), file);
    }

    /**
     * Opens one that a model learns or has learned with.
     *
     * @param model as {@link Moved#place} has it
     * @throws IOException as {@link #open(String, Placement)}
     */
    public static TextReader open(String source, Path model, Placement placement) throws IOException {
        return open(place(source, model), placement);
    }

    /** Where a text encoder is by now. */
    static String place(String source, Path model) throws IOException {
        return TextEncoderFile.isName(source)
                ? source
                : Moved.place("text encoder", Path.of(source), model).toString();
    }

    @Override
    public void close() throws IOException {
        owned.close();
    }
}
