package dev.calotype.model;

import dev.calotype.nn.BatchNorm;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A decoder with fewer weights than the picture has values (Heckel &amp; Hand 2019, arXiv:1810.03982): it mixes channels,
 * pixel by pixel, and doubles the picture bilinearly, level by level. It cannot learn much noise, however long it is
 * fitted.
 */
public final class DeepDecoder extends PriorNetwork {
    /**
     * The architecture.
     *
     * @param levels how often the picture is doubled, 1..8; 5 in the paper
     * @param channels of every level; 64 and 128 in the paper
     */
    public record Config(int levels, int channels) implements Architecture {
        public Config {
            if (levels < 1 || levels > 8) throw new IllegalArgumentException("levels must be in 1..8: " + levels);
            if (channels < 1 || channels > 4096)
                throw new IllegalArgumentException("channels must be in 1..4096: " + channels);
        }

        @Override
        public PriorNetwork build(int in, int out, Rng rng) {
            return new DeepDecoder(this, in, out, rng);
        }

        @Override
        public int multiple() {
            return 1 << levels;
        }

        @Override
        public int smallest() {
            return 2 << levels;
        }

        /** Each level at its size and doubled, mixed, rectified and normalised. */
        @Override
        public int valuesPerPixel() {
            return 12 * channels;
        }

        @Override
        public int enlargement() {
            return 1 << levels;
        }
    }

    private final Layers levels = new Layers("levels");
    private final List<Conv2dImpl> mixers = new ArrayList<>();
    private final List<BatchNorm2dImpl> norms = new ArrayList<>();
    private final Conv2dImpl picture;

    public DeepDecoder(Config config, int in, int out, Rng rng) {
        super("DeepDecoder");
        register_module("levels", levels);
        for (int i = 0; i <= config.levels(); i++) { // one more at full size
            mixers.add(levels.add("mix" + i, Convolutions.same(i == 0 ? in : config.channels(), config.channels(), 1)));
            norms.add(levels.add("bn" + i, BatchNorm.of(config.channels())));
        }
        picture = register_module("picture", Convolutions.same(config.channels(), out, 1));
        Initialization.uniform(this, rng);
    }

    @Override
    public Tensor forward(Tensor z) {
        return Scope.tidy(() -> {
            Tensor h = Convolutions.prepare(z, picture.weight()); // (N, in, H / 2^levels, W / 2^levels)
            for (int i = 0; i < mixers.size(); i++) {
                h = Convolutions.reflected(mixers.get(i), h); // (N, channels, H', W')
                if (i + 1 < mixers.size()) h = Convolutions.upsampleBilinear(h); // (N, channels, 2H', 2W')
                h = BatchNorm.apply(norms.get(i), torch.relu(h));
            }
            return torch.tanh(Tensors.scale(0.5, picture.forward(h).to(ScalarType.Float))); // (N, out, H, W)
        });
    }
}
