package dev.calotype.model;

import dev.calotype.nn.Convolutions;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A small convolutional network that reads several categorical attributes from one 32 x 32 picture. Position matters
 * (a bed on the left is not one on the right), so the last feature map is flattened, not averaged.
 */
public final class AttributeNet extends Module {
    /** Pixels per side of the pictures that the network sees. */
    public static final int SIZE = 32;

    /**
     * The architecture.
     *
     * @param width channels of the first level, a multiple of 32; each further level, at half the resolution, has twice
     *     that
     * @param features length of the feature vector
     */
    public record Config(int width, int features) {
        public Config {
            if (width < 32 || width % 32 != 0 || width > 1024)
                throw new IllegalArgumentException("width must be a multiple of 32 in 32..1024: " + width);
            if (features < 8 || features > 4096)
                throw new IllegalArgumentException("features must be in 8..4096: " + features);
        }
    }

    private static final int LEVELS = 4; // 32, 16, 8, 4 pixels

    private final Layers levels = new Layers("levels");
    private final List<Conv2dImpl> enter = new ArrayList<>();
    private final List<Conv2dImpl> refine = new ArrayList<>();
    private final List<GroupNormImpl> enterNorm = new ArrayList<>();
    private final List<GroupNormImpl> refineNorm = new ArrayList<>();
    private final LinearImpl embed;
    private final LinearImpl heads;

    /** @param logits number of outputs: the sum of the numbers of values of all attributes */
    public AttributeNet(Config config, int logits, Rng rng) {
        super("AttributeNet");
        register_module("levels", levels);
        int in = 3;
        for (int level = 0; level < LEVELS; level++) {
            int out = config.width() << Math.min(level, 2);
            enter.add(levels.add("enter" + level, Convolutions.strided(in, out, 3, level == 0 ? 1 : 2)));
            enterNorm.add(levels.add("enter_norm" + level, GroupNorm.of(out)));
            refine.add(levels.add("refine" + level, Convolutions.same(out, out, 3)));
            refineNorm.add(levels.add("refine_norm" + level, GroupNorm.of(out)));
            in = out;
        }
        int last = SIZE >> (LEVELS - 1);
        embed = register_module("embed", new LinearImpl((long) in * last * last, config.features()));
        heads = register_module("heads", new LinearImpl(config.features(), logits));
        Initialization.uniform(this, rng);
    }

    /**
     * The vector that the attributes are read from.
     *
     * @param x fp32 (N, 3, 32, 32) in [-1, 1]
     * @return fp32 (N, features)
     */
    public Tensor features(Tensor x) {
        return Scope.tidy(() -> {
            Tensor h = Convolutions.prepare(x, enter.get(0).weight()); // (N, 3, 32, 32)
            for (int i = 0; i < LEVELS; i++) {
                h = torch.silu(GroupNorm.apply(enterNorm.get(i), enter.get(i).forward(h))); // (N, C, H, W)
                h = h.add(torch.silu(
                        GroupNorm.apply(refineNorm.get(i), refine.get(i).forward(h)))); // (N, C, H, W)
            }
            Tensor flat = h.contiguous().reshape(h.size(0), -1); // (N, C 4 4)
            return embed.forward(flat).to(ScalarType.Float); // (N, features)
        });
    }

    /** Unnormalised log-probabilities of all values of all attributes, fp32 (N, logits). */
    public Tensor logits(Tensor features) {
        return Scope.tidy(() -> {
            Tensor h = torch.silu(features.to(heads.weight().scalar_type())); // (N, features)
            return heads.forward(h).to(ScalarType.Float); // (N, logits)
        });
    }

    /** The index of the largest of the logits of one attribute, (N). */
    public static Tensor best(Tensor logits, int from, int count) {
        return slice(logits, from, count).argmax(new LongOptional(1), false);
    }

    /** The logits of one attribute, (N, count), out of those of all. */
    public static Tensor slice(Tensor logits, int from, int count) {
        return logits.narrow(1, from, count);
    }
}
