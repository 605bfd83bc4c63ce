package dev.calotype.model.latent;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The small autoencoders that understand the latents of large ones (TAESD, Bohan 2023): convolutions and ReLU, quick on any
 * machine. Parameter names are those of diffusers' {@code AutoencoderTiny}.
 */
public final class TinyAutoencoder extends LatentNetwork {
    /**
     * The shape of the network.
     *
     * @param channels of pictures
     * @param latent L, the channels of latents
     * @param encoderWidth of all maps of the encoder
     * @param encoder blocks of each stage, finest first; every stage but the first halves the resolution
     * @param decoderWidth of all maps of the decoder
     * @param decoder blocks of each stage, coarsest first; every stage but the last doubles the resolution
     * @param pooled whether blocks of the coarsest stages look at the whole picture, as in TAEF2
     */
    public record Config(
            int channels,
            int latent,
            int encoderWidth,
            List<Integer> encoder,
            int decoderWidth,
            List<Integer> decoder,
            Activation activation,
            boolean pooled,
            LatentScale scale) {
        public Config {
            encoder = List.copyOf(encoder);
            decoder = List.copyOf(decoder);
            require(channels == 1 || channels == 3, "channels must be 1 or 3", channels);
            require(latent >= 1 && latent <= 1024, "latent channels must be in 1..1024", latent);
            require(encoderWidth >= 1 && encoderWidth <= 4096, "widths must be in 1..4096", encoderWidth);
            require(decoderWidth >= 1 && decoderWidth <= 4096, "widths must be in 1..4096", decoderWidth);
            require(
                    !encoder.isEmpty() && encoder.size() <= 8 && encoder.size() == decoder.size(),
                    "encoder and decoder must have as many stages, 1 to 8",
                    encoder.size() + " and " + decoder.size());
            for (List<Integer> stages : List.of(encoder, decoder))
                for (int blocks : stages) require(blocks >= 0 && blocks <= 64, "blocks must be in 0..64", blocks);
        }

        private static void require(boolean holds, String rule, Object value) {
            if (!holds) throw new IllegalArgumentException(rule + ": " + value);
        }
    }

    private static final double BOUND = 3; // of latents, softly

    private final Config config;
    private final Layers encoder = new Layers("encoder"), decoder = new Layers("decoder");
    private final List<UnaryOperator<Tensor>> down = new ArrayList<>(), up = new ArrayList<>();
    private final Conv2dImpl first, last;

    /** A network whose weights are still to be read. */
    public TinyAutoencoder(Config config) {
        super("TinyAutoencoder");
        this.config = config;
        register_module("encoder", encoder);
        register_module("decoder", decoder);
        first = Convolutions.same(config.channels(), config.encoderWidth(), 3);
        buildEncoder(encoder.add("layers", new Layers("layers")));
        last = Convolutions.same(config.decoderWidth(), config.channels(), 3);
        buildDecoder(decoder.add("layers", new Layers("layers")));
    }

    /** A network with fresh weights that depend on {@code rng} alone. */
    public TinyAutoencoder(Config config, Rng rng) {
        this(config);
        Initialization.uniform(this, rng);
    }

    private void buildEncoder(Layers layers) {
        int width = config.encoderWidth(), stages = config.encoder().size();
        add(layers, down, 0, first);
        int index = 1;
        for (int i = 0; i < stages; i++) {
            if (i > 0) add(layers, down, index++, Convolutions.unbiased(width, width, 3, 2, 1));
            for (int k = 0; k < config.encoder().get(i); k++)
                add(layers, down, index++, new TinyBlock(width, config.activation(), pooled(i == stages - 1)));
        }
        add(layers, down, index, Convolutions.same(width, config.latent(), 3));
    }

    /** Activations and doublings count as layers of the list. */
    private void buildDecoder(Layers layers) {
        int width = config.decoderWidth(), stages = config.decoder().size();
        add(layers, up, 0, Convolutions.same(config.latent(), width, 3));
        up.add(config.activation()::apply);
        int index = 2;
        for (int i = 0; i < stages; i++) {
            for (int k = 0; k < config.decoder().get(i); k++)
                add(layers, up, index++, new TinyBlock(width, config.activation(), pooled(i == 0)));
            if (i == stages - 1) break;
            up.add(Convolutions::upsample);
            index++;
            add(layers, up, index++, Convolutions.unbiased(width, width, 3));
        }
        add(layers, up, index, last);
    }

    private boolean pooled(boolean coarsest) {
        return coarsest && config.pooled();
    }

    private static void add(Layers layers, List<UnaryOperator<Tensor>> order, int index, Conv2dImpl layer) {
        layers.add(String.valueOf(index), layer);
        order.add(layer::forward);
    }

    private static void add(Layers layers, List<UnaryOperator<Tensor>> order, int index, TinyBlock layer) {
        layers.add(String.valueOf(index), layer);
        order.add(layer::forward);
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    @Override
    public Tensor encode(Tensor images) {
        return Scope.inference(() -> config.scale().seen(encoded(images)));
    }

    private Tensor encoded(Tensor images) {
        return Scope.tidy(() -> {
            Tensor unit = Tensors.scale(0.5, images.add(new Scalar(1.0))); // in [0, 1]
            return through(down, Convolutions.prepare(unit, first.weight())); // (N, L, H/f, W/f)
        });
    }

    /** {@inheritDoc} The cost is half of the sum of the squares of a picture's latents. */
    @Override
    public Code code(Tensor images, Rng rng) {
        Tensor[] parts = Scope.tidyAll(() -> {
            Tensor z = encoded(images); // (N, L, H/f, W/f)
            return new Tensor[] {
                z, Tensors.scale(0.5, z.square().reshape(z.size(0), -1).sum(1))
            };
        });
        return new Code(parts[0], parts[1]);
    }

    @Override
    public Tensor decode(Tensor latents) {
        return Scope.inference(() -> pictures(config.scale().own(latents)));
    }

    @Override
    public Tensor pictures(Tensor latents) {
        return Scope.tidy(() -> {
            Tensor bounded =
                    Tensors.scale(BOUND, Tensors.scale(1 / BOUND, latents).tanh());
            Tensor unit = through(up, Convolutions.prepare(bounded, last.weight())); // (N, C, f h, f w)
            return Tensors.scale(2, unit).add_(new Scalar(-1.0));
        });
    }

    @Override
    public Tensor last() {
        return last.weight();
    }

    @Override
    public LatentScale scale() {
        return config.scale();
    }

    private static Tensor through(List<UnaryOperator<Tensor>> layers, Tensor x) {
        Tensor h = x;
        for (UnaryOperator<Tensor> layer : layers) {
            Tensor before = h;
            h = Scope.tidy(() -> layer.apply(before));
            before.close();
        }
        return h.to(ScalarType.Float).contiguous();
    }

    @Override
    public Shape shape() {
        return new Shape(
                config.channels(),
                config.latent(),
                config.decoderWidth(),
                1 << (config.encoder().size() - 1));
    }
}
