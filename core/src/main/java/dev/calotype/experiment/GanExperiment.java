package dev.calotype.experiment;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.model.DcganDiscriminator;
import dev.calotype.model.DcganGenerator;
import dev.calotype.nn.DownsamplingUnit.Normalization;
import dev.calotype.train.SlopePenalty;
import java.util.List;

/** A generator of images that is trained against a discriminator. */
public record GanExperiment(
        String name,
        long seed,
        DataSettings data,
        ConditionSettings condition,
        Networks network,
        GameSettings game,
        TrainingSettings training,
        EvaluationSettings evaluation)
        implements GenerativeExperiment {
    /** The two players. */
    public record Networks(DcganGenerator.Config generator, DcganDiscriminator.Config discriminator) {}

    public GanExperiment {
        RunDirectory.requireName(name);
        new DcganGenerator.Ports(data.channels(), data.size(), 0);
        boolean mixes = network.discriminator().normalization() == Normalization.BATCH;
        Check.that(
                !mixes || game.penalty() == SlopePenalty.Kind.NONE,
                "network.discriminator.normalization must be spectral or none beside a game.penalty",
                Kebab.of(network.discriminator().normalization()));
        Check.that(condition.dropout() == 0, "condition.dropout of a gan must be 0", condition.dropout());
        Check.that(training.accumulate() == 1, "training.accumulate of a gan must be 1", training.accumulate());
        Check.that(
                training.recompute() == TrainingSettings.RecomputeChoice.NEVER,
                "training.recompute of a gan must be never",
                Kebab.of(training.recompute()));
        Check.that(training.clip() == 0, "training.clip of a gan must be 0", training.clip());
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

    @Override
    @JsonIgnore
    public Kind kind() {
        return Kind.GAN;
    }

    /** A generator draws an image at once. */
    @Override
    @JsonIgnore
    public SamplingSettings sampling() {
        return SamplingSettings.AT_ONCE;
    }

    /** What goes into the networks and comes out. */
    DcganGenerator.Ports ports() {
        return new DcganGenerator.Ports(
                data.channels(), data.size(), labelled() ? condition.classes().size() : 0);
    }

    @Override
    public GanExperiment withClasses(List<String> classes) {
        return new GanExperiment(
                name, seed, data, condition.resolved(classes, data), network, game, training, evaluation);
    }
}
