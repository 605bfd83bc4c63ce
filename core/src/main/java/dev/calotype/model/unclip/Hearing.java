package dev.calotype.model.unclip;

import dev.calotype.model.unclip.UnclipUNet.Told;
import dev.calotype.model.unclip.UnclipUNetConfig.Heard;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Layers;
import dev.calotype.nn.transformer.LayerNorm;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** The layers by which a U-Net hears of vectors of pictures and of texts. Kandinsky 2.2 normalises what it hears of pictures, 2.1 of texts. */
final class Hearing {
    private static final double EPSILON = 1e-5;

    private final Heard heard;
    private final int tokens;
    private final LinearImpl added, made;
    private final LinearImpl addedText, madeText; // null where it hears of pictures alone
    private final LayerNormImpl addedNorm, madeNorm; // the second null where it hears of texts

    /**
     * @param adding gets the layers of what is added to the time
     * @param making gets those that make tokens
     */
    Hearing(UnclipUNetConfig config, Layers adding, Layers making) {
        heard = config.heard();
        tokens = config.tokens();
        int picture = heard.picture(), embedding = config.embedding();
        boolean texts = heard.words() > 0;
        added = adding.add("image_proj", Blank.linear(picture, embedding));
        made = making.add("image_embeds", Blank.linear(picture, heard.count() * tokens));
        addedNorm = adding.add(texts ? "text_norm" : "image_norm", LayerNorm.of(embedding, EPSILON));
        madeNorm = texts ? null : making.add("norm", LayerNorm.of(tokens, EPSILON));
        addedText = texts ? adding.add("text_proj", Blank.linear(picture, embedding)) : null;
        madeText = texts ? making.add("text_proj", Blank.linear(heard.words(), tokens)) : null;
    }

    /**
     * @param pictures (N, E)
     * @param texts vectors (N, E); null where it hears of pictures alone
     * @param words (N, K, V); null with the texts
     * @param like a tensor of the network
     */
    Told told(Tensor pictures, Tensor texts, Tensor words, Tensor like) {
        require("vectors of pictures", pictures, heard.picture());
        boolean hears = madeText != null;
        if (hears != (texts != null) || hears != (words != null))
            throw new IllegalArgumentException("texts must be told to a network that hears of them, and to no other");
        if (hears) {
            require("vectors of texts", texts, heard.picture());
            require("words of texts", words, heard.words());
        }
        try (NoGradGuard guard = new NoGradGuard()) {
            Tensor[] told = Scope.tidyAll(() -> {
                Tensor own = Tensors.as(pictures, like); // (N, E)
                Tensor some = made.forward(own).reshape(own.size(0), heard.count(), tokens); // (N, K, W)
                if (!hears) return new Tensor[] {addedNorm.forward(added.forward(own)), madeNorm.forward(some)};
                Tensor text = addedNorm.forward(addedText.forward(Tensors.as(texts, like))); // (N, D)
                Tensor more = madeText.forward(Tensors.as(words, like)); // (N, L, W)
                return new Tensor[] {added.forward(own).add(text), Tensors.cat(1, some, more)};
            });
            return new Told(told[0], told[1]);
        }
    }

    private static void require(String what, Tensor given, int values) {
        if (given.size(given.dim() - 1) != values)
            throw new IllegalArgumentException(
                    what + " must have " + values + " values: " + Arrays.toString(Tensors.shape(given)));
    }
}
