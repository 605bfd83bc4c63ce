package dev.calotype.kind.classifier;

import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.TrainingSettings;
import dev.calotype.model.ClassifierNetwork;
import dev.calotype.model.NetworkCost;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Rng;
import dev.calotype.train.mixing.Mixing;
import java.util.List;

/**
 * A network that learns to name what is in pictures or clips.
 *
 * @param classes the names behind the labels; empty in a recipe, filled from the data set when a run starts
 * @param init what the network begins with
 * @param mixing how pictures and labels of a batch are mixed
 * @param test what it is tested on
 */
public record ClassifierExperiment(
        String name,
        long seed,
        DataSettings data,
        List<String> classes,
        Architecture network,
        Beginning init,
        Mixing mixing,
        Test test,
        TrainingSettings training)
        implements Experiment {
    private static final String TRAIN = ":train";

    /**
     * Pictures that are not learned from.
     *
     * @param source a data set; {@code :test} is that part of the one learned from; empty for the pictures learned from
     * @param duringTraining how many are named at every checkpoint, at least 1
     */
    public record Test(String source, int duringTraining) {
        public Test {
            Check.range("duringTraining", duringTraining, 1, 10_000_000);
        }
    }

    public ClassifierExperiment {
        Experiment.requireName(name);
        classes = List.copyOf(classes);
        network.check(data);
    }

    @Override
    public void requireTrainable() {
        init.requireThere();
        int repeats = data.augment().repeats();
        Check.that(
                !mixing.pairs() || training.smallestPart() >= 2 * repeats,
                "with mixing.mixup or mixing.cutmix a worker must compute two pictures at once"
                        + (repeats > 1 ? ", each of them " + repeats + " times" : "") + ": raise training.batch,"
                        + " or lower training.workers or training.accumulate; at once it has",
                training.smallestPart());
    }

    @Override
    public ClassifierExperiment withClasses(List<String> known) {
        Check.that(!known.isEmpty(), "a classifier needs a data set with classes", data.source());
        data.requireUnmirrored(known);
        Check.that(
                classes.isEmpty() || classes.equals(known), "classes must be those of the data set " + known, classes);
        return new ClassifierExperiment(name, seed, data, known, network, init, mixing, test, training);
    }

    /** The data set that it is tested on. */
    String testSource() {
        if (test.source().isEmpty()) return data.source();
        if (!test.source().startsWith(":")) return test.source();
        String whole = data.source().endsWith(TRAIN)
                ? data.source().substring(0, data.source().length() - TRAIN.length())
                : data.source();
        return whole + test.source();
    }

    ClassifierNetwork network(Rng rng) {
        return network.network(data, classes.size(), rng);
    }

    NetworkCost cost() {
        return network.cost(data, classes.size());
    }
}
