package dev.calotype.model.clip;

import dev.calotype.model.bert.Bert;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Bounds;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Multilingual CLIP's text encoder (Carlsson et al. 2022), which Kandinsky 2.1 has: XLM-RoBERTa (Conneau et al. 2020), and the mean of its
 * tokens as the vector of a text. Parameter names are those of diffusers' {@code MultilingualCLIP}.
 */
public final class MultilingualText extends Module {
    /**
     * The shape of the network.
     *
     * @param transformer with positions for the tokens of a text, the id of what fills a row and one more
     * @param padding the id of what fills a row
     * @param vector values of the vector of a text
     */
    public record Config(Bert.Config transformer, int padding, int vector) {
        public Config {
            Bounds.within("the values of a text's vector", vector, 1, 65_536);
            Bounds.within("the id of what fills a row", padding, 0, transformer.vocabulary() - 1);
            Bounds.within("positions", transformer.positions(), padding + 3, 1_000_000);
        }

        /** How many ids it knows. */
        public int vocabulary() {
            return transformer.vocabulary();
        }

        /** D, the values of a token. */
        public int width() {
            return transformer.width();
        }

        /** How many tokens it reads at most. */
        public int context() {
            return transformer.positions() - padding - 1;
        }
    }

    /**
     * What a text says.
     *
     * @param vector fp32 (1, E)
     * @param tokens those that fill the row included, fp32 (1, K, D)
     */
    public record States(Tensor vector, Tensor tokens) {}

    private final Config config;
    private final Bert transformer;
    private final LinearImpl projection;

    /** A network whose weights are still to be read. */
    public MultilingualText(Config config) {
        super("MultilingualText");
        this.config = config;
        transformer = register_module("transformer", new Bert(config.transformer()));
        projection = register_module("LinearTransformation", Blank.linear(config.width(), config.vector()));
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    /**
     * What a text says, without gradients. Nobody looks at what fills the row, but it looks at the text.
     *
     * @param ids at most {@link Config#context()}, those that fill the row included
     * @param length of them that are the text and its marks
     * @throws IllegalArgumentException if there are more, or ids that the network does not know
     */
    public States states(int[] ids, int length) {
        int largest = Arrays.stream(ids).max().orElse(0);
        if (ids.length > config.context() || largest >= config.vocabulary())
            throw new IllegalArgumentException("a text must be one row of at most " + config.context() + " ids below "
                    + config.vocabulary() + ": " + ids.length + " up to " + largest);
        if (length < 1 || length > ids.length)
            throw new IllegalArgumentException("length must be in 1.." + ids.length + ": " + length);
        int[] places = new int[ids.length];
        Arrays.fill(places, config.padding());
        for (int i = 0; i < length; i++) places[i] = config.padding() + 1 + i;
        Tensor[] parts = Scope.tidyAll(() -> {
            Tensor tokens = Scope.inference(() -> transformer.forward(row(ids), row(places), length)); // (1, K, D)
            Tensor vector = Scope.inference(
                    () -> projection.forward(tokens.narrow(1, 0, length).mean(1))); // (1, E)
            return new Tensor[] {vector.to(ScalarType.Float), tokens.to(ScalarType.Float)};
        });
        return new States(parts[0], parts[1]);
    }

    private Tensor row(int[] ids) {
        return Device.of(projection.weight()).move(Tensors.of(ids).reshape(1, ids.length)); // (1, K)
    }
}
