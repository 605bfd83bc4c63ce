package dev.calotype.model.latent;

import dev.calotype.model.latent.LatentUNetConfig.Time;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Embeddings;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** What the blocks of a {@link LatentUNet} are told: the time, and of XL a vector of the text and sizes, in one vector. */
final class TimeAndSize {
    private final LatentUNetConfig config;
    private final Layers time = new Layers("time_embedding"), added = new Layers("add_embedding");
    private final LinearImpl time1, time2;
    private final LinearImpl guidance, added1, added2; // null where the network has none

    TimeAndSize(Module owner, LatentUNetConfig config) {
        this.config = config;
        int width = config.embedding(), told = config.added().width();
        owner.register_module("time_embedding", time);
        time1 = time.add("linear_1", Blank.linear(config.levels().get(0).width(), width));
        guidance = config.time().guidance() == 0
                ? null
                : time.add(
                        "cond_proj",
                        Blank.unbiased(
                                config.time().guidance(), config.levels().get(0).width()));
        time2 = time.add("linear_2", Blank.linear(width, width));
        if (told > 0) owner.register_module("add_embedding", added);
        added1 = told == 0 ? null : added.add("linear_1", Blank.linear(told, width));
        added2 = told == 0 ? null : added.add("linear_2", Blank.linear(width, width));
    }

    /**
     * @param times (N)
     * @param like tells element type and device
     * @return (N, D)
     */
    Tensor forward(Tensor times, Told condition, Tensor like) {
        return Scope.tidy(() -> {
            Tensor signal = sinusoids(times, config.levels().get(0).width(), like); // (N, width)
            if (guidance != null) {
                require(condition.guidance(), "an embedding of the guidance, as distilled networks do");
                signal = signal.add(guidance.forward(Tensors.as(condition.guidance(), like))); // (N, width)
            }
            Tensor e = time2.forward(config.activation().apply(time1.forward(signal))); // (N, D)
            if (added1 == null) return e;
            require(condition.pooled(), "a vector of the text, as XL does");
            require(condition.sizes(), "the sizes of pictures, as XL does");
            Tensor seen = Tensors.cat(1, Tensors.as(condition.pooled(), like), sizes(condition.sizes(), like));
            if (seen.size(1) != config.added().width())
                throw new IllegalArgumentException("the vector of a text and the sizes must make "
                        + config.added().width() + " values together: " + seen.size(1));
            return e.add(added2.forward(Activation.SILU.apply(added1.forward(seen)))); // (N, D)
        });
    }

    private Tensor sizes(Tensor sizes, Tensor like) {
        return sinusoids(sizes.reshape(-1), config.added().size(), like).reshape(sizes.size(0), -1);
    }

    private Tensor sinusoids(Tensor values, int width, Tensor like) {
        Time how = config.time();
        Tensor exact = Device.of(like).move(values).to(ScalarType.Float); // bf16 has no 741
        return Tensors.as(Embeddings.sinusoidal(exact, width, how.order(), how.shift()), like);
    }

    private static void require(Tensor told, String what) {
        if (told == null) throw new IllegalArgumentException("the network wants " + what);
    }
}
