package dev.calotype.model;

import dev.calotype.nn.Convolutions;
import dev.calotype.nn.EqualizedConvolution;
import dev.calotype.nn.EqualizedConvolution.Ending;
import dev.calotype.nn.EqualizedLinear;
import dev.calotype.nn.Layers;
import dev.calotype.nn.MinibatchDeviation;
import dev.calotype.nn.Resample;
import dev.calotype.nn.ScaledLeakyRelu;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The residual discriminator of StyleGAN2, which compares the images of a batch at its end (Karras et al. 2020,
 * arXiv:1912.04958, figure 7c). Its parameters carry the names of stylegan2-ada-pytorch. It ignores the condition.
 */
public final class StyleGan2Discriminator extends DiscriminatorNetwork {
    private static final int GROUP = 4;

    private record Block(EqualizedConvolution conv0, EqualizedConvolution conv1, EqualizedConvolution skip) {}

    private final StyleGan2Config config;
    private final List<Layers> names = new ArrayList<>();
    private final List<Block> blocks = new ArrayList<>();
    private final EqualizedConvolution image;
    private final EqualizedConvolution compare;
    private final EqualizedLinear hidden;
    private final EqualizedLinear score;

    /** A network with fresh weights that depend on {@code rng} alone. */
    public StyleGan2Discriminator(StyleGan2Config config, Rng rng) {
        super("StyleGan2Discriminator");
        this.config = config;
        image = new EqualizedConvolution(
                EqualizedConvolution.Config.activated(config.channels(), config.width(config.size()), 1), rng.fork(0));
        for (int side = config.size(); side > 4; side /= 2) blocks.add(block(side, rng.fork(side)));
        Layers last = named("b4");
        int width = config.width(4);
        compare = last.add(
                "conv",
                new EqualizedConvolution(EqualizedConvolution.Config.activated(width + 1, width, 3), rng.fork(1)));
        hidden = last.add("fc", new EqualizedLinear(new EqualizedLinear.Config(16 * width, width), rng.fork(2)));
        score = last.add("out", new EqualizedLinear(new EqualizedLinear.Config(width, 1), rng.fork(3)));
    }

    private Layers named(String name) {
        Layers layers = register_module(name, new Layers(name));
        names.add(layers);
        return layers;
    }

    private Block block(int side, Rng rng) {
        Layers block = named("b" + side);
        if (side == config.size()) block.add("fromrgb", image);
        int in = config.width(side), out = config.width(side / 2);
        return new Block(
                block.add(
                        "conv0",
                        new EqualizedConvolution(EqualizedConvolution.Config.activated(in, in, 3), rng.fork(0))),
                block.add("conv1", down(in, out, 3, Ending.ACTIVATED, rng.fork(1))),
                block.add("skip", down(in, out, 1, Ending.LINEAR, rng.fork(2))));
    }

    private static EqualizedConvolution down(int in, int out, int kernel, Ending ending, Rng rng) {
        return new EqualizedConvolution(new EqualizedConvolution.Config(in, out, kernel, Resample.DOWN, ending), rng);
    }

    public StyleGan2Config config() {
        return config;
    }

    @Override
    public Tensor forward(Tensor x, Condition condition) {
        if (x.size(2) != config.size() || x.size(3) != config.size())
            throw new IllegalArgumentException("images must have " + config.size() + " x " + config.size() + " pixels: "
                    + x.size(2) + " x " + x.size(3));
        return Scope.tidy(() -> {
            Tensor h = image.forward(Convolutions.prepare(x, image.weight())); // (N, width, H, W)
            for (Block block : blocks) h = forward(block, h); // (N, width, h, w)
            h = compare.forward(MinibatchDeviation.append(h, GROUP)); // (N, width, 4, 4)
            h = ScaledLeakyRelu.apply(hidden.forward(h.contiguous().flatten(1, -1))); // (N, width)
            return score.forward(h).to(ScalarType.Float).squeeze(1); // (N)
        });
    }

    private static Tensor forward(Block block, Tensor x) {
        return Scope.tidy(() -> {
            Tensor residual = block.conv1().forward(block.conv0().forward(x)); // (N, out, h/2, w/2)
            return Tensors.scale(Math.sqrt(0.5), block.skip().forward(x).add(residual)); // (N, out, h/2, w/2)
        });
    }
}
