package dev.calotype.embedding;

import dev.calotype.model.bert.Bert;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A frozen {@link Bert}: the vector of a text is the mean of its tokens, brought to length 1, as sentence-transformers has it (Reimers
 * and Gurevych 2019). Every text is computed by itself, so that nothing is padded and no answer depends on its neighbours.
 *
 * @param network borrowed
 * @param context tokens that are read of a text
 * @param hash SHA-256 of what makes the vectors
 */
public record BertEncoder(Scope.Owned<Bert> network, Tokenizer tokenizer, int context, String hash)
        implements TextEncoder {
    /** @throws IllegalArgumentException if the tokenizer has ids that the network does not know */
    public BertEncoder {
        ClipEncoder.requireKnown(tokenizer, network.value().config().vocabulary());
    }

    @Override
    public int length() {
        return network.value().config().width();
    }

    @Override
    public int width() {
        return length();
    }

    @Override
    public Tokens tokens(List<String> texts) {
        return ClipEncoder.tokens(tokenizer, texts, context);
    }

    @Override
    public Tensor words(String text) {
        Tokens tokens = tokens(List.of(text));
        int[] ids = Arrays.copyOf(tokens.ids(), tokens.lengths()[0]);
        return Scope.inference(() -> network.use(bert -> Scope.tidy(() -> {
            Tensor row = Device.of(bert).move(Tensors.of(ids)).unsqueeze(0); // (1, L)
            return Device.CPU.move(bert.forward(row).squeeze(0).to(ScalarType.Float)); // (L, W)
        })));
    }

    @Override
    public Tensor texts(List<String> texts) {
        if (texts.isEmpty()) throw new IllegalArgumentException("there is nothing to encode: 0");
        return Scope.inference(() -> {
            List<Tensor> vectors = new ArrayList<>();
            for (String text : texts)
                vectors.add(Scope.tidy(() -> {
                    Tensor mean = words(text).mean(0); // (W)
                    return mean.div(mean.norm());
                }));
            return Tensors.stack(0, vectors.toArray(Tensor[]::new)); // (N, W)
        });
    }
}
