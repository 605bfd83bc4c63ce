package dev.calotype.model.dit;

import dev.calotype.nn.Blank;
import dev.calotype.nn.Embeddings;
import dev.calotype.nn.Embeddings.Order;
import dev.calotype.nn.Layers;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What blocks are told of the time: 256 sinusoids through two linear layers. Its layers are the network's own. */
final class DitTime {
    static final int SIGNAL = 256;

    private final double shift;
    private final LinearImpl first, second;

    DitTime(Module owner, int width, double shift) {
        this.shift = shift;
        Layers layers = new Layers("time_embed");
        owner.register_module("time_embed", layers);
        first = layers.add("0", Blank.linear(SIGNAL, width));
        second = layers.add("2", Blank.linear(width, width));
    }

    /**
     * @param times fp32 (N)
     * @return (N, D) in {@code type}
     */
    Tensor forward(Tensor times, ScalarType type) {
        Tensor signal =
                Embeddings.sinusoidal(times, SIGNAL, Order.COSINE_FIRST, shift).to(type); // (N, 256)
        return second.forward(torch.silu(first.forward(signal))); // (N, D)
    }
}
