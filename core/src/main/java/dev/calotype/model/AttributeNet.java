package dev.calotype.model;

import dev.calotype.nn.Blank;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A small convolutional network that reads several categorical attributes from one picture of 32 x 32 or 64 x 64. Position
 * matters (a bed on the left is not one on the right), so the last feature map is flattened, not averaged. What the larger
 * one shows beyond the smaller is given as differences of neighbouring pixels ({@link #bands}), so that both cost the same
 * and nothing fine is lost.
 */
public final class AttributeNet extends Module {
    /** Pixels per side of the smaller pictures that the network sees, and of what its first layer works on. */
    public static final int SIZE = 32;

    /** Pixels per side of the larger ones. */
    public static final int FINE = 2 * SIZE;

    private static final int COLOURS = 3;
    private static final int BANDS = 4 * COLOURS + 1;
    /** Haar's, of the pixels of a square of 2 x 2: their mean, and three differences. */
    private static final float[] HAAR = {.25f, .25f, .25f, .25f, 1, 1, -1, -1, 1, -1, 1, -1, 1, -1, -1, 1};

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

    /** @param outputs number of outputs: the sum of the numbers of values of all attributes, and what else is asked */
    public AttributeNet(Config config, int outputs, Rng rng) {
        super("AttributeNet");
        register_module("levels", levels);
        int in = BANDS;
        for (int level = 0; level < LEVELS; level++) {
            int out = config.width() << Math.min(level, 2);
            enter.add(levels.add("enter" + level, Convolutions.strided(in, out, 3, level == 0 ? 1 : 2)));
            enterNorm.add(levels.add("enter_norm" + level, GroupNorm.of(out)));
            refine.add(levels.add("refine" + level, Convolutions.same(out, out, 3)));
            refineNorm.add(levels.add("refine_norm" + level, GroupNorm.of(out)));
            in = out;
        }
        int last = SIZE >> (LEVELS - 1);
        embed = register_module("embed", Blank.filled((long) in * last * last, config.features()));
        heads = register_module("heads", Blank.filled(config.features(), outputs));
        Initialization.uniform(this, rng);
    }

    /**
     * A picture as the network sees it: its colours at 32 x 32, three differences of each within the squares of 2 x 2 pixels
     * that become one, and a plane that is 1 where there were none.
     *
     * @param x fp32 (N, 3, 32, 32) or (N, 3, 64, 64) in [-1, 1]
     * @return fp32 (N, 13, 32, 32)
     */
    public static Tensor bands(Tensor x) {
        if (x.size(2) != SIZE) return fine(x);
        return Scope.tidy(() -> {
            Device device = Device.of(x);
            Tensor none = device.move(torch.zeros(x.size(0), 3 * COLOURS, SIZE, SIZE));
            return Tensors.cat(1, x, none, device.move(torch.ones(x.size(0), 1, SIZE, SIZE)));
        });
    }

    /** {@link #bands} of pictures of any even sides, as of the larger ones: fp32 (N, 3, H, W) to (N, 13, H / 2, W / 2). */
    public static Tensor fine(Tensor x) {
        return Scope.tidy(() -> {
            long n = x.size(0), height = x.size(2) / 2, width = x.size(3) / 2;
            Device device = Device.of(x);
            Tensor squares = torch.pixel_unshuffle(x, 2).reshape(n, COLOURS, 4, -1); // (N, 3, 4, H W / 4)
            Tensor haar = device.move(Tensors.of(HAAR, 4, 4)).matmul(squares); // (N, 3, 4, H W / 4)
            Tensor planes = haar.permute(0, 2, 1, 3).reshape(n, 4 * COLOURS, height, width);
            return Tensors.cat(1, planes, device.move(torch.zeros(n, 1, height, width)));
        });
    }

    /**
     * The vector that everything is read from.
     *
     * @param bands as {@link #bands} gives them
     * @return fp32 (N, features)
     */
    public Tensor features(Tensor bands) {
        return Scope.tidy(() -> {
            Tensor h = maps(bands)[LEVELS - 1]; // (N, C, 4, 4)
            Tensor flat = h.contiguous().reshape(h.size(0), -1); // (N, C 4 4)
            return embed.forward(flat).to(ScalarType.Float); // (N, features)
        });
    }

    /** The maps of every level, finest first, each at half the resolution of the one before; pictures of other sizes have such too. */
    public Tensor[] maps(Tensor bands) {
        return Scope.tidyAll(() -> {
            Tensor[] maps = new Tensor[LEVELS];
            Tensor h = Convolutions.prepare(bands, enter.get(0).weight()); // (N, 13, 32, 32)
            for (int i = 0; i < LEVELS; i++) {
                h = torch.silu(GroupNorm.apply(enterNorm.get(i), enter.get(i).forward(h))); // (N, C, H, W)
                h = h.add(torch.silu(
                        GroupNorm.apply(refineNorm.get(i), refine.get(i).forward(h)))); // (N, C, H, W)
                maps[i] = h;
            }
            return maps;
        });
    }

    /** All outputs, unnormalised: log-probabilities of the values of attributes, and what else is asked; fp32 (N, outputs). */
    public Tensor outputs(Tensor features) {
        return Scope.tidy(() -> {
            Tensor h = torch.silu(features.to(heads.weight().scalar_type())); // (N, features)
            return heads.forward(h).to(ScalarType.Float); // (N, outputs)
        });
    }

    /** The outputs of one attribute, (N, count), out of all. */
    public static Tensor slice(Tensor outputs, int from, int count) {
        return outputs.narrow(1, from, count);
    }
}
