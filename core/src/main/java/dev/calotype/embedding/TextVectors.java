package dev.calotype.embedding;

import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** The vectors that a frozen text encoder makes of texts, of which those that were read before are kept in memory. */
public final class TextVectors {
    private final TextEncoder encoder;
    private final TextMemory known = new TextMemory();

    /** @param encoder borrowed */
    public TextVectors(TextEncoder encoder) {
        this.encoder = encoder;
    }

    /** The vectors of texts, fp32 (N, E) on the processor, in the caller's scope. */
    public Tensor of(List<String> texts) {
        int length = encoder.length();
        float[] all = new float[texts.size() * length];
        for (int i = 0; i < texts.size(); i++)
            System.arraycopy(known.of(texts.get(i), text -> encoder.texts(List.of(text))), 0, all, i * length, length);
        return Tensors.of(all, texts.size(), length);
    }
}
