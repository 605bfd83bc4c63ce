package dev.calotype.model.latent;

import dev.calotype.nn.Activation;
import dev.calotype.nn.BatchNorm;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.BatchNorm2dImpl;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Tells real squares of pictures from drawn ones: the PatchGAN of pix2pix (Isola et al. 2017, arXiv:1611.07004), as latent diffusion
 * trains its autoencoders with. Batches are normalised by their own statistics. Parameter names are those of pix2pix.
 */
public final class PatchDiscriminator extends Module {
    /**
     * The architecture.
     *
     * @param channels of pictures
     * @param width of the first layer, each further one is twice as wide, at most eight times
     * @param layers that halve the picture, 1..5; of three, an answer is about a square of 70 pixels per side
     */
    public record Config(int channels, int width, int layers) {
        public Config {
            if (width < 1 || width > 1024) throw new IllegalArgumentException("width must be in 1..1024: " + width);
            if (layers < 1 || layers > 5) throw new IllegalArgumentException("layers must be in 1..5: " + layers);
        }

        /** Pixels per side of the square that an answer is about. */
        public int field() {
            int field = 1 + 2 * (KERNEL - 1); // the two layers that keep the size
            for (int i = 0; i < layers; i++) field = 2 * field + KERNEL - 2;
            return field;
        }

        /** The smallest side of a picture about which there is an answer. */
        public int smallest() {
            return 3 << layers;
        }
    }

    private static final int KERNEL = 4, MOST = 8;
    private static final double DEVIATION = 0.02;

    private final Layers main = new Layers("main");
    private final List<Conv2dImpl> convolutions = new ArrayList<>();
    private final List<BatchNorm2dImpl> norms = new ArrayList<>(); // of all but the first and the last
    private int named;

    /** A network with fresh weights that depend on {@code rng} alone. */
    public PatchDiscriminator(Config config, Rng rng) {
        super("PatchDiscriminator");
        register_module("main", main);
        add(Convolutions.square(config.channels(), config.width(), KERNEL, 2, 1));
        named++; // an activation
        int in = config.width();
        for (int i = 1; i <= config.layers(); i++) {
            int out = config.width() * Math.min(1 << i, MOST);
            add(Convolutions.unbiased(in, out, KERNEL, i < config.layers() ? 2 : 1, 1));
            norms.add(main.add(String.valueOf(named++), BatchNorm.of(out)));
            named++; // an activation
            in = out;
        }
        add(Convolutions.square(in, 1, KERNEL, 1, 1));
        Initialization.normal(this, rng, DEVIATION);
    }

    private void add(Conv2dImpl convolution) {
        convolutions.add(main.add(String.valueOf(named++), convolution));
    }

    /**
     * @param x (N, C, H, W) in [-1, 1]
     * @return how real each square looks, not squashed, fp32 (N, 1, H', W')
     */
    public Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            int last = convolutions.size() - 1;
            Tensor h = Convolutions.prepare(x, convolutions.get(0).weight()); // (N, C, H, W)
            for (int i = 0; i < last; i++) {
                h = convolutions.get(i).forward(h); // (N, width, H / f, W / f)
                if (i > 0) h = BatchNorm.apply(norms.get(i - 1), h); // (N, width, H / f, W / f)
                h = Activation.LEAKY_RELU.apply(h); // (N, width, H / f, W / f)
            }
            return convolutions.get(last).forward(h).to(ScalarType.Float); // (N, 1, H', W')
        });
    }
}
