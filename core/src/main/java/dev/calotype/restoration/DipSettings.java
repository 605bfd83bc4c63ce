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
import dev.calotype.restore.StoppingRule;
import dev.calotype.restore.UntrainedPrior;
import dev.calotype.tensor.Placement;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A deep image prior as people write it.
 *
 * @param jury rules by name, each a mapping of what differs from {@code rule}, which say what they would have answered in
 *     the same fit; an empty text for none
 */
record DipSettings(
        Network network,
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
        DEEP_DECODER
    }

    private static final DeepDecoder.Config DECODER = new DeepDecoder.Config(5, 128);

    DipSettings {
        RuleSettings.named(jury, rule);
    }

    @Override
    public DeepImagePrior restorer(Equipment equipment, Observation observation) {
        return new DeepImagePrior(prior(observation, equipment.placement()), rule.rule(observation));
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
            case AUTO ->
                observation.operator() instanceof Masking ? SkipNet.Config.inpainting() : SkipNet.Config.denoising();
            case SKIP -> SkipNet.Config.denoising();
            case SKIP_SMALL -> SkipNet.Config.small();
            case SKIP_INPAINTING -> SkipNet.Config.inpainting();
            case UNET -> Hourglass.Config.unet();
            case ENCODER_DECODER -> Hourglass.Config.encoderDecoder();
            case DEEP_DECODER -> DECODER;
        };
    }
}
