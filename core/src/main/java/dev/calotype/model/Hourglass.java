package dev.calotype.model;

import dev.calotype.nn.ConvolutionUnit;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Two units of convolution per level on the way down and on the way back, with pooling between: the plain U-Net
 * (Ronneberger, Fischer &amp; Brox 2015) where levels are joined, a SegNet-like encoder and decoder (Badrinarayanan,
 * Kendall &amp; Cipolla 2017; without its indices) where they are not.
 */
public final class Hourglass extends PriorNetwork {
    /** What the way back gets of the way down. */
    public enum Join {
        /** Every level's features. */
        FEATURES,
        /** Nothing but what the deepest level says. */
        NOTHING
    }

    /**
     * The architecture.
     *
     * @param widths channels of each level, from the finest on; at least two levels, at most 8
     */
    public record Config(List<Integer> widths, Join join) implements Architecture {
        public Config {
            widths = List.copyOf(widths);
            if (widths.size() < 2 || widths.size() > 8)
                throw new IllegalArgumentException("widths must have 2..8 levels: " + widths);
            for (int width : widths)
                if (width < 1) throw new IllegalArgumentException("widths must be positive: " + widths);
        }

        /** A U-Net of five levels. */
        public static Config unet() {
            return new Config(List.of(32, 64, 128, 128, 128), Join.FEATURES);
        }

        /** The same without skip connections. */
        public static Config encoderDecoder() {
            return new Config(List.of(32, 64, 128, 128, 128), Join.NOTHING);
        }

        @Override
        public PriorNetwork build(int in, int out, Rng rng) {
            return new Hourglass(this, in, out, rng);
        }

        @Override
        public int multiple() {
            return 1 << (widths.size() - 1);
        }

        @Override
        public int smallest() {
            return 2 * multiple();
        }

        /** Twice what the backward pass wants: inputs of convolutions and of normalisations. */
        @Override
        public int valuesPerPixel() {
            double values = 0, area = 1;
            for (int i = 0; i < widths.size(); i++, area /= 4) {
                int below = widths.get(Math.min(i + 1, widths.size() - 1));
                values += area * (10 * widths.get(i) + 2 * below);
            }
            return (int) Math.ceil(2 * values);
        }

        @Override
        public int enlargement() {
            return 1;
        }
    }

    private record Pair(ConvolutionUnit first, ConvolutionUnit second) {
        Tensor forward(Tensor x) {
            return second.forward(first.forward(x)); // (N, C', H, W)
        }
    }

    private final Join join;
    private final Layers levels = new Layers("levels");
    private final List<Pair> down = new ArrayList<>();
    private final List<Pair> up = new ArrayList<>();
    private final Conv2dImpl picture;

    public Hourglass(Config config, int in, int out, Rng rng) {
        super("Hourglass");
        register_module("levels", levels);
        join = config.join();
        List<Integer> widths = config.widths();
        for (int i = 0; i < widths.size(); i++)
            down.add(pair("down" + i, i == 0 ? in : widths.get(i - 1), widths.get(i)));
        for (int i = 0; i + 1 < widths.size(); i++) {
            int joined = join == Join.FEATURES ? widths.get(i) : 0;
            up.add(pair("up" + i, widths.get(i + 1) + joined, widths.get(i)));
        }
        picture = register_module("picture", Convolutions.same(widths.get(0), out, 1));
        Initialization.uniform(this, rng);
    }

    private Pair pair(String name, int in, int out) {
        return new Pair(
                levels.add(name + "_first", new ConvolutionUnit(in, out, 3, 1)),
                levels.add(name + "_second", new ConvolutionUnit(out, out, 3, 1)));
    }

    @Override
    public Tensor forward(Tensor z) {
        return Scope.tidy(() -> {
            Tensor h = level(0, Convolutions.prepare(z, picture.weight())); // (N, C, H, W)
            return torch.tanh(Tensors.scale(0.5, picture.forward(h).to(ScalarType.Float))); // (N, out, H, W)
        });
    }

    private Tensor level(int i, Tensor x) {
        Tensor h = down.get(i).forward(x); // (N, C, H, W)
        if (i == up.size()) return h;
        Tensor back = Convolutions.upsample(level(i + 1, torch.max_pool2d(h, 2, 2))); // (N, C', H, W)
        return up.get(i).forward(join == Join.FEATURES ? Tensors.cat(1, h, back) : back); // (N, C, H, W)
    }
}
