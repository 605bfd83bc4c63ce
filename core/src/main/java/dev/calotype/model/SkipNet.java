package dev.calotype.model;

import dev.calotype.nn.BatchNorm;
import dev.calotype.nn.ConvolutionUnit;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The hourglass with skip connections of Deep Image Prior (Ulyanov, Vedaldi &amp; Lempitsky 2018, arXiv:1711.10925,
 * figure 21): each level halves the picture with a strided convolution, and on the way back joins what a narrow 1 x 1
 * convolution kept of it.
 */
public final class SkipNet extends PriorNetwork {
    /** How a level of the way back doubles its picture. */
    public enum Upsampling {
        BILINEAR,
        NEAREST;

        Tensor apply(Tensor x) {
            return this == BILINEAR ? Convolutions.upsampleBilinear(x) : Convolutions.upsample(x);
        }
    }

    /**
     * The architecture; the lists are as long as there are levels, from the finest on.
     *
     * @param down channels on the way down
     * @param up channels on the way back
     * @param skip channels of the skip connections, 0 for none
     */
    public record Config(List<Integer> down, List<Integer> up, List<Integer> skip, Upsampling upsampling)
            implements Architecture {
        public Config {
            down = List.copyOf(down);
            up = List.copyOf(up);
            skip = List.copyOf(skip);
            if (down.isEmpty() || down.size() > 8 || up.size() != down.size() || skip.size() != down.size())
                throw new IllegalArgumentException("down, up and skip must have the same number of levels, 1..8: "
                        + down.size() + ", " + up.size() + ", " + skip.size());
            for (int i = 0; i < down.size(); i++)
                if (down.get(i) < 1 || up.get(i) < 1 || skip.get(i) < 0)
                    throw new IllegalArgumentException(
                            "channels must be positive, those of skips at least 0: " + down + ", " + up + ", " + skip);
        }

        /** {@code levels} levels of equal width. */
        public static Config even(int levels, int channels, int skip, Upsampling upsampling) {
            List<Integer> wide = Collections.nCopies(levels, channels);
            return new Config(wide, wide, Collections.nCopies(levels, skip), upsampling);
        }

        /** The one for noise and super-resolution, of the figure F16: 2,217,831 weights with 32 channels in and 3 out. */
        public static Config denoising() {
            return even(5, 128, 4, Upsampling.BILINEAR);
        }

        /** The small one for the picture of a snail: 572,827 weights with 3 channels in and out. */
        public static Config small() {
            List<Integer> widths = List.of(8, 16, 32, 64, 128);
            return new Config(widths, widths, List.of(0, 0, 0, 4, 4), Upsampling.BILINEAR);
        }

        /** The one for missing pixels, of the figure Kate: 3,002,627 weights with 32 channels in and 3 out. */
        public static Config inpainting() {
            return even(5, 128, 128, Upsampling.NEAREST);
        }

        @Override
        public PriorNetwork build(int in, int out, Rng rng) {
            return new SkipNet(this, in, out, rng);
        }

        @Override
        public int multiple() {
            return 1 << down.size();
        }

        /** The deepest level has 2 x 2 pixels: what it continues by reflection must be wider than one. */
        @Override
        public int smallest() {
            return 2 << down.size();
        }

        /** Twice what the backward pass wants: inputs of convolutions and of normalisations. */
        @Override
        public int valuesPerPixel() {
            double values = 0, area = 1;
            for (int i = 0; i < down.size(); i++, area /= 4) {
                int joined = skip.get(i) + (i + 1 < down.size() ? up.get(i + 1) : down.get(i));
                values += area * (3 * skip.get(i) + 2 * down.get(i) + 2 * joined + 4 * up.get(i));
            }
            return (int) Math.ceil(2 * values);
        }

        @Override
        public int enlargement() {
            return 1;
        }
    }

    private record Level(
            ConvolutionUnit skip,
            ConvolutionUnit down,
            ConvolutionUnit deeper,
            BatchNorm2dImpl joined,
            ConvolutionUnit up,
            ConvolutionUnit mix) {}

    private final Upsampling upsampling;
    private final List<Level> levels = new ArrayList<>();
    private final List<Layers> names = new ArrayList<>();
    private final Conv2dImpl picture;

    public SkipNet(Config config, int in, int out, Rng rng) {
        super("SkipNet");
        upsampling = config.upsampling();
        int channels = in;
        for (int i = 0; i < config.down().size(); i++) {
            Layers level = register_module("level" + i, new Layers("level"));
            names.add(level);
            int down = config.down().get(i),
                    up = config.up().get(i),
                    skip = config.skip().get(i);
            int below = i + 1 < config.down().size() ? config.up().get(i + 1) : down;
            levels.add(new Level(
                    skip == 0 ? null : level.add("skip", new ConvolutionUnit(channels, skip, 1, 1)),
                    level.add("down", new ConvolutionUnit(channels, down, 3, 2)),
                    level.add("deeper", new ConvolutionUnit(down, down, 3, 1)),
                    level.add("joined_bn", BatchNorm.of(skip + below)),
                    level.add("up", new ConvolutionUnit(skip + below, up, 3, 1)),
                    level.add("mix", new ConvolutionUnit(up, up, 1, 1))));
            channels = down;
        }
        picture = register_module("picture", Convolutions.same(config.up().get(0), out, 1));
        Initialization.uniform(this, rng);
    }

    @Override
    public Tensor forward(Tensor z) {
        return Scope.tidy(() -> {
            Tensor h = level(0, Convolutions.prepare(z, picture.weight())); // (N, up, H, W)
            return torch.tanh(
                    Tensors.scale(0.5, picture.forward(h).to(ScalarType.Float))); // 2 sigmoid - 1, (N, out, H, W)
        });
    }

    private Tensor level(int i, Tensor x) {
        Level level = levels.get(i);
        Tensor h = level.deeper().forward(level.down().forward(x)); // (N, down, H/2, W/2)
        if (i + 1 < levels.size()) h = level(i + 1, h); // (N, below, H/2, W/2)
        h = upsampling.apply(h); // (N, below, H, W)
        if (level.skip() != null) h = Tensors.cat(1, level.skip().forward(x), h); // (N, skip + below, H, W)
        return level.mix().forward(level.up().forward(BatchNorm.apply(level.joined(), h))); // (N, up, H, W)
    }
}
