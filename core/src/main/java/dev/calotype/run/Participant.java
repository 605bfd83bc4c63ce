package dev.calotype.run;

import dev.calotype.checkpoint.Digest;
import dev.calotype.collective.Order;
import dev.calotype.collective.Ranks;
import dev.calotype.data.Batches;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.Task;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.experiment.tune.Start;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.train.Learner;
import dev.calotype.train.LearningRate;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * What every process of a training has alike: the streams of its seed, its part of every batch, and what it is agreed upon with the
 * others. A training of one process has one participant.
 */
record Participant(Experiment experiment, Placement placement, ImageDataset data, Ranks ranks) {
    private static final long WEIGHTS = 1, NOISE = 2, ORDER = 3, ADAPTERS = 4; // names of the seed's streams

    private Rng rng() {
        return Rng.of(experiment.seed());
    }

    /** The seed of first factors. */
    long adapters() {
        return rng().fork(ADAPTERS).nextLong();
    }

    /** What a learner is made of; the learning rate follows the clock where the length is given in minutes. */
    Task.Setting setting(TrainingClock clock, Start start) {
        TrainingSettings settings = experiment.training();
        LearningRate rate = settings.rate();
        return new Task.Setting(
                settings,
                placement,
                settings.resolvedWorkers(placement.device()),
                i -> rate.at(i, settings.progress(i - 1, clock.seconds())),
                rng().fork(WEIGHTS),
                rng().fork(NOISE),
                start,
                ranks);
    }

    /** Its part of the batches from that of a step on. */
    Batches batches(long firstStep) {
        long seed = rng().fork(ORDER).nextLong();
        Batches.Plan plan = Batches.Plan.of(experiment.training().batch(), seed)
                .from(firstStep)
                .tolerating(experiment.data().corruptTolerance())
                .part(ranks.rank(), ranks.world());
        return new Batches(data, experiment.data().preparation(), plan);
    }

    /** Tells the others what is trained, with what is found out on the machine of rank 0. */
    void tell() {
        if (!ranks.several()) return;
        int workers = experiment.training().resolvedWorkers(placement.device());
        Experiment settled = Recipe.with(
                experiment,
                List.of("training.workers=" + workers, "training.precision=" + Kebab.of(placement.precision())));
        Order.give(ranks, Training.ORDER, Recipe.write(settled));
    }

    /** Gives all the state of rank 0 after so many steps and seconds, which all return: whether something is left to be trained. */
    boolean begin(Learner step, TrainingClock clock, boolean more, Saved saved) throws IOException {
        if (!ranks.several()) return more;
        double[] said = ranks.follow(step.steps(), clock.seconds(), more ? 1 : 0);
        if (said[2] == 0) return false;
        if (step.isWhole()) copy(step, (long) said[0]);
        else if (said[0] > 0) spread(step, (long) said[0], saved);
        clock.start(said[1]);
        return true;
    }

    /** What rank 0 was restored from, read once more. */
    interface Saved {
        /** In the caller's scope. */
        Map<String, Tensor> read() throws IOException;
    }

    private void spread(Learner step, long steps, Saved saved) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            step.spread(ranks.first() ? saved.read() : Map.of(), steps);
        }
    }

    private void copy(Learner step, long steps) {
        ranks.followAll(new TreeMap<>(step.state()).values());
        step.restore(step.state(), steps);
    }

    /** What rank 0 thinks, once it needs no more help; between two averagings nobody is asked, and all go on. */
    boolean agree(Learner step, boolean own) {
        if (!step.isSettled()) return false;
        while (true) {
            int said = (int) ranks.follow(own ? 1 : 0)[0];
            if (said < Learner.ASSIST) return said == 1;
            step.assist(said - Learner.ASSIST);
        }
    }

    /** One for which the others wait, as rank 0 sees it. */
    Optional<Incident> straggler(Learner step, double seconds) {
        return step.straggler().map(said -> new Incident(step.steps(), seconds, Incident.Kind.STRAGGLER, said));
    }

    /**
     * The hash of the weights at the end.
     *
     * @throws IllegalStateException if they are not those of rank 0
     */
    String end(Learner step) {
        String own = step.isWhole() || ranks.first() ? Scope.read(() -> Digest.of(step.weights())) : "";
        agree(step, true);
        String first = ranks.follow(own);
        if (!step.isWhole()) return first;
        if (!own.equals(first))
            throw new IllegalStateException(
                    "rank " + ranks.rank() + " has other weights than rank 0: " + own + " and " + first);
        return own;
    }
}
