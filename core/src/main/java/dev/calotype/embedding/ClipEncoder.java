package dev.calotype.embedding;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.vit.Standardization;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.text.Tokenizer;
import dev.calotype.text.Tokens;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * A {@link Clip} with what stands around it: how pictures become squares, and are standardised; how texts are read.
 *
 * @param network borrowed
 * @param square makes the square of {@link #side} pixels that the network sees
 * @param hash SHA-256 of the weights, and of what else is not told with them
 * @param fingerprint SHA-256 of all that makes the vectors
 * @param part pictures or texts that are computed at once
 */
public record ClipEncoder(
        Scope.Owned<Clip> network,
        ClipTexts reading,
        UnaryOperator<Picture> square,
        Standardization pixels,
        String hash,
        String fingerprint,
        int part)
        implements Encoder {
    /** @throws IllegalArgumentException if a tokenizer has ids that the network does not know */
    public ClipEncoder {
        if (reading instanceof ClipTexts.Ids ids) ids.requireKnown(network.value());
    }

    @Override
    public int length() {
        return network.value().config().embedding();
    }

    @Override
    public int side() {
        return network.value().config().ports().size();
    }

    @Override
    public Tensor pictures(List<Picture> pictures) {
        return inParts(pictures, some -> {
            Tensor[] prepared = some.stream()
                    .map(picture -> Images.toTensor(square.apply(picture)))
                    .toArray(Tensor[]::new); // n of (1, C, H, W)
            Tensor x = device().move(Tensors.cat(0, prepared)); // (n, C, H, W)
            return network.use(clip -> clip.pictures(pixels.apply(x)));
        });
    }

    @Override
    public Tensor texts(List<String> texts) {
        return inParts(
                texts,
                some -> network.use(clip -> {
                    Tensor input = device().move(reading.input(clip, some));
                    return clip.texts(input);
                }));
    }

    @Override
    public Tokens tokens(List<String> texts) {
        return network.use(clip -> reading.tokens(clip, texts));
    }

    /** Refuses a tokenizer that has more ids than a text encoder knows. */
    static void requireKnown(Tokenizer tokenizer, int known) {
        if (tokenizer.vocabulary() > known)
            throw new IllegalArgumentException("the vocabulary " + tokenizer.name() + " has " + tokenizer.vocabulary()
                    + " ids, the text encoder knows " + known + ": it is not the one that it was trained with");
    }

    static Tokens tokens(Tokenizer tokenizer, List<String> texts, int context) {
        for (String text : texts) if (text.isBlank()) throw new IllegalArgumentException("a text must not be blank");
        return tokenizer.rows(texts, context);
    }

    @Override
    public int width() {
        return reading.width(network.value());
    }

    @Override
    public Tensor words(String text) {
        return network.use(clip -> reading.words(clip, text));
    }

    /** The ids as a tensor, int64 (N, L) on the processor. */
    public static Tensor ids(Tokens tokens) {
        return Tensors.of(tokens.ids()).reshape(tokens.count(), tokens.context());
    }

    private Device device() {
        return Device.of(network.value());
    }

    private interface Encoding<T> {
        Tensor of(List<T> some);
    }

    private <T> Tensor inParts(List<T> all, Encoding<T> encoding) {
        if (all.isEmpty()) throw new IllegalArgumentException("there is nothing to encode: 0");
        return Scope.inference(() -> Tensors.inParts(all.size(), part, (from, count) -> {
            List<T> some = all.subList((int) from, (int) from + count);
            return Device.CPU.move(encoding.of(some)); // (n, E)
        })); // (N, E)
    }

    @Override
    public double scale() {
        return network.use(clip -> Scope.read(() -> Math.exp(clip.logScale().item_double())));
    }
}
