package dev.calotype.study;

import dev.calotype.model.PriorNetwork;
import dev.calotype.model.SkipNet;
import dev.calotype.restore.DeepImagePrior;
import dev.calotype.restore.Masking;
import dev.calotype.restore.Observation;
import dev.calotype.restore.PriorInput;
import dev.calotype.restore.UntrainedPrior;
import dev.calotype.tensor.Placement;

/** A deep image prior as people write it. */
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
        RuleSettings rule) {
    /** Which network. */
    enum Network {
        /** {@link #SKIP_INPAINTING} for missing pixels, else {@link #SKIP}. */
        AUTO,
        SKIP,
        SKIP_SMALL,
        SKIP_INPAINTING
    }

    DeepImagePrior restorer(Observation observation, Placement placement) {
        return new DeepImagePrior(prior(observation, placement), rule.rule(observation));
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
                observation.operator() instanceof Masking
                        ? SkipNet.Config.inpainting()
                        : SkipNet.Config.denoising();
            case SKIP -> SkipNet.Config.denoising();
            case SKIP_SMALL -> SkipNet.Config.small();
            case SKIP_INPAINTING -> SkipNet.Config.inpainting();
        };
    }
}
