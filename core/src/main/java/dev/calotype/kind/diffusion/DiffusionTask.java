package dev.calotype.kind.diffusion;

import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.data.FixedBatch;
import dev.calotype.data.ImageDataset;
import dev.calotype.diffusion.LossSecondMoment;
import dev.calotype.diffusion.TimestepSampler;
import dev.calotype.embedding.ReadCaptions;
import dev.calotype.embedding.Words;
import dev.calotype.experiment.Appraisal;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.ObjectiveTask;
import dev.calotype.experiment.Request;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.judge.DuringTraining;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.nn.Inference;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Conditioning;
import dev.calotype.train.DiffusionObjective;
import dev.calotype.train.DiffusionObjective.Subject;
import dev.calotype.train.DiffusionObjective.Teacher;
import dev.calotype.train.DiffusionObjective.Way;
import dev.calotype.train.Learner;
import dev.calotype.train.Objective;
import dev.calotype.train.mixing.NonLeakingAugmentation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** Trains a diffusion model. */
final class DiffusionTask implements ObjectiveTask<DiffusionNetwork> {
    private static final int VALIDATION_IMAGES = 64;
    private static final long VALIDATION_SEED = 0x5EED;
    private static final int GRID = 4;
    private static final int GRID_STEPS = 12;

    private final DiffusionExperiment experiment;
    private final Policy policy;
    private final TimestepSampler timesteps;
    private final Way learning;
    private final Words judged; // those that no worker remembers, on its number of threads; null where none are read
    private final Way judging;
    private DiffusionObjective objective;
    private final DiffusionObjective validation;
    private final FixedBatch fixed;
    private final Path run;
    private Distillation distillation; // null where it learns from pictures, and until its teacher is there
    private final int atOnce; // images that are validated and drawn at once: what a step holds of so many is more

    /**
     * @param policy whether the networks recompute
     * @param run beside which its autoencoder is looked for; empty for one that begins
     */
    DiffusionTask(DiffusionExperiment experiment, Policy policy, ImageDataset data, Path run) {
        this.experiment = experiment;
        this.run = run;
        this.policy = policy;
        atOnce = experiment.training().largestPart();
        timesteps = experiment.process().timestepSampler();
        learning = way(experiment, reading(words(experiment, data), conditioning(experiment)));
        judged = words(experiment, data);
        judging = way(experiment, reading(judged, conditioning(experiment)));
        objective = objective(experiment, timesteps, learning);
        validation = objective(
                experiment, TimestepSampler.uniform(experiment.process().steps()), judging.unchanged());
        fixed = new FixedBatch(data, experiment.data().preparation(), VALIDATION_IMAGES, VALIDATION_SEED);
    }

    /** What is learned, with what is done to pictures meanwhile. */
    static DiffusionObjective objective(DiffusionExperiment experiment, TimestepSampler timesteps) {
        return objective(experiment, timesteps, way(experiment, conditioning(experiment)));
    }

    private static DiffusionObjective objective(DiffusionExperiment experiment, TimestepSampler timesteps, Way way) {
        return new DiffusionObjective(experiment.process().diffusionLoss(), timesteps, way);
    }

    private static Way way(DiffusionExperiment experiment, Conditioning told) {
        return new Way(
                subject(experiment), told, Optional.of(experiment.nonLeaking()).filter(NonLeakingAugmentation::used));
    }

    private static Subject subject(DiffusionExperiment experiment) {
        return experiment.latent().used() ? Subject.column(Columns.LATENT) : Batch::images;
    }

    /** What reads captions; null where they are not read. */
    private static Words words(DiffusionExperiment experiment, ImageDataset data) {
        if (!(data instanceof ReadCaptions read)) return null;
        return new Words(read.encoder(), experiment.embedding().words().tokens());
    }

    /** The same, of batches with the words of their captions, which the thread reads that asks. */
    private static Conditioning reading(Words words, Conditioning told) {
        if (words == null) return told;
        return (batch, rng) -> told.of(batch.with(Columns.WORDS, words.of(batch.captions())), rng);
    }

    private static Conditioning conditioning(DiffusionExperiment experiment) {
        double dropout = experiment.condition().dropout();
        return switch (experiment.condition().by()) {
            case NONE -> Conditioning.none();
            case LABEL -> Conditioning.labels(experiment.noClass(), dropout);
            case EMBEDDING -> {
                WordSettings words = experiment.embedding().words();
                yield words.used()
                        ? Conditioning.words(dropout, words.withheld(), words.alone())
                        : Conditioning.embeddings(dropout);
            }
            case SMALLER ->
                Conditioning.smaller(
                        experiment.enlarging().from(), experiment.enlarging().noise());
        };
    }

    static DiffusionNetwork network(DiffusionExperiment experiment, Policy policy, Rng rng) {
        DiffusionNetwork network = experiment.fresh(rng);
        network.recompute(policy);
        return network;
    }

    @Override
    public DiffusionNetwork network(Rng rng) {
        return network(experiment, policy, rng);
    }

