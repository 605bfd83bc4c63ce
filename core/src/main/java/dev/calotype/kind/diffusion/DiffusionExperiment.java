package dev.calotype.kind.diffusion;

import dev.calotype.diffusion.Variance;
import dev.calotype.experiment.ConditionSettings;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.EvaluationSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Stepwise;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.settings.Check;
import java.util.List;
import java.util.Map;

/** A diffusion model of images: what is learned from, by what network, how, and how it is sampled and judged. */
public record DiffusionExperiment(
        String name,
        long seed,
        DataSettings data,
        ConditionSettings condition,
        UNet.Config network,
        ProcessSettings process,
        TrainingSettings training,
        SamplingSettings sampling,
        EvaluationSettings evaluation)
        implements GenerativeExperiment, Stepwise {
    public DiffusionExperiment {
        Experiment.requireName(name);
        Check.that(
                data.size() % network.coarsest() == 0,
                "data.size must be a multiple of " + network.coarsest()
                        + ", the factor of the network's coarsest level",
                data.size());
        sampling.sampler(process.process());
    }

    @Override
    public void requireTrainable() {
        GenerativeExperiment.super.requireTrainable();
        Check.that(
                labelled() || sampling.guidance() == 1,
                "sampling.guidance must be 1 where condition.by is none",
                sampling.guidance());
        Check.that(
                !labelled() || knowsNoClass() || condition.dropout() == 0 && sampling.guidance() == 1,
                "condition.dropout must be 0 and sampling.guidance 1 with a network that knows no class for none",
                condition.dropout() + " and " + sampling.guidance());
        requireEtaOfDdim(sampling);
    }

    private static void requireEtaOfDdim(SamplingSettings sampling) {
        Check.that(
                sampling.eta() == 0 || sampling.method() == SamplingSettings.Method.DDIM,
                "sampling.eta is of the sampler ddim and must be 0 with another",
                sampling.eta());
    }

    @Override
    public int steps() {
        return process.steps();
    }

    @Override
    public SamplingSettings sampling(Map<String, String> asked) {
        SamplingSettings wanted = sampling.with(asked, process.steps());
        if (asked.containsKey("eta")) requireEtaOfDdim(wanted);
        Check.that(
                labelled() || !asked.containsKey("guidance"),
                "guidance needs a model with classes, which " + name + " has not",
                asked.get("guidance"));
        Check.that(
                wanted.guidance() == 1 || !labelled() || knowsNoClass(),
                "guidance must be 1, as the network of " + name + " knows no class for none",
                wanted.guidance());
        wanted.sampler(process.process());
        return wanted;
    }

    /** What goes into the network and comes out. */
    public UNet.Ports ports() {
        int out = process.variance() == Variance.LEARNED_RANGE ? 2 * data.channels() : data.channels();
        return new UNet.Ports(
                data.channels(), out, labelled() ? condition.classes().size() + (knowsNoClass() ? 1 : 0) : 0);
    }

    /** Whether the network has a row of its table for images of no class in particular, as guidance needs. */
    boolean knowsNoClass() {
        return labelled() && network.variant().time().labels() == UNetVariant.Labels.TABLE;
    }

    /** The label that stands for no class. */
    int noClass() {
        return condition.classes().size();
    }

    @Override
    public DiffusionExperiment withClasses(List<String> classes) {
        var known = condition.resolved(classes, data);
        return new DiffusionExperiment(name, seed, data, known, network, process, training, sampling, evaluation);
    }
}
