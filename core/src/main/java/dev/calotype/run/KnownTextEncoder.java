package dev.calotype.run;

import dev.calotype.embedding.TextEncoder;
import dev.calotype.tensor.Placement;
import dev.calotype.text.Tokens;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * The text encoder that a model learned with. It is opened when the first text is read, so that a model of which nobody asks that needs
 * none; then it throws {@link UncheckedIOException} where it is not there any more, or is another one.
 */
public final class KnownTextEncoder implements TextEncoder, Closeable {
    private final String source;
    private final Path model;
    private final String hash;
    private final Placement placement;
    private TextReader opened; // null until a text was read; guarded by this

    /**
     * @param source where it was when training began
     * @param model the run or checkpoint of the model, beside which it is looked for if it is not there any more
     * @param hash of the one that the model learned with
     */
    public KnownTextEncoder(String source, Path model, String hash, Placement placement) {
        this.source = source;
        this.model = model;
        this.hash = hash;
        this.placement = placement;
    }

    @Override
    public String hash() {
        return hash;
    }

    @Override
    public int length() {
        return encoder().length();
    }

    @Override
    public int width() {
        return encoder().width();
    }

    @Override
    public Tensor texts(List<String> texts) {
        return encoder().texts(texts);
    }

    @Override
    public Tokens tokens(List<String> texts) {
        return encoder().tokens(texts);
    }

    @Override
    public Tensor words(String text) {
        return encoder().words(text);
    }

    private synchronized TextEncoder encoder() {
        try {
            if (opened == null) opened = open();
            return opened.encoder();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TextReader open() throws IOException {
        String place = TextReader.place(source, model);
        TextReader reader = TextReader.open(place, placement);
        if (reader.encoder().identity().isKnownAs(hash)) return reader;
        reader.close();
        throw new IOException(
                model + " must be used with the text encoder that it learned with, since vectors and words of"
                        + " others do not compare: " + place);
    }

    @Override
    public synchronized void close() throws IOException {
        if (opened != null) opened.close();
    }
}
