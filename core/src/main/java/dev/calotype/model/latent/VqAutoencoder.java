package dev.calotype.model.latent;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Convolutions;
import dev.calotype.nn.Initialization;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Conv2dImpl;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Latent diffusion's autoencoder with a codebook (VQGAN, Esser et al. 2021, arXiv:2012.09841; Rombach et al. 2022): the decoder sees of every
 * latent the nearest of so many codes. A diffusion model works with latents before that, and what it draws finds its codes when it is
 * decoded. Parameter names are those of diffusers' {@code VQModel}, those within residual blocks and attentions ours.
 */
public final class VqAutoencoder extends LatentNetwork {
    /**
     * The codes.
     *
     * @param count K
     * @param commitment weight of how far latents are from their codes, where that of codes from their latents is 1
     * @param gathering weight of how far codes are from the nearest latent, which brings back those that nothing is near to; 0 for none
     */
    public record Codes(int count, double commitment, double gathering) {
        public Codes {
            if (count < 2 || count > 1 << 20)
                throw new IllegalArgumentException("codes must be in 2..1048576: " + count);
            if (!(commitment >= 0 && commitment <= 1000))
                throw new IllegalArgumentException("commitment must be in 0..1000: " + commitment);
            if (!(gathering >= 0 && gathering <= 1000))
                throw new IllegalArgumentException("gathering must be in 0..1000: " + gathering);
        }
    }

    /**
     * The shape of the network.
     *
     * @param channels of pictures
     * @param inner channels between encoder and quantisation, and between that and the decoder
     * @param latent L, the values of a code
     * @param widths of the levels, finest first; each further level halves the resolution
     * @param blocks residual blocks of a level of the encoder; the decoder has one more
     * @param groups of normalisations
     * @param attention whether the middle attends
     * @param attendingDown the levels of the encoder whose blocks attend, the finest 0
     * @param attendingUp the same of the decoder
     */
    public record Config(
            int channels,
            int inner,
            int latent,
            List<Integer> widths,
            int blocks,
            int groups,
            Activation activation,
            boolean attention,
            List<Integer> attendingDown,
            List<Integer> attendingUp,
            Codes codes,
            LatentScale scale) {
        public Config {
            widths = List.copyOf(widths);
            attendingDown = List.copyOf(attendingDown);
            attendingUp = List.copyOf(attendingUp);
            halves(channels, inner, widths, blocks, groups, activation, attention);
            halves(channels, latent, widths, blocks, groups, activation, attention);
            int statistics = scale.means().size();
            if (statistics != 0 && statistics != latent)
                throw new IllegalArgumentException("statistics of latents must be " + latent + ": " + statistics);
        }

        private static KlAutoencoder.Config halves(
                int channels,
                int inner,
                List<Integer> widths,
                int blocks,
                int groups,
                Activation activation,
                boolean attention) {
            return new KlAutoencoder.Config(
                    channels, inner, widths, blocks, groups, activation, attention, true, true, LatentScale.NONE);
        }

        KlAutoencoder.Config halves() {
            return halves(channels, inner, widths, blocks, groups, activation, attention);
        }
    }

    /**
     * How codes were used.
     *
     * @param codes K
     * @param used how many were the nearest of some latent
     * @param perplexity how many there would be if all were used alike, 1..K
     */
    public record Usage(int codes, int used, double perplexity) {}

    private final Config config;
    private final Encoder encoder;
    private final Decoder decoder;
    private final Conv2dImpl quantConv, postQuantConv;
    private final Codebook codebook;

    /** A network whose weights are still to be read. */
    public VqAutoencoder(Config config) {
        super("VqAutoencoder");
        this.config = config;
        encoder = register_module("encoder", new Encoder(config.halves(), config.inner(), config.attendingDown()));
        decoder = register_module("decoder", new Decoder(config.halves(), config.attendingUp()));
        quantConv = register_module("quant_conv", Convolutions.same(config.inner(), config.latent(), 1));
        postQuantConv = register_module("post_quant_conv", Convolutions.same(config.latent(), config.inner(), 1));
        codebook = register_module("quantize", new Codebook(config.codes(), config.latent()));
    }

    /** Draws all weights, which then depend on {@code rng} alone. */
    @Override
    public void draw(Rng rng) {
        Initialization.uniform(this, rng);
        codebook.draw(rng.fork(-1));
    }

