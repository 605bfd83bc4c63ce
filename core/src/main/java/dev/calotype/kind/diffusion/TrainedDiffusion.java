package dev.calotype.kind.diffusion;

import dev.calotype.column.Column;
import dev.calotype.data.ImageDataset;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsFromEmbeddings;
import dev.calotype.experiment.EnlargesPictures;
import dev.calotype.experiment.Likelihood;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.RestoresPictures;
import dev.calotype.experiment.TellsLikelihood;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.experiment.offer.OptimizesSteps;
import dev.calotype.experiment.offer.WritesPipeline;
import dev.calotype.io.Progress;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.nn.Blank;
import dev.calotype.restore.DiffusionPrior;
import dev.calotype.run.TrainedFile;
import dev.calotype.sampling.Interpolation;
import dev.calotype.sampling.StepSearch;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * A diffusion model out of a run or a checkpoint, with the averaged weights, ready to be sampled. Several threads may draw
 * from one at the same time: see {@link dev.calotype.experiment.TrainedModel}.
 */
public final class TrainedDiffusion
        implements WalksBetween,
                TellsLikelihood,
                RestoresPictures,
                DrawsFromEmbeddings,
                EnlargesPictures,
                WritesPipeline,
                OptimizesSteps {
    /** Pixels per side of a tile of a large picture, so that memory is bounded. */
    public static final int TILE = 256;

    private static final int OVERLAP = 32;

    private final DiffusionModel model;
    private final Scope.Owned<DiffusionNetwork> network;
    private final LatentCodec codec; // null where it draws pixels
    private final Placement placement;
    private final long step;
    private final String hash;

    private TrainedDiffusion(
            DiffusionExperiment experiment,
            Scope.Owned<DiffusionNetwork> network,
            LatentCodec codec,
            Placement placement,
            long step,
            String hash) {
        this.model = DiffusionModel.of(experiment, network.value(), codec);
        this.network = network;
        this.codec = codec;
        this.placement = placement;
        this.step = step;
        this.hash = hash;
    }

    /**
     * Opens the last checkpoint of a run, or a checkpoint file.
     *
     * @param placement where its network is to compute, and in what precision
     * @throws IOException if it has no checkpoint yet, or cannot be read, or is damaged
     * @throws IllegalArgumentException if there is neither a run nor a checkpoint, or it is not of a diffusion model
     * @throws dev.calotype.settings.RecipeException if the recipe of the run cannot be understood
     */
    public static TrainedDiffusion open(Path runOrCheckpoint, Placement placement) throws IOException {
        return open(experiment(runOrCheckpoint), runOrCheckpoint, placement);
    }

    static TrainedDiffusion open(DiffusionExperiment experiment, Path runOrCheckpoint, Placement placement)
            throws IOException {
        LatentCodec codec = LatentCodec.open(experiment, runOrCheckpoint, placement);
        try {
            return TrainedFile.open(
                    runOrCheckpoint,
                    experiment,
                    placement,
                    () -> Blank.make(experiment::blank),
                    (network, averages) -> new TrainedDiffusion(
                            experiment, network, codec, placement, averages.step(), averages.sha256()));
        } catch (IOException | RuntimeException e) {
            if (codec != null) codec.close();
            throw e;
        }
    }

    /**
     * What was trained in a run, or to a checkpoint file, without its weights.
     *
     * @throws IOException if it cannot be read, or is damaged
     * @throws IllegalArgumentException if there is neither a run nor a checkpoint, or it is not of a diffusion model
     */
    public static DiffusionExperiment experiment(Path path) throws IOException {
        if (TrainedFile.experiment(path) instanceof DiffusionExperiment experiment) return experiment;
        throw new IllegalArgumentException(path + " is not a diffusion model");
    }

    /**
     * The network, borrowed: not to be used any more once this is closed.
     *
     * @throws IllegalStateException if this was closed
     */
    public DiffusionModel model() {
        return network.use(open -> model);
    }

    @Override
    public DiffusionExperiment experiment() {
        return model.experiment();
    }

    @Override
    public Placement placement() {
        return placement;
    }

    @Override
    public long step() {
        return step;
    }

    @Override
    public String hash() {
        return hash;
    }

    @Override
    public Drawing drawing(Request request) {
        model.require(request);
        return model.drawing(request).atMost(atOnce(request, MOST_AT_ONCE)).within(network);
    }

    @Override
    public Tensor images(List<Drawing.Wanted> wanted, Drawing.Watcher watcher) {
        return network.use(open -> model.sample(wanted, watcher));
    }

    @Override
    public String encoderSource() {
        return experiment().embedding().encoder();
    }

    @Override
    public String encoderHash() {
        return experiment().embedding().encoderHash();
    }

    @Override
    public Tensor images(Request request, Tensor embeddings, long first) {
        int count = (int) embeddings.size(0);
        return network.use(open -> model.sample(request, model.ofEmbeddings(embeddings), first, count));
    }

    @Override
    public Optional<Reading> reading() {
        WordSettings words = experiment().embedding().words();
        if (!words.used()) return Optional.empty();
        return Optional.of(new Reading(words.encoder(), words.encoderHash(), words.tokens()));
    }

    @Override
    public Tensor images(Request request, Column.Floats words, Tensor embeddings, long first) {
        return network.use(open -> model.sample(request, model.ofWords(words, embeddings), first, words.count()));
    }

    @Override
    public int from() {
        return experiment().enlarging().from();
    }

    @Override
    public Tensor enlarged(Request request, Tensor pictures, long first) {
        return network.use(open -> model.enlarged(request, pictures, first));
    }

    @Override
    public Tensor starts(End from, End to, Interpolation mode, int frames) {
        return Scope.tidy(() -> {
            Tensor first = model.noise(from.seed(), from.number()).squeeze(0); // (C, H, W)
            Tensor last = model.noise(to.seed(), to.number()).squeeze(0); // (C, H, W)
            return mode.frames(first, last, frames); // (frames, C, H, W)
        });
    }

    @Override
    public Tensor images(Request request, Tensor starts, Drawing.Watcher watcher) {
        // One stream for every image: what noise a sampler adds on the way must not differ between them.
        Rng[] same = new Rng[(int) starts.size(0)];
        Arrays.fill(same, Rng.of(request.seed()));
        model.require(request);
        return network.use(open ->
                Scope.inference(() -> model.interpolated(request, starts, Rng.rows(same), watcher))); // (N, C, H, W)
    }

    @Override
    public int steps() {
        return experiment().steps();
    }

    @Override
    public Likelihood likelihood(ImageDataset data, long count, int steps, Progress progress) {
        return network.use(open -> LikelihoodBound.of(model, data, count, steps, progress));
    }

    @Override
    public List<String> writePipeline(Path folder) throws IOException {
        return ModelExport.write(this, folder);
    }

    @Override
    public DiffusionExperiment optimized(Request request, List<Integer> steps, int images, Progress progress) {
        model.require(request);
        SamplingSettings how = DiffusionModel.sampling(request);
        OptimizedSteps.require(how.method());
        StepSearch search = network.use(open -> model.search(request, images, progress));
        return experiment()
                .optimized(how.method(), steps.stream().map(search::sigmas).toList());
    }

    /** Sides that the network does not take are padded; what is larger than {@link #TILE} goes through in tiles. */
    @Override
    public DiffusionPrior prior(int channels) {
        Check.that(channels == 1 || channels == 3, "channels must be 1 (grey) or 3 (colour)", channels);
        DiffusionPrior whole = new DiffusionPrior(denoiser(), model.process().schedule())
                .padded(experiment().unit())
                .tiled(tile(), Math.min(OVERLAP, tile() / 4));
        if (channels == experiment().data().channels()) return whole;
        return channels == 1 ? whole.forGrey() : whole.perChannel();
    }

    /** A transformer sees as many places as it was trained with. */
    private int tile() {
        return experiment().denoiser() == DiffusionExperiment.Denoiser.U_NET
                ? TILE
                : experiment().side();
    }

    /** Takes images from anywhere to the network's device, and back. */
    private Denoiser denoiser() {
        Denoiser own = model.denoiser(new int[0], 1);
        Device device = placement.device();
        return (noisy, level) -> Scope.tidy(() -> Device.of(noisy).move(own.denoise(device.move(noisy), level)));
    }

    @Override
    public Optional<MemoryEstimate> memory(Request request, int images) {
        double guidance = DiffusionModel.sampling(request).guidance();
        return Optional.of(DiffusionMemory.sampling(experiment(), placement.precision(), guidance, images));
    }

    @Override
    public Map<String, String> origin(Request request) {
        Map<String, String> origin = WalksBetween.super.origin(request);
        origin.put("sampling", request.sampling().toString());
        return origin;
    }

    @Override
    public void close() {
        network.close();
        if (codec != null) codec.close();
    }
}
