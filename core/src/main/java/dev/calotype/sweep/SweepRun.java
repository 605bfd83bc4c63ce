package dev.calotype.sweep;

import dev.calotype.data.ImageDataset;
import dev.calotype.drawing.Gallery;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Milestone;
import dev.calotype.experiment.NamesClasses;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.TellsLikelihood;
import dev.calotype.io.Claim;
import dev.calotype.io.Progress;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.Judge;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Naming;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.Statistics;
import dev.calotype.run.TrainedFile;
import dev.calotype.run.Training;
import dev.calotype.run.TrainingObserver;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.train.DivergenceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains and measures the trials of a sweep in this process. Whatever is done is skipped, and a training that was
 * stopped goes on from its checkpoint, so that it may be killed at any moment and started again.
 *
 * @param observer of every training
 * @param progress of everything else
 */
public record SweepRun(Sweep sweep, SweepDirectory directory, TrainingObserver observer, Progress progress) {
    private static final Logger LOG = LoggerFactory.getLogger(SweepRun.class);
    private static final int PICTURES = 16;
    private static final int FRAMES = 10;

    /** Runs every trial, one after another, and writes the table. */
    public SweepTable all() throws IOException {
        try (Claim claim = directory.claim()) {
            for (Trial trial : sweep.trials()) {
                one(trial);
                if (observer.stopRequested() || Thread.currentThread().isInterrupted()) break;
            }
            return SweepTable.write(sweep, directory);
        }
    }

    /**
     * Runs what is left of one trial, after any other process that works on it.
     *
     * @throws IllegalArgumentException if the sweep has no such trial
     */
    public void one(String id) throws IOException {
        for (Trial trial : sweep.trials())
            if (trial.id().equals(id)) {
                one(trial);
                return;
            }
        throw new IllegalArgumentException("the sweep " + directory.root() + " has no trial " + id);
    }

    /** {@link #one(String)} of a trial of the sweep, whose experiment may say more of this machine. */
    public void one(Trial trial) throws IOException {
        if (directory.done(trial, sweep.measurement())) return;
        try (Claim claim = directory.claim(trial, LOG::warn)) {
            if (!train(trial, claim)) return;
            if (trial.names()) name(trial);
            else if (trial.draws()) {
                likelihood(trial);
                judge(trial);
            }
        }
    }

    private boolean train(Trial trial, Claim claim) throws IOException {
        if (directory.trained(trial).isPresent()) return true;
        if (directory.failed(trial).isPresent()) return false;
        try {
            Training.Outcome outcome = Training.startOrResume(trial.experiment(), claim, observer);
            if (!outcome.finished()) return false;
            directory.write(trial, trained(trial.experiment(), outcome));
            return true;
        } catch (DivergenceException e) {
            directory.write(trial, new SweepDirectory.Failed(e.getMessage()));
            return false;
        }
    }

    private static SweepDirectory.Trained trained(Experiment experiment, Training.Outcome outcome) throws IOException {
        RunDirectory run = outcome.run();
        long memory = Statistics.read(run.statisticsFile()).stream()
                .mapToLong(Statistics::memoryMb)
                .max()
                .orElse(0);
        List<Milestone> milestones = Milestone.read(run.milestonesFile());
        double images = (double) outcome.step() * experiment.training().batch();
        return new SweepDirectory.Trained(
                outcome.step(),
                outcome.seconds(),
                images / Math.max(1e-9, outcome.seconds()),
                memory,
                milestones.get(milestones.size() - 1).validation(),
                outcome.weightsHash());
    }

    private void likelihood(Trial trial) throws IOException {
        Measurement.LikelihoodPlan plan = sweep.measurement().likelihood();
        if (plan.images() == 0 || directory.likelihood(trial, plan).isPresent()) return;
        Placement placement = new Placement(device(trial), Precision.FP32);
        try (TellsLikelihood model = TrainedFile.open(directory.trial(trial), Capability.TELLS_LIKELIHOOD, placement);
                ImageDataset data = DataSets.open(
                        plan.source(trial.generative()), trial.experiment().data())) {
            directory.write(trial, plan, model.likelihood(data, plan.images(), plan.steps(), progress));
        }
    }

    /** Tests a classifier on all of its test pictures. */
    private void name(Trial trial) throws IOException {
        if (directory.done(trial, sweep.measurement())) return;
        Placement placement = trial.experiment().training().placement();
        DataSettings settings = trial.experiment().data();
        try (NamesClasses model = TrainedFile.open(directory.trial(trial), Capability.NAMES_CLASSES, placement);
                ImageDataset data = DataSets.open(model.testSource(), settings)) {
            directory.write(
                    trial, Naming.of(model.classifier(), data, settings.preparation(), Long.MAX_VALUE, progress));
        }
    }

    private void judge(Trial trial) throws IOException {
        Measurement measurement = sweep.measurement();
        if (directory.done(trial, measurement)) return;
        Device device = device(trial);
        Placement placement = new Placement(device, Precision.best(device));
        try (DrawsImages model = TrainedFile.open(directory.trial(trial), Capability.DRAWS_IMAGES, placement);
                FeatureNetwork network = FeatureNetworks.open(measurement.network(trial.generative()), device);
                ImageDataset real = open(trial, measurement.against(trial.generative()))) {
            Judge judge = new Judge(
                    network,
                    EvaluationProtocol.standard(),
                    trial.generative().evaluation().foreignJudge(),
                    progress);
            for (Trial.Variant variant : trial.variants()) {
                if (directory.judgement(trial, variant).isPresent()) continue;
                var request = new Request(variant.sampling(), measurement.seed(), Request.ANY);
                Gallery gallery = new Gallery(model, progress);
                gallery.sample(request, PICTURES, directory.picture(trial, variant));
                Path between = directory.interpolation(trial, variant);
                if (Kinds.capabilities(trial.experiment()).contains(Capability.WALKS_BETWEEN))
                    gallery.interpolate(request, request.seed() + 1, FRAMES, between);
                TimedDrawing drawing = new TimedDrawing(model.drawing(request));
                Judgement judgement = judge.drawing(drawing, real, measurement.images(), measurement.measures());
                directory.write(trial, variant, new SweepDirectory.Drawn(drawing.secondsPerImage()));
                directory.write(trial, variant, judgement);
            }
        }
    }

    /** Where a trial was trained: so it is measured. */
    private static Device device(Trial trial) {
        return trial.experiment().training().placement().device();
    }

    private static ImageDataset open(Trial trial, String source) throws IOException {
        DataSettings data = trial.experiment().data();
        return DataSets.open(source, data.size(), data.channels());
    }
}
