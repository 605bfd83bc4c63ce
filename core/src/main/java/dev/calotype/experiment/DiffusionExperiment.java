package dev.calotype.experiment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.calotype.diffusion.Variance;
import dev.calotype.model.UNet;
import java.util.List;

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
        implements Experiment {
    public DiffusionExperiment {
        RunDirectory.requireName(name);
        Check.that(
                data.size() % network.coarsest() == 0,
                "data.size must be a multiple of " + network.coarsest()
                        + ", the factor of the network's coarsest level",
                data.size());
        sampling.sampler(process.process());
    }

    @Override
    @JsonIgnore
    public Kind kind() {
        return Kind.DIFFUSION;
    }

    /** What goes into the network and comes out. */
    UNet.Ports ports() {
        int out = process.variance() == Variance.LEARNED_RANGE ? 2 * data.channels() : data.channels();
        return new UNet.Ports(
                data.channels(), out, labelled() ? condition.classes().size() + 1 : 0);
    }

    /** The data set of real images that samples are judged against. */
    public String reference() {
        return evaluation.against().isEmpty() ? data.source() : evaluation.against();
    }

    boolean labelled() {
        return condition.by() == ConditionSettings.By.LABEL;
    }

    /** The label that stands for no class. */
    int noClass() {
        return condition.classes().size();
    }

    /** The experiment with the classes of the data set that it turned out to have. */
    DiffusionExperiment withClasses(List<String> classes) {
        Check.that(
                !labelled() || !classes.isEmpty(),
                "condition.by is label, but the data set has no classes",
                data.source());
        Check.that(
                condition.classes().isEmpty() || condition.classes().equals(classes),
                "condition.classes must be those of the data set " + classes,
                condition.classes());
        var known = new ConditionSettings(condition.by(), condition.dropout(), labelled() ? classes : List.of());
        return new DiffusionExperiment(name, seed, data, known, network, process, training, sampling, evaluation);
    }
}
