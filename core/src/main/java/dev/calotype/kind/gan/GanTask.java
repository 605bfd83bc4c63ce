package dev.calotype.kind.gan;

import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Incident;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Scores;
import dev.calotype.experiment.Task;
import dev.calotype.image.Images;
import dev.calotype.image.PngFile;
import dev.calotype.judge.DuringTraining;
import dev.calotype.judge.Measure;
import dev.calotype.model.DiscriminatorNetwork;
import dev.calotype.model.GeneratorNetwork;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.AdversarialStep;
import dev.calotype.train.Learner;
import dev.calotype.train.StepReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Trains a generator against a discriminator. */
final class GanTask implements Task<GeneratorNetwork> {
    private static final long GENERATOR = 1, DISCRIMINATOR = 2; // names of the streams of weights
    private static final int GRID = 4;
    private static final String WATCH = "watch"; // name of its state

    private final GanExperiment experiment;
    private final GameWatch watch;

    GanTask(GanExperiment experiment) {
        this.experiment = experiment;
        watch = new GameWatch(experiment.game().loss());
    }

    @Override
    public GeneratorNetwork network(Rng rng) {
        return experiment.generator(rng.fork(GENERATOR));
    }

    @Override
    public Learner learner(Setting setting) {
        List<GeneratorNetwork> generators = new ArrayList<>();
        List<DiscriminatorNetwork> discriminators = new ArrayList<>();
        Device device = setting.placement().device();
        for (int i = 0; i < setting.workers(); i++) {
            generators.add(device.move(network(setting.weights())));
            discriminators.add(
                    device.move(experiment.discriminator(setting.weights().fork(DISCRIMINATOR))));
        }
        return new AdversarialStep(
                new AdversarialStep.Players(generators, discriminators),
                setting.placement().precision(),
                experiment.game().rules(),
                experiment.game().options(experiment.training()),
                setting.rate(),
                setting.noise());
    }

    /** Worth the FID of images that are always of the same seed. */
    @Override
    public Appraisal appraise(GeneratorNetwork averaged) throws IOException {
        Drawing drawing = GanModel.settled(experiment, averaged).drawing(DuringTraining.SEED, Request.ANY);
        Scores score = DuringTraining.score(experiment, drawing, Device.of(averaged), Measure.DIVERSITY)
                .orElseThrow();
        return new Appraisal(score.number("fid"), () -> Optional.of(score));
    }

    @Override
    public void draw(GeneratorNetwork averaged, Path file) throws IOException {
        Drawing drawing = GanModel.settled(experiment, averaged).drawing(experiment.seed(), Request.ANY);
        PngFile.write(file, Images.grid(Scope.read(() -> Images.pictures(drawing.images(0, GRID * GRID))), GRID, 2));
    }

    @Override
    public Map<String, Tensor> state() {
        double[] seen = watch.state();
        return Map.of(WATCH, Tensors.ofDoubles(seen, seen.length));
    }

    /** What checkpoints did not hold before there was a watch is forgotten. */
    @Override
    public void restore(Map<String, Tensor> state) {
        if (state.containsKey(WATCH)) watch.restore(Tensors.doubles(state.get(WATCH)));
    }

    @Override
    public Optional<Incident> watch(StepReport report, double seconds) {
        return watch.see(report, seconds);
    }
}
