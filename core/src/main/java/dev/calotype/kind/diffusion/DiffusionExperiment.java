package dev.calotype.kind.diffusion;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.calotype.diffusion.Variance;
import dev.calotype.experiment.ConditionSettings;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.EvaluationSettings;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.SamplingSettings;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.UNet;
import dev.calotype.run.RunDirectory;
import dev.calotype.settings.Check;
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
        implements GenerativeExperiment {
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
    public UNet.Ports ports() {
        int out = process.variance() == Variance.LEARNED_RANGE ? 2 * data.channels() : data.channels();
        return new UNet.Ports(
                data.channels(), out, labelled() ? condition.classes().size() + 1 : 0);
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
