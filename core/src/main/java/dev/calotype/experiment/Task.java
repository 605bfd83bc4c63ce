package dev.calotype.experiment;

import dev.calotype.collective.Ranks;
import dev.calotype.experiment.tune.Start;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.train.GradientStep;
import dev.calotype.train.Learner;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongToDoubleFunction;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** What is peculiar to one kind of training; a run does the rest. */
public interface Task<N extends Module> {
    /** A fresh network. */
    N network(Rng rng);

    /**
     * What a learner is made of.
     *
     * @param workers replicas, one thread each
     * @param rate the learning rate of a step, counted from 1
     * @param weights the source of starting weights
     * @param noise the source of all else
     * @param start what networks begin with, and what of them learns
     * @param ranks the processes that share every step
     */
    record Setting(
            TrainingSettings training,
            Placement placement,
            int workers,
            LongToDoubleFunction rate,
            Rng weights,
            Rng noise,
            Start start,
            Ranks ranks) {
        /** The replicas of a network that {@code fresh} makes, with what they begin with, where they are to compute. */
        public <M extends Module> List<M> replicas(Function<Rng, M> fresh) {
            List<M> replicas = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                M replica = fresh.apply(weights);
                if (i == 0) start.into(replica); // the others get the weights of the first
                replicas.add(placement.device().move(replica));
            }
            return replicas;
        }

        /** How these replicas are trained. */
        public GradientStep.Options options() {
            return training.options().with(start.adaptation());
        }
    }

    /** Why its steps cannot be shared by several processes; empty where they can. */
    default Optional<String> alone() {
        return Optional.of("trainings of its kind need the whole batch in one process");
    }

    /** What trains fresh networks; {@link #network} of the same source is one of them. */
    Learner learner(Setting setting);

    /** State of the objective that the next steps depend on, by name, in the caller's scope. */
    default Map<String, Tensor> state() {
        return Map.of();
    }

    /** Takes back what {@link #state} gave. */
    default void restore(Map<String, Tensor> state) {}

    /** What a network with averaged weights is worth, on images and noise that stay the same. */
    Appraisal appraise(N averaged) throws IOException;

    /** What a step shows to go wrong, if anything does, after so many {@code seconds} of training. */
    default Optional<Incident> watch(StepReport report, double seconds) {
        return Optional.empty();
    }

    /** Draws what the network can do to {@code samples/NAME.png}, if there is anything to see. */
    default void draw(N averaged, Path file) throws IOException {}
}
