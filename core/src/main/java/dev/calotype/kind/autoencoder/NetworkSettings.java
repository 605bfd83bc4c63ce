package dev.calotype.kind.autoencoder;

import dev.calotype.kind.autoencoder.LossSettings.CodebookWeights;
import dev.calotype.model.latent.KlAutoencoder;
import dev.calotype.model.latent.LatentNetwork;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.model.latent.TinyAutoencoder;
import dev.calotype.model.latent.VqAutoencoder;
import dev.calotype.nn.Activation;
import dev.calotype.settings.Check;
import java.util.ArrayList;
import java.util.List;

/**
 * Which autoencoder learns.
 *
 * @param latent channels of latents
 * @param widths of the levels, finest first; each further level halves the resolution. Those of a tiny one are all alike
 * @param blocks residual blocks of a level; the finest of a tiny one has one
 * @param groups of normalisations, of which a tiny one has none
 * @param attention whether the middle attends; never of a tiny one
 * @param codes of one with a codebook
 */
public record NetworkSettings(
        Architecture architecture,
        int latent,
        List<Integer> widths,
        int blocks,
        int groups,
        boolean attention,
        int codes) {
    /** The networks. */
    public enum Architecture {
        /** That of Stable Diffusion, whose latents are normal distributions (Rombach et al. 2022). */
        KL,
        /** The same, whose latents are replaced by the nearest of some codes (Esser et al. 2021). */
        VQ,
        /** That of TAESD: convolutions and ReLU (Bohan 2023). */
        TINY
    }

    public NetworkSettings {
        widths = List.copyOf(widths);
        boolean tiny = architecture == Architecture.TINY;
        Check.that(!widths.isEmpty() && widths.size() <= 8, "network.widths must be of 1 to 8 levels", widths);
        Check.that(
                !tiny || widths.stream().distinct().count() == 1,
                "network.widths of a tiny autoencoder must be all alike",
                widths);
        Check.that(!tiny || !attention, "network.attention of a tiny autoencoder must be false", attention);
        Check.range("network.latent", latent, 1, 1024);
        Check.range("network.blocks", blocks, 1, 16);
        Check.range("network.codes", codes, 2, 1 << 20);
        if (tiny) tiny(3, latent, widths, blocks, LatentScale.NONE);
        else kl(3, latent, widths, blocks, groups, attention, LatentScale.NONE);
    }

    /** Whether latents are replaced by codes. */
    boolean isQuantised() {
        return architecture == Architecture.VQ;
    }

    /** How many times smaller latents are than pictures, per side. */
    int factor() {
        return 1 << (widths.size() - 1);
    }

    /**
     * The network, whose weights are still to be drawn or read.
     *
     * @param channels of pictures
     * @param codebook what is lowered of one
     */
    LatentNetwork network(int channels, CodebookWeights codebook, LatentScale scale) {
        return switch (architecture) {
            case KL -> new KlAutoencoder(kl(channels, latent, widths, blocks, groups, attention, scale));
            case VQ ->
                new VqAutoencoder(new VqAutoencoder.Config(
                        channels,
                        latent,
                        latent,
                        widths,
                        blocks,
                        groups,
                        Activation.SILU,
                        attention,
                        List.of(),
                        List.of(),
                        codebook.codes(codes),
                        scale));
            case TINY -> new TinyAutoencoder(tiny(channels, latent, widths, blocks, scale));
        };
    }

    private static KlAutoencoder.Config kl(
            int channels,
            int latent,
            List<Integer> widths,
            int blocks,
            int groups,
            boolean attention,
            LatentScale scale) {
        return new KlAutoencoder.Config(
                channels, latent, widths, blocks, groups, Activation.SILU, attention, true, true, scale);
    }

    private static TinyAutoencoder.Config tiny(
            int channels, int latent, List<Integer> widths, int blocks, LatentScale scale) {
        int width = widths.get(0);
        List<Integer> encoder = new ArrayList<>(), decoder = new ArrayList<>();
        for (int i = 0; i < widths.size(); i++) {
            encoder.add(i == 0 ? 1 : blocks);
            decoder.add(i == widths.size() - 1 ? 1 : blocks);
        }
        return new TinyAutoencoder.Config(
                channels, latent, width, encoder, width, decoder, Activation.RELU, false, scale);
    }
}
