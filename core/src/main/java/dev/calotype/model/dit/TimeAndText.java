package dev.calotype.model.dit;

import dev.calotype.model.latent.Told;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Tensors;
import java.util.Arrays;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What the blocks of Stable Diffusion 3 are told of the time and of the vector of a text. Its layers are the network's own. */
final class TimeAndText {
    private final int pooled;
    private final DitTime time;
    private final Layers vector = new Layers("vector_embed");
    private final LinearImpl first, second;

    TimeAndText(Module owner, int pooled, int width) {
        this.pooled = pooled;
        time = new DitTime(owner, width, 0);
        owner.register_module("vector_embed", vector);
        first = vector.add("0", Blank.linear(pooled, width));
        second = vector.add("2", Blank.linear(width, width));
    }

    /**
     * @param times fp32 (N)
     * @return SiLU of what is told, (N, D) in {@code type}
     */
    Tensor forward(Tensor times, Told told, ScalarType type) {
        require(told.pooled(), "a vector of a text", pooled);
        Tensor text = told.pooled().to(type); // (N, P)
        return torch.silu(time.forward(times, type).add(second.forward(torch.silu(first.forward(text))))); // (N, D)
    }

    static void require(Tensor told, String what, int width) {
        if (told == null || told.size(-1) != width)
            throw new IllegalArgumentException("the network wants " + what + " with " + width + " values: "
                    + (told == null ? "none" : Arrays.toString(Tensors.shape(told))));
    }
}
