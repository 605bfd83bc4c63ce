package dev.calotype.model.latent;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Convolutions;
import dev.calotype.tensor.Scope;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The autoencoder of Kandinsky (MoVQ, Zheng et al. 2022), whose decoder is told of the latents at every layer. Its diffusion model works
 * with latents that are not scaled, and that are not the nearest of the codebook either. Parameter names are those of diffusers'
 * {@code VQModel}, those within the encoder's residual blocks and within attentions ours.
 */
public final class Movq extends Module implements Autoencoder {
    /**
     * The shape of the network.
     *
     * @param channels of pictures
     * @param latent L, the channels of latents
     * @param widths of the levels, finest first, multiples of 32; each further level halves the resolution
     * @param blocks residual blocks of a level of the encoder; the decoder has one more
     * @param groups of the encoder's normalisations
     * @param attention whether the middle attends
     * @param attendingDown the levels of the encoder whose blocks attend, the finest 0
     * @param attendingUp the same of the decoder
     */
    public record Config(
            int channels,
            int latent,
            List<Integer> widths,
            int blocks,
            int groups,
            Activation activation,
            boolean attention,
            List<Integer> attendingDown,
            List<Integer> attendingUp) {
        private static final int NORM_GROUPS = 32;

        public Config {
            widths = List.copyOf(widths);
            attendingDown = List.copyOf(attendingDown);
            attendingUp = List.copyOf(attendingUp);
            for (int width : widths)
                if (width % NORM_GROUPS != 0)
                    throw new IllegalArgumentException("widths must be multiples of " + NORM_GROUPS + ": " + width);
            encoder(channels, latent, widths, blocks, groups, activation, attention);
        }

        private static KlAutoencoder.Config encoder(
                int channels,
                int latent,
                List<Integer> widths,
                int blocks,
                int groups,
                Activation activation,
                boolean attention) {
            return new KlAutoencoder.Config(
                    channels, latent, widths, blocks, groups, activation, attention, true, true, LatentScale.NONE);
        }

        KlAutoencoder.Config encoder() {
            return encoder(channels, latent, widths, blocks, groups, activation, attention);
        }
    }

    private final Config config;
    private final Encoder encoder;
    private final MovqDecoder decoder;
    private final Conv2dImpl quantConv, postQuantConv;

    /** A network whose weights are still to be read. */
    public Movq(Config config) {
        super("Movq");
        this.config = config;
        int latent = config.latent();
        encoder = register_module("encoder", new Encoder(config.encoder(), latent, config.attendingDown()));
        decoder = register_module("decoder", new MovqDecoder(config));
        quantConv = register_module("quant_conv", Convolutions.same(latent, latent, 1));
        postQuantConv = register_module("post_quant_conv", Convolutions.same(latent, latent, 1));
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    @Override
    public Tensor encode(Tensor images) {
        return Scope.inference(() -> {
            Tensor h = encoder.forward(Convolutions.prepare(images, encoder.first())); // (N, L, H/f, W/f)
            return quantConv.forward(h).to(ScalarType.Float).contiguous();
        });
    }

    @Override
    public Tensor decode(Tensor latents) {
        return Scope.inference(() -> {
            Tensor own = Convolutions.prepare(latents, postQuantConv.weight()); // (N, L, h, w)
            Tensor images = decoder.forward(postQuantConv.forward(own), own); // (N, C, f h, f w)
            return images.to(ScalarType.Float).contiguous();
        });
    }

    @Override
    public Shape shape() {
        return new Shape(
                config.channels(),
                config.latent(),
                config.encoder().widest(),
                config.encoder().factor());
    }
}