    /**
     * Makes codes of some of the latents of pictures, drawn by chance, so that a training begins with codes that are where latents are.
     *
     * @param images (N, C, H, W), of which so many are seen at once
     */
    public void begin(Tensor images, int atOnce, Rng rng) {
        Scope.run(() -> {
            List<Tensor> rows = new ArrayList<>();
            for (long from = 0; from < images.size(0); from += atOnce) {
                Tensor part = images.narrow(0, from, Math.min(atOnce, images.size(0) - from));
                rows.add(Scope.inference(() -> rows(before(part)))); // (M, L)
            }
            codebook.place(Tensors.cat(0, rows.toArray(Tensor[]::new)), rng);
        });
    }

    /** The shape of the network. */
    public Config config() {
        return config;
    }

    @Override
    public Tensor encode(Tensor images) {
        return Scope.inference(() -> config.scale().seen(before(images)));
    }

    /** The latents before they are quantised, not scaled, fp32 (N, L, h, w). */
    private Tensor before(Tensor images) {
        return Scope.tidy(() -> {
            Tensor h = encoder.forward(Convolutions.prepare(images, encoder.first())); // (N, inner, h, w)
            return quantConv.forward(h).to(ScalarType.Float).contiguous();
        });
    }

    private static Tensor rows(Tensor z) {
        return z.permute(0, 2, 3, 1).reshape(-1, z.size(1)); // (N h w, L)
    }

    private static Tensor map(Tensor rows, Tensor like) {
        return rows.reshape(like.size(0), like.size(2), like.size(3), like.size(1))
                .permute(0, 3, 1, 2)
                .contiguous(); // (N, L, h, w)
    }

    /**
     * {@inheritDoc} The decoder sees codes, and gradients pass by them to the latents. The cost is that of the codebook, a mean over values
     * of latents times the values of a picture: codes that are not where their latents are, latents that are not where their codes are, and
     * codes that no latent is near to.
     */
    @Override
    public Code code(Tensor images, Rng rng) {
        Tensor[] parts = Scope.tidyAll(() -> {
            Tensor z = before(images), rows = rows(z); // (N, L, h, w), (M, L)
            Tensor still = rows.detach(), codes = codebook.of(codebook.nearest(still)); // (M, L)
            Codes weights = config.codes();
            Tensor apart = codes.sub(still).square(); // (M, L)
            Tensor back = rows.sub(codes.detach()).square(); // (M, L)
            Tensor each = Tensors.combine(1, apart, weights.commitment(), back)
                    .reshape(images.size(0), -1)
                    .mean(1); // (N)
            if (weights.gathering() > 0)
                each = each.add(Tensors.scale(weights.gathering(), codebook.strayed(still))); // (N)
            double values = (double) images.numel() / images.size(0);
            Tensor straight = rows.add(codes.sub(rows).detach()); // (M, L)
            return new Tensor[] {map(straight, z), Tensors.scale(values, each)};
        });
        return new Code(parts[0], parts[1]);
    }

    @Override
    public Tensor decode(Tensor latents) {
        return Scope.inference(() -> {
            Tensor z = config.scale().own(latents).to(ScalarType.Float); // (N, L, h, w)
            return pictures(map(codebook.of(codebook.nearest(rows(z))), z));
        });
    }

    @Override
    public Tensor pictures(Tensor latents) {
        return Scope.tidy(() -> {
            Tensor z = Convolutions.prepare(latents, decoder.first()); // (N, L, h, w)
            Tensor x = decoder.forward(postQuantConv.forward(z)); // (N, C, H, W)
            return x.to(ScalarType.Float).contiguous();
        });
    }

    /** The numbers of the codes of pictures, (N, h, w). */
    public Tensor numbers(Tensor images) {
        return Scope.inference(() -> {
            Tensor z = before(images);
            return codebook.nearest(rows(z)).reshape(z.size(0), z.size(2), z.size(3));
        });
    }

    /**
     * How pictures use the codes.
     *
     * @param numbers of codes, of any shape
     */
    public Usage usage(Tensor numbers) {
        int count = config.codes().count();
        double[] times = Scope.read(() -> Tensors.doubles(Kernels.times(numbers.flatten(0, -1), count)));
        double all = 0, entropy = 0;
        int used = 0;
        for (double each : times) all += each;
        for (double each : times) {
            if (each == 0) continue;
            used++;
            entropy -= each / all * Math.log(each / all);
        }
        return new Usage(count, used, Math.exp(entropy));
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
                config.latent(),
                config.halves().widest(),
                config.halves().factor());
    }
}
