package dev.calotype.kind.classifier;

import dev.calotype.data.Batch;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.OnePass;
import dev.calotype.data.Selected;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.ObjectiveTask;
import dev.calotype.judge.Naming;
import dev.calotype.metric.Classification;
import dev.calotype.model.ClassifierNetwork;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.GradientStep.PartRates;
import dev.calotype.train.Objective;
import dev.calotype.train.mixing.Mixing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Trains a classifier by the cross-entropy with shares of classes. */
final class ClassifierTask implements ObjectiveTask<ClassifierNetwork> {
    private static final Logger LOG = LoggerFactory.getLogger(ClassifierTask.class);
    private static final int PART = 64; // samples that are read together, of so many bytes at most
    private static final long PART_BYTES = 32 << 20;
    private static final long TEST_SEED = 0x5EED;
    private static final long DROPOUT = 0, MIXING = 1;

    private final ClassifierExperiment experiment;
    private final Policy policy;
    private final List<Batch> tests;

    private ClassifierTask(ClassifierExperiment experiment, Policy policy, List<Batch> tests) {
        this.experiment = experiment;
        this.policy = policy;
        this.tests = tests;
    }

    /**
     * @param data what is learned from, borrowed
     * @throws IllegalArgumentException if what it is tested on cannot be opened, or has other classes
     */
    static ClassifierTask of(ClassifierExperiment experiment, Policy policy, ImageDataset data) {
        if (experiment.test().source().isEmpty())
            return new ClassifierTask(experiment, policy, tests(experiment, data));
        DataSettings settings = experiment.data();
        String source = experiment.testSource();
        try (ImageDataset test = DataSets.open(source, settings)) {
            return new ClassifierTask(experiment, policy, tests(experiment, Selected.labelled(test)));
        } catch (IOException e) {
            throw new IllegalArgumentException("test.source: " + e.getMessage(), e);
        }
    }

    private static List<Batch> tests(ClassifierExperiment experiment, ImageDataset data) {
        int[] known = Naming.labels(experiment.classes(), data);
        long each = MemoryEstimate.pixels(experiment),
                memory = Runtime.getRuntime().maxMemory();
        int wanted = (int) Math.min(data.size(), experiment.test().duringTraining()),
                count = held(wanted, each, memory);
        if (count < wanted)
            LOG.warn(
                    "{} of the {} samples of test.duringTraining are named at checkpoints: more do not fit into half of Java's"
                            + " memory, {} MB",
                    count,
                    wanted,
                    memory / 2 >> 20);
        int part = (int) Math.max(1, Math.min(Math.min(PART, count), PART_BYTES / each));
        List<Batch> tests = new ArrayList<>();
        try (OnePass pass = new OnePass(data, experiment.data().preparation(), part, TEST_SEED, count)) {
            while (pass.hasNext()) tests.add(Naming.relabelled(pass.next(), known));
        }
        return tests;
    }

    /** How many of so many samples of so many bytes are held for the whole training. */
    static int held(int wanted, long each, long memory) {
        return (int) Math.max(1, Math.min(wanted, memory / 2 / each));
    }

    @Override
    public ClassifierNetwork network(Rng rng) {
        ClassifierNetwork network = experiment.network(rng);
        experiment.init().into(network, experiment.classes());
        network.recompute(policy);
        return network;
    }

    @Override
    public PartRates rates() {
        return experiment.init().rates();
    }

    @Override
    public Objective<ClassifierNetwork> objective() {
        return (network, batch, rng) -> BatchLoss.of(loss(network, batch, rng));
    }

    private Tensor loss(ClassifierNetwork network, Batch batch, Rng rng) {
        network.reseed(rng.fork(DROPOUT).nextLong());
        return Scope.tidy(() -> {
            Tensor clean = batch.samples(Device.of(network)); // (N, C, H, W), of clips (N, T, C, H, W)
            Mixing.Pairs mixed = experiment
                    .mixing()
                    .apply(
                            clean,
                            batch.labels(),
                            experiment.classes().size(),
                            experiment.data().augment().repeats(),
                            rng.fork(MIXING));
            return torch.cross_entropy_loss(network.forward(mixed.images()), mixed.shares());
        });
    }

    @Override
    public Appraisal appraise(ClassifierNetwork averaged) {
        Classification.Counter counter = new Classification.Counter(experiment.classes());
        for (Batch test : tests)
            for (Batch part : test.atMost(experiment.training().largestPart()))
                counter.add(
                        Scope.read(() -> Tensors.doubles(averaged.forward(part.samples(Device.of(averaged))))),
                        part.labels());
        return Appraisal.of(1 - counter.result().top1());
    }
}
