package dev.calotype.embedding;

import dev.calotype.model.clip.Clip;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokens;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** How a {@link Clip} gets to read texts: by a tokenizer, or by a text encoder that is no part of it. */
public sealed interface ClipTexts {
    /** What {@link Clip#texts} takes of texts, on the processor, in the caller's scope. */
    Tensor input(Clip clip, List<String> texts);

    /** {@link TextEncoder#tokens}. */
    Tokens tokens(Clip clip, List<String> texts);

    /** {@link TextEncoder#words}. */
    Tensor words(Clip clip, String text);

    /** {@link TextEncoder#width}. */
    int width(Clip clip);

    /**
     * Ids for the text encoder of the network.
     *
     * @param tokenizer borrowed
     */
    record Ids(Tokenizer tokenizer) implements ClipTexts {
        /** @throws IllegalArgumentException if the tokenizer has ids that the network does not know */
        void requireKnown(Clip clip) {
            ClipEncoder.requireKnown(tokenizer, shape(clip).vocabulary());
        }

        private static TextTransformer.Config shape(Clip clip) {
            if (clip.config().text() instanceof TextTransformer.Config own) return own;
            throw new IllegalArgumentException("the network reads the vectors of a text encoder, and no ids");
        }

        @Override
        public Tensor input(Clip clip, List<String> texts) {
            return ClipEncoder.ids(tokens(clip, texts));
        }

        @Override
        public Tokens tokens(Clip clip, List<String> texts) {
            return ClipEncoder.tokens(tokenizer, texts, shape(clip).context());
        }

        @Override
        public Tensor words(Clip clip, String text) {
            Tokens tokens = tokens(clip, List.of(text));
            int length = tokenizer.end() < 0 ? tokens.context() : tokens.lengths()[0];
            return Scope.inference(() -> {
                Tensor row = Device.of(clip).move(ClipEncoder.ids(tokens).narrow(1, 0, length)); // (1, L)
                return Device.CPU.move(clip.words(row).squeeze(0)); // (L, W)
            });
        }

        @Override
        public int width(Clip clip) {
            return shape(clip).width();
        }
    }

    /**
     * The vectors of a frozen text encoder.
     *
     * @param encoder borrowed
     */
    record Frozen(TextEncoder encoder) implements ClipTexts {
        @Override
        public Tensor input(Clip clip, List<String> texts) {
            return encoder.texts(texts); // (N, D)
        }

        @Override
        public Tokens tokens(Clip clip, List<String> texts) {
            return encoder.tokens(texts);
        }

        @Override
        public Tensor words(Clip clip, String text) {
            return encoder.words(text);
        }

        @Override
        public int width(Clip clip) {
            return encoder.width();
        }
    }
}
