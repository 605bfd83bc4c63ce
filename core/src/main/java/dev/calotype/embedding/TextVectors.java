package dev.calotype.embedding;

import dev.calotype.tensor.Tensors;
import dev.calotype.text.Tokens;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The vectors that a frozen text encoder makes of texts, of which those that were read before are kept in memory. */
public final class TextVectors {
    private static final Logger LOG = LoggerFactory.getLogger(TextVectors.class);

    private final TextEncoder encoder;
    private final TextMemory known = new TextMemory();
    private final AtomicBoolean told = new AtomicBoolean();

    /** @param encoder borrowed */
    public TextVectors(TextEncoder encoder) {
        this.encoder = encoder;
    }

    /** The vectors of texts, fp32 (N, E) on the processor, in the caller's scope. That one is cut is told once. */
    public Tensor of(List<String> texts) {
        int length = encoder.length();
        float[] all = new float[texts.size() * length];
        for (int i = 0; i < texts.size(); i++)
            System.arraycopy(known.of(texts.get(i), this::read), 0, all, i * length, length);
        return Tensors.of(all, texts.size(), length);
    }

    private Tensor read(String text) {
        Tokens tokens = encoder.tokens(List.of(text));
        if (tokens.cut() > 0 && !told.getAndSet(true))
            LOG.warn("Captions are longer than the {} tokens that the text encoder reads of one", tokens.context());
        return encoder.texts(List.of(text));
    }
}
