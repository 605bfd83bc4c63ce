package dev.calotype.restoration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.model.DeepDecoder;
import dev.calotype.model.Hourglass;
import dev.calotype.model.PriorNetwork;
import dev.calotype.model.SkipNet;
import dev.calotype.restore.DeepImagePrior;
import dev.calotype.restore.Masking;
import dev.calotype.restore.Observation;
import dev.calotype.restore.PriorInput;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.StoppingRule;
import dev.calotype.restore.UntrainedPrior;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A deep image prior as people write it.
 *
 * @param width channels of every level of a network with skip connections but the small one; 0 for those that were published
 * @param jury rules by name, each a mapping of what differs from {@code rule}, which say what they would have answered in
 *     the same fit; an empty text for none
 */
record DipSettings(
        Network network,
        int width,
        PriorInput.Kind input,
        int channels,
        double jitter,
        double learningRate,
        double smoothing,
        double totalVariation,
        double langevin,
        int seeds,
        RuleSettings rule,
        JsonNode jury)
        implements MethodSettings {
    /** Which network. */
    enum Network {
        /** {@link #SKIP_INPAINTING} for missing pixels, else {@link #SKIP}. */
        AUTO,
        SKIP,
        SKIP_SMALL,
        SKIP_INPAINTING,
        /** A plain U-Net. */
        UNET,
        /** The same without what joins the ways down and back. */
        ENCODER_DECODER,
        DEEP_DECODER;

        private boolean isWide() {
            return this == AUTO || this == SKIP || this == SKIP_INPAINTING;
        }
    }

    private static final MethodSettings DENOISER = Methods.usual("denoiser");
    private static final int MOST = 1024;
    private static final int LEVELS = 5, SKIP = 4; // of the published networks

    private static final DeepDecoder.Config DECODER = new DeepDecoder.Config(5, 128);

    DipSettings {
        if (width < 0 || width > MOST) throw new IllegalArgumentException("width must be in 0.." + MOST + ": " + width);
        if (width > 0 && !network.isWide())
            throw new IllegalArgumentException("width is for the networks auto, skip and skip-inpainting: " + network);
        RuleSettings.named(jury, rule);
    }

    @Override
    public DeepImagePrior restorer(Equipment equipment, Observation observation) throws IOException {
        return new DeepImagePrior(
                prior(observation, equipment.placement()), rule.rule(observation), before(equipment, observation));
    }

    /** Whose answer a fit begins from; null for none. */
    Restorer before(Equipment equipment, Observation observation) throws IOException {
        return input == PriorInput.Kind.ESTIMATE ? DENOISER.restorer(equipment, observation) : null;
    }

    @Override
    public Set<Want> wants() {
        return input == PriorInput.Kind.ESTIMATE ? Set.of(Want.DENOISER) : Set.of();
    }

    @Override
    public Map<String, StoppingRule> jury(Observation observation) {
        Map<String, StoppingRule> rules = new LinkedHashMap<>();
        RuleSettings.named(jury, rule).forEach((name, settings) -> rules.put(name, settings.rule(observation)));
        return rules;
    }

    UntrainedPrior prior(Observation observation, Placement placement) {
        return new UntrainedPrior(
                architecture(observation),
                new PriorInput(input, channels, jitter),
                new UntrainedPrior.Fitting(learningRate, smoothing, totalVariation, langevin, seeds),
                placement);
    }

    private PriorNetwork.Architecture architecture(Observation observation) {
        return switch (network) {
            case AUTO -> observation.operator() instanceof Masking ? inpainting() : denoising();
            case SKIP -> denoising();
            case SKIP_SMALL -> SkipNet.Config.small();
            case SKIP_INPAINTING -> inpainting();
            case UNET -> Hourglass.Config.unet();
            case ENCODER_DECODER -> Hourglass.Config.encoderDecoder();
            case DEEP_DECODER -> DECODER;
        };
    }

    private SkipNet.Config denoising() {
        return width == 0
                ? SkipNet.Config.denoising()
                : SkipNet.Config.even(LEVELS, width, SKIP, SkipNet.Upsampling.BILINEAR);
    }

    private SkipNet.Config inpainting() {
        return width == 0
                ? SkipNet.Config.inpainting()
                : SkipNet.Config.even(LEVELS, width, width, SkipNet.Upsampling.NEAREST);
    }

    /** Whether it is left to the time how wide the network is. */
    boolean isOpen() {
        return network == Network.AUTO && width == 0;
    }
}
