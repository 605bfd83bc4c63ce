package dev.calotype.model.latent;

import dev.calotype.nn.Activation;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Initialization;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The autoencoder of Stable Diffusion (Rombach et al. 2022), whose latents are normal distributions. Parameter names are those of
 * diffusers' {@code AutoencoderKL}, those within residual blocks and attentions ours ({@link dev.calotype.nn.ResidualBlock}).
 */
public final class KlAutoencoder extends LatentNetwork {
    /**
     * The shape of the network.
     *
     * @param channels of pictures
     * @param latent L, the channels of latents
     * @param widths of the levels, finest first; each further level halves the resolution
     * @param blocks residual blocks of a level of the encoder; the decoder has one more
     * @param groups of normalisations
     * @param attention whether the middle attends
     * @param quantConvolution whether a 1 x 1 convolution follows the encoder
     * @param postQuantConvolution whether one precedes the decoder
     */
    public record Config(
            int channels,
            int latent,
            List<Integer> widths,
            int blocks,
            int groups,
            Activation activation,
            boolean attention,
            boolean quantConvolution,
            boolean postQuantConvolution,
            LatentScale scale) {
        public Config {
            widths = List.copyOf(widths);
            require(channels == 1 || channels == 3, "channels must be 1 or 3", channels);
            require(latent >= 1 && latent <= 1024, "latent channels must be in 1..1024", latent);
            require(!widths.isEmpty() && widths.size() <= 8, "levels must be 1 to 8", widths.size());
            require(blocks >= 1 && blocks <= 16, "blocks must be in 1..16", blocks);
            for (int width : widths)
                require(
                        groups >= 1 && width <= 8192 && width % groups == 0,
                        "widths must be multiples of the " + groups + " groups, at most 8192",
                        width);
            int statistics = scale.means().size();
            int seen = latent * scale.patch() * scale.patch();
            require(statistics == 0 || statistics == seen, "statistics of latents must be " + seen, statistics);
        }

        private static void require(boolean holds, String rule, Object value) {
            if (!holds) throw new IllegalArgumentException(rule + ": " + value);
        }

        BlockStyle style() {
            return new BlockStyle(groups, 1e-6, activation, 1);
        }

        /** {@link Autoencoder#widest}. */
        int widest() {
            return widths.size() == 1 ? widths.get(0) : Math.max(widths.get(0), widths.get(1));
        }

        /** {@link Autoencoder#factor}. */
        int factor() {
            return 1 << (widths.size() - 1);
        }
    }

    private final Config config;
    private final Encoder encoder;
    private final Decoder decoder;
    private final Conv2dImpl quantConv, postQuantConv; // null where there is none

    /** A network whose weights are still to be read. */
    public KlAutoencoder(Config config) {
        super("KlAutoencoder");
        this.config = config;
        int latent = config.latent();
        encoder = register_module("encoder", new Encoder(config));
        decoder = register_module("decoder", new Decoder(config));
        quantConv = config.quantConvolution()
                ? register_module("quant_conv", Convolutions.same(2L * latent, 2L * latent, 1))
                : null;
        postQuantConv = config.postQuantConvolution()
                ? register_module("post_quant_conv", Convolutions.same(latent, latent, 1))
                : null;
    }

    /** A network with fresh weights that depend on {@code rng} alone. */
    public KlAutoencoder(Config config, Rng rng) {
        this(config);
        Initialization.uniform(this, rng);
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    /** The mean, which is the likeliest latent. */
    @Override
    public Tensor encode(Tensor images) {
        return Scope.inference(() -> config.scale().seen(moments(images).narrow(1, 0, config.latent())));
    }

    @Override
    public Tensor encode(Tensor images, Tensor noise) {
        return Scope.inference(() -> {
            Tensor[] halves = halves(images);
            return config.scale().seen(sample(halves, config.scale().apart(noise))); // (N, L, h, w)
        });
    }

    /**
     * {@inheritDoc} The cost is the Kullback-Leibler divergence of the distribution from the standard normal one, sum over all of a picture's
     * latents: (m^2 + v - 1 - log v) / 2.
     */
    @Override
    public Code code(Tensor images, Rng rng) {
        Tensor[] parts = Scope.tidyAll(() -> {
            Tensor[] halves = halves(images);
            Tensor apart =
                    halves[0].square().add(halves[1].exp()).sub(halves[1]).sub(new Scalar(1.0)); // (N, L, h, w)
            Tensor cost = Tensors.scale(0.5, apart.reshape(images.size(0), -1).sum(1)); // (N)
            return new Tensor[] {sample(halves, rng.normalLike(halves[0])), cost};
        });
        return new Code(parts[0], parts[1]);
    }

    private static Tensor sample(Tensor[] halves, Tensor noise) {
        return halves[0].add(Tensors.scale(0.5, halves[1]).exp().mul(noise)); // (N, L, h, w)
    }

    /** Means and logarithms of variances, 2 of fp32 (N, L, H/f, W/f). */
    private Tensor[] halves(Tensor images) {
        Tensor[] halves = Tensors.chunk(moments(images), 2, 1); // 2 of (N, L, h, w)
        halves[1] = Tensors.clamp(halves[1], -30, 20);
        return halves;
    }

    /** Means and logarithms of variances, not scaled, fp32 (N, 2 L, H/f, W/f). */
    Tensor moments(Tensor images) {
        return Scope.tidy(() -> {
            Tensor h = encoder.forward(Convolutions.prepare(images, encoder.first())); // (N, 2 L, h, w)
            return (quantConv == null ? h : quantConv.forward(h))
                    .to(ScalarType.Float)
                    .contiguous();
        });
    }

    @Override
    public Tensor decode(Tensor latents) {
        return Scope.inference(() -> pictures(config.scale().own(latents)));
    }

    @Override
    public Tensor pictures(Tensor latents) {
        return Scope.tidy(() -> {
            Tensor z = Convolutions.prepare(latents, decoder.first()); // (N, L, h, w)
            Tensor x = decoder.forward(postQuantConv == null ? z : postQuantConv.forward(z)); // (N, C, H, W)
            return x.to(ScalarType.Float).contiguous();
        });
    }

    @Override
    public Tensor last() {
        return decoder.last();
    }

    @Override
    public LatentScale scale() {
        return config.scale();
    }

    @Override
    public Shape shape() {
        return new Shape(
                config.channels(),
                config.latent() * config.scale().patch() * config.scale().patch(),
                config.widest(),
                config.factor() * config.scale().patch());
    }
}
