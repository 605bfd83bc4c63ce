package dev.calotype.kind.gan;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.calotype.experiment.ConditionSettings;
import dev.calotype.experiment.ConditionSettings.By;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.EvaluationSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.model.DiscriminatorNetwork;
import dev.calotype.model.GanFootprint;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.train.Optimizer;
import java.util.List;
import java.util.Map;

/** A generator of images that is trained against a discriminator. */
public record GanExperiment(
        String name,
        long seed,
        DataSettings data,
        ConditionSettings condition,
        GanNetworks network,
        GameSettings game,
        TrainingSettings training,
        EvaluationSettings evaluation)
        implements GenerativeExperiment {
    public GanExperiment {
        Experiment.requireName(name);
        network.check(data, condition, game);
        Check.that(
                condition.by() == By.NONE || condition.by() == By.LABEL,
                "condition.by of a gan must be none or label",
                Kebab.of(condition.by()));
        Check.that(condition.dropout() == 0, "condition.dropout of a gan must be 0", condition.dropout());
        Check.that(training.accumulate() == 1, "training.accumulate of a gan must be 1", training.accumulate());
        Check.that(
                training.recompute() == TrainingSettings.RecomputeChoice.NEVER,
                "training.recompute of a gan must be never",
                Kebab.of(training.recompute()));
        Check.that(training.clip() == 0, "training.clip of a gan must be 0", training.clip());
        Check.that(
                training.optimizer() == Optimizer.ADAMW,
                "training.optimizer of a gan must be adamw",
                Kebab.of(training.optimizer()));
        Check.that(training.snapshots() == 0, "training.snapshots of a gan must be 0", training.snapshots());
        Check.that(training.weightDecay() == 0, "training.weightDecay of a gan must be 0", training.weightDecay());
        Check.that(
                training.workers() <= training.batch(),
                "training.workers must be at most training.batch",
                training.workers());
        Check.that(
                evaluation.duringTraining() >= EvaluationProtocol.MINIMUM,
                "evaluation.duringTraining of a gan, whose best checkpoint is that of the lowest FID, must be at least "
                        + EvaluationProtocol.MINIMUM,
                evaluation.duringTraining());
    }

    /** A generator draws an image at once. */
    @Override
    @JsonIgnore
    public GanSampling sampling() {
        return GanSampling.USUAL;
    }

    @Override
    public GanSampling sampling(Map<String, String> asked) {
        return GanSampling.of(asked, this);
    }

    /** A fresh generator. */
    GeneratorNetwork generator(Rng rng) {
        return network.generator(data, labels(), rng);
    }

    /** A fresh discriminator. */
    DiscriminatorNetwork discriminator(Rng rng) {
        return network.discriminator(data, labels(), rng);
    }

    /** The memory that the two networks take. */
    public GanFootprint footprint(Precision precision) {
        return network.footprint(data, labels(), precision);
    }

    private int labels() {
        return labelled() ? condition.classes().size() : 0;
    }

    @Override
    public GanExperiment withClasses(List<String> classes) {
        return new GanExperiment(
                name, seed, data, condition.resolved(classes, data), network, game, training, evaluation);
    }
}
