package dev.calotype.model;

import dev.calotype.nn.FirResample;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Layout;
import dev.calotype.nn.Resample;
import dev.calotype.nn.StyleConvolution;
import dev.calotype.nn.StyleToImage;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The generator of StyleGAN2 with skip connections to the image (Karras et al. 2020, arXiv:1912.04958). A mapping turns z
 * into w, and a synthesis shapes an image whose every layer is styled by w. Its parameters carry the names of
 * stylegan2-ada-pytorch. It knows no classes and ignores the condition.
 */
public final class StyleGan2Generator extends GeneratorNetwork implements StyleGenerator {
    private record Block(StyleConvolution conv0, StyleConvolution conv1, StyleToImage image) {}

    private final StyleGan2Config config;
    private final Layers mappingLayers = new Layers("mapping");
    private final Layers synthesis = new Layers("synthesis");
    private final StyleMapping mapping;
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor constant;

    /** A network with fresh weights that depend on {@code rng} alone. */
    public StyleGan2Generator(StyleGan2Config config, Rng rng) {
        super("StyleGan2Generator");
        this.config = config;
        register_module("mapping", mappingLayers);
        mapping = new StyleMapping(config, mappingLayers, rng.fork(0));
        register_module("synthesis", synthesis);
        constant = rng.fork(1).normal(config.width(4), 4, 4);
        config.sides().forEach(side -> blocks.add(block(side, rng.fork(side))));
    }

    private Block block(int side, Rng rng) {
        Layers block = synthesis.add("b" + side, new Layers("block"));
        int width = config.width(side), style = config.style();
        StyleConvolution conv0 = null;
        if (side == 4) block.register_parameter("const", constant);
        else conv0 = block.add("conv0", convolution(config.width(side / 2), width, Resample.UP, rng.fork(0)));
        return new Block(
                conv0,
                block.add("conv1", convolution(width, width, Resample.NONE, rng.fork(1))),
                block.add("torgb", new StyleToImage(width, config.channels(), style, rng.fork(2))));
    }

    private StyleConvolution convolution(int in, int out, Resample resample, Rng rng) {
        return new StyleConvolution(new StyleConvolution.Config(in, out, config.style(), resample), rng);
    }

    public StyleGan2Config config() {
        return config;
    }

    @Override
    public int latent() {
        return config.latent();
    }

    /** An image with {@link NoiseMaps#fixed}: a function of z alone. */
    @Override
    public Tensor forward(Tensor z, Condition condition) {
        return Scope.tidy(() -> synthesize(styles(z), NoiseMaps.fixed())); // (N, C, H, W)
    }

    /** With mixed styles and noise of its own for every image (section 3.1 of Karras et al. 2019, arXiv:1812.04948). */
    @Override
    public Tensor forTraining(Tensor z, Condition condition, Rng rng) {
        return Scope.tidy(() -> {
            Tensor w = Styles.everywhere(styles(z), config.layers()); // (N, layers, style)
            Tensor other = Styles.everywhere(styles(rng.fork(0).normalLike(z)), config.layers()); // (N, layers, style)
            Tensor mixed = Styles.mix(w, other, Styles.crossovers((int) z.size(0), config.layers(), rng.fork(1)));
            return synthesize(mixed, NoiseMaps.random(rng.fork(2))); // (N, C, H, W)
        });
    }

    @Override
    public int layers() {
        return config.layers();
    }

    @Override
    public Tensor styles(Tensor z) {
        return mapping.forward(z, constant);
    }

    /**
     * The mean of w over {@code count} z, (style): where truncation draws to and projection starts. It depends on the
     * weights and {@code rng} alone, so that no run keeps it.
     */
    @Override
    public Tensor meanStyle(int count, Rng rng) {
        if (count < 1) throw new IllegalArgumentException("count must be at least 1: " + count);
        return Scope.inference(() -> {
            Tensor z = Device.of(constant).move(rng.normal(count, config.latent())); // (count, latent)
            return styles(z).to(ScalarType.Float).mean(0); // (style)
        });
    }

    @Override
    public Tensor synthesize(Tensor w, NoiseMaps noise) {
        if (w.dim() == 3 && w.size(1) != config.layers())
            throw new IllegalArgumentException("w must have " + config.layers() + " layers: " + w.size(1));
        return Scope.tidy(() -> {
            Tensor each = Styles.everywhere(Tensors.as(w, constant), config.layers()); // (N, layers, style)
            Tensor x = start(w.size(0)), image = null; // (N, width, 4, 4)
            for (int i = 0, layer = 0; i < blocks.size(); i++) {
                Block block = blocks.get(i);
                if (block.conv0() != null) x = convolve(block.conv0(), x, each, layer++, noise); // (N, width, h, w)
                x = convolve(block.conv1(), x, each, layer++, noise); // (N, width, h, w)
                Tensor part = block.image().forward(x, each.select(1, layer)).to(ScalarType.Float); // (N, C, h, w)
                image = image == null ? part : FirResample.up(image).add(part); // (N, C, h, w)
            }
            return image.contiguous(); // (N, C, H, W)
        });
    }

    private Tensor start(long images) {
        Tensor x = constant.unsqueeze(0).expand(images, -1, -1, -1); // (N, width, 4, 4)
        return Layout.of(Tensors.dtype(constant)).apply(x);
    }

    private static Tensor convolve(StyleConvolution convolution, Tensor x, Tensor each, int layer, NoiseMaps noise) {
        return convolution.forward(x, each.select(1, layer), like -> noise.of(layer, like)); // (N, width, h, w)
    }
}
