package dev.calotype.embedding;

import dev.calotype.column.Column;
import dev.calotype.text.Tokens;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a frozen text encoder has at the first tokens of captions. Each caption is read by itself, so that its words are the same at every
 * time; those that were read are kept in memory as long as there is room.
 */
public final class Words {
    private static final Logger LOG = LoggerFactory.getLogger(Words.class);

    private final TextEncoder encoder;
    private final int most;
    private final TextMemory known = new TextMemory();
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * @param encoder borrowed
     * @param most K, the tokens of a caption that are told at most
     */
    public Words(TextEncoder encoder, int most) {
        if (most < 1) throw new IllegalArgumentException("words must be at least 1: " + most);
        this.encoder = encoder;
        this.most = most;
    }

    /** What reads them, borrowed. */
    public TextEncoder encoder() {
        return encoder;
    }

    /** How many of some texts have more than K tokens, or more than the encoder reads. */
    public int cut(List<String> texts) {
        int cut = 0;
        for (String text : texts) {
            Tokens tokens = encoder.tokens(List.of(text));
            if (tokens.cut() > 0 || tokens.lengths()[0] > most) cut++;
        }
        return cut;
    }

    /** A sentence about the texts that have more, or an empty one. */
    public String cutInWords(List<String> texts) {
        return Tokens.cutInWords(cut(texts), texts.size(), most);
    }

    /** The first K tokens of each text, (K, W) each; zeros behind the last, and of a blank text. That one is cut is told once. */
    public Column.Floats of(List<String> texts) {
        int width = encoder.width();
        float[] all = new float[texts.size() * most * width];
        for (int i = 0; i < texts.size(); i++) {
            float[] own = words(texts.get(i));
            System.arraycopy(own, 0, all, i * most * width, own.length);
        }
        return new Column.Floats(all, List.of(most, width));
    }

    private float[] words(String text) {
        return text.isBlank() ? new float[0] : known.of(text, this::read);
    }

    private Tensor read(String text) {
        Tensor words = encoder.words(text); // (L, W)
        if (words.size(0) > most && !told.getAndSet(true))
            LOG.warn("Captions have more than the {} tokens that are read, such as {}", most, words.size(0));
        return words.narrow(0, 0, Math.min(most, words.size(0)));
    }
}