    @Override
    public Objective<DiffusionNetwork> objective() {
        return distillation == null ? objective : distillation;
    }

    /** Where it is distilled or asked what to rehearse, what it begins with is its teacher as well, at every step. */
    @Override
    public Learner learner(Setting setting) {
        if (experiment.distillation().used())
            distillation = new Distillation(
                    experiment.process().process(), teacher(setting), experiment.distillation(), learning);
        else if (experiment.training().tune().rehearsal().asksBase()) objective = objective.taughtBy(teacher(setting));
        return ObjectiveTask.super.learner(setting);
    }

    private Teacher teacher(Setting setting) {
        DiffusionNetwork teacher = experiment.fresh(setting.weights());
        setting.start().into(teacher);
        setting.placement().device().move(teacher);
        Inference.prepare(teacher, setting.placement().precision());
        DiffusionModel model = new DiffusionModel(experiment, teacher);
        double guidance =
                experiment.distillation().used() ? experiment.distillation().guidance() : 1;
        return condition -> model.predictor(condition, guidance);
    }

    @Override
    public Optional<String> alone() {
        if (experiment.distillation().used())
            return Optional.of("with distillation.steps above 0 each process would need the teacher");
        if (experiment.training().tune().rehearsal().asksBase())
            return Optional.of("with training.tune.rehearsal.target base each process would need the base");
        return timesteps instanceof LossSecondMoment
                ? Optional.of(
                        "with process.timesteps loss-second-moment each process would learn of its own images alone")
                : Optional.empty();
    }

    @Override
    public Map<String, Tensor> state() {
        if (!(timesteps instanceof LossSecondMoment importance)) return Map.of();
        LossSecondMoment.History history = importance.history();
        return Map.of(
                "losses",
                Tensors.ofDoubles(history.losses(), history.losses().length),
                "counts",
                Tensors.of(history.counts()));
    }

    @Override
    public void restore(Map<String, Tensor> state) {
        if (!(timesteps instanceof LossSecondMoment importance)) return;
        int[] counts = Arrays.stream(Tensors.doubles(state.get("counts")))
                .mapToInt(value -> (int) value)
                .toArray();
        importance.restore(new LossSecondMoment.History(Tensors.doubles(state.get("losses")), counts));
    }

    @Override
    public Appraisal appraise(DiffusionNetwork averaged) {
        double loss = distillation == null
                ? validation.value(averaged, fixed.get(), Rng.of(VALIDATION_SEED), atOnce)
                : distillation.shown(judging).value(averaged, fixed.get(), Rng.of(VALIDATION_SEED), atOnce);
        var request = new Request(experiment.sampling(), DuringTraining.SEED, Request.ANY);
        if (experiment.evaluation().duringTraining() == 0) return Appraisal.of(loss);
        return new Appraisal(loss, () -> {
            Device device = Device.of(averaged);
            try (LatentCodec codec = codec(device)) {
                Drawing drawing = DiffusionModel.of(experiment, averaged, codec)
                        .drawing(request)
                        .atMost(DiffusionMemory.drawnAtOnce(experiment));
                return DuringTraining.score(experiment, drawing, device);
            }
        });
    }

    private LatentCodec codec(Device device) throws IOException {
        return LatentCodec.open(experiment, run, new Placement(device, Precision.FP32));
    }

    @Override
    public void draw(DiffusionNetwork averaged, Path file) throws IOException {
        int steps = Math.min(GRID_STEPS, experiment.process().steps());
        SamplingSettings sampling = experiment.distillation().used()
                ? experiment.sampling()
                : new SamplingSettings(SamplingSettings.Method.DDIM, steps, 0, 1);
        var request = new Request(sampling, experiment.seed(), Request.ANY);
        List<Picture> pictures = new ArrayList<>();
        try (LatentCodec codec = codec(Device.of(averaged))) {
            DiffusionModel model = DiffusionModel.of(experiment, averaged, codec);
            for (int first = 0; first < GRID * GRID; first += atOnce) {
                int from = first, count = Math.min(atOnce, GRID * GRID - first);
                pictures.addAll(Scope.read(() -> Images.pictures(drawn(model, request, from, count))));
            }
        }
        PngFile.write(file, Images.grid(pictures, GRID, 2));
    }

    /** Of classes in turn; of what pictures of the validation have, where a model is told more than a class. */
    private Tensor drawn(DiffusionModel model, Request request, int first, int count) {
        Batch known = fixed.get();
        return switch (experiment.condition().by()) {
            case NONE, LABEL -> model.sample(request, first, count);
            case EMBEDDING ->
                model.sample(
                        request,
                        (judged == null ? Conditioning.embeddings(0) : reading(judged, Conditioning.words(0, 0, 0)))
                                .of(known, Rng.of(0))
                                .slice(first, first + count),
                        first,
                        count);
            case SMALLER -> model.enlarged(request, smaller(known).narrow(0, first, count), first);
        };
    }

    private Tensor smaller(Batch known) {
        int side = experiment.enlarging().from();
        return Kernels.resizeAntialiased(known.images(), side, side); // (N, C, h, w)
    }
}
