package dev.calotype.kind.diffusion;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.experiment.ConditionSettings.By;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Request;
import dev.calotype.io.Progress;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.sampling.Codec;
import dev.calotype.sampling.Guidance;
import dev.calotype.sampling.Sampler;
import dev.calotype.sampling.Space;
import dev.calotype.sampling.StepSearch;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.Conditioning;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A network with the experiment that made it: enough to sample and to measure likelihoods. Borrows the network.
 *
 * @param space what the network works in
 */
public record DiffusionModel(DiffusionExperiment experiment, DiffusionNetwork network, Space space) {
    private static final int SEARCHED = 16, PIXELS = 1 << 20; // looked at at once, at most: images, and numbers in them
    private static final long START = 1, PATH = 2, SMALLER = 3; // names of an image's streams

    /** A network that works in the pixels of the experiment's images. */
    public DiffusionModel(DiffusionExperiment experiment, DiffusionNetwork network) {
        this(
                experiment,
                network,
                Space.ofPixels(experiment.data().channels(), experiment.data().size()));
    }

    /**
     * A network that works in what its experiment says.
     *
     * @param codec borrowed; null where it works in pixels
     */
    static DiffusionModel of(DiffusionExperiment experiment, DiffusionNetwork network, Codec codec) {
        if (codec == null) return new DiffusionModel(experiment, network);
        return new DiffusionModel(
                experiment, network, Space.ofLatents(experiment.channels(), experiment.side(), codec));
    }

    /** The process that the network was trained for. */
    public GaussianDiffusion process() {
        return experiment.process().process();
    }

    /**
     * Throws IllegalArgumentException in one sentence if this model cannot draw what is asked for: a class where it has none,
     * a class that it does not have, guidance where it was trained without classes, more steps than the process has.
     */
    public void require(Request request) {
        experiment.condition().require(request);
        double guidance = sampling(request).guidance();
        Check.that(
                experiment.guidable() || guidance == 1,
                "guidance must be 1, " + experiment.name() + " was trained without classes",
                guidance);
        sampling(request).sampler(process());
    }

    /** The images {@code first} to {@code first + count - 1}, fp32 (count, C, H, W) in [-1, 1], on the network's device. */
    public Tensor sample(Request request, long first, int count) {
        return sample(request, told(request, first, count), first, count);
    }

    /** The same of images that are each told something of their own, one row of {@code condition} each. */
    Tensor sample(Request request, Condition condition, long first, int count) {
        require(request);
        Rng images = Rng.images(request.seed(), first, count);
        return Scope.inference(
                () -> draw(request, condition, noise(images, count), images.fork(PATH), Drawing.Watcher.NOBODY));
    }

    /** Images of several requests that are drawn in the same way, fp32 (N, C, H, W) in [-1, 1], on the network's device. */
    Tensor sample(List<Drawing.Wanted> wanted, Drawing.Watcher watcher) {
        Request first = wanted.get(0).request();
        Rng[] streams = new Rng[wanted.size()];
        List<Columns> told = new ArrayList<>();
        for (int i = 0; i < streams.length; i++) {
            Drawing.Wanted one = wanted.get(i);
            require(one.request());
            Check.that(
                    one.request().sampling().equals(first.sampling()),
                    "images that are drawn at once must be drawn with " + first.sampling(),
                    one.request().sampling());
            streams[i] = Rng.of(one.request().seed()).fork(one.index());
            told.add(told(one.request(), one.index(), 1).columns());
        }
        Rng images = Rng.rows(streams);
        Condition condition = new Condition(Columns.join(told));
        return Scope.inference(() -> draw(first, condition, noise(images, streams.length), images.fork(PATH), watcher));
    }

    /** What the images of a request are told. */
    private Condition told(Request request, long first, int count) {
        if (experiment.condition().by() != By.EMBEDDING)
            return Condition.ofLabels(experiment.condition().labels(request.label(), first, count));
        if (!request.condition().has(Columns.EMBEDDING)) return nothing(count);
        return told(Columns.join(Collections.nCopies(count, request.condition())), count);
    }

    /** What images are told of which vectors, words, both or neither are known. */
    private Condition told(Columns known, int count) {
        EmbeddingSettings settings = experiment.embedding();
        Columns all =
                known.has(Columns.EMBEDDING) ? known : known.with(Columns.EMBEDDING, zeros(count, settings.values()));
        WordSettings words = settings.words();
        if (!words.used()) return new Condition(all);
        return new Condition(
                known.has(Columns.WORDS) ? all : all.with(Columns.WORDS, zeros(count, words.tokens(), words.values())));
    }

    private static Column zeros(int count, Integer... shape) {
        int length = Arrays.stream(shape).reduce(count, Math::multiplyExact);
        return new Column.Floats(new float[length], List.of(shape));
    }

    /** What images are told of which nothing is said. */
    private Condition nothing(int count) {
        if (experiment.condition().by() == By.EMBEDDING) return told(Columns.NONE, count);
        int[] none = new int[count];
        Arrays.fill(none, experiment.noClass());
        return Condition.ofLabels(none);
    }

    /** The condition of vectors, fp32 (N, E). */
    Condition ofEmbeddings(Tensor vectors) {
        int length = experiment.embedding().length();
        Check.that(
                vectors.dim() == 2 && vectors.size(1) == length,
                "embeddings must be (N, " + length + ")",
                Arrays.toString(Tensors.shape(vectors)));
        return told(Columns.of(Columns.EMBEDDING, new Column.Floats(Tensors.floats(vectors), List.of(length))), (int)
                vectors.size(0));
    }

    /** The condition of words, and of vectors unless these are null. */
    Condition ofWords(Column.Floats words, Tensor vectors) {
        WordSettings read = experiment.embedding().words();
        Check.that(
                words.shape().equals(List.of(read.tokens(), read.values())),
                "words must be (" + read.tokens() + ", " + read.width() + ") of each image",
                words.shape());
        Columns own = Columns.of(Columns.WORDS, words);
        return vectors == null
                ? told(own, words.count())
                : told(ofEmbeddings(vectors).columns().with(Columns.WORDS, words), words.count());
    }

    /** The images {@code first} to {@code first + N - 1}, enlarged from pictures, fp32 (N, C, h, w). */
    Tensor enlarged(Request request, Tensor pictures, long first) {
        int count = (int) pictures.size(0), side = experiment.enlarging().from();
        Check.that(
                pictures.size(2) == side && pictures.size(3) == side,
                "pictures must be of " + side + " pixels per side",
                Arrays.toString(Tensors.shape(pictures)));
        double[] shares = new double[count];
        Arrays.fill(shares, experiment.enlarging().drawnNoise());
        Rng images = Rng.images(request.seed(), first, count);
        return sample(request, Conditioning.smaller(pictures, shares, images.fork(SMALLER)), first, count);
    }

    static SamplingSettings sampling(Request request) {
        if (request.sampling() instanceof SamplingSettings sampling) return sampling;
        throw new IllegalArgumentException("sampling must be that of a diffusion model: " + request.sampling());
    }

    /** The images of {@code request}. */
    public Drawing drawing(Request request) {
        return Drawing.of(
                experiment.name() + " seed " + request.seed() + " " + request.sampling(),
                request.seed(),
                experiment.data(),
                (first, count) -> sample(request, first, count));
    }

    /**
     * The images that points between two noises (N, C, H, W) turn into, all of one class.
     *
     * @param path the source of noise added on the way, one stream per row
     */
    public Tensor interpolated(Request request, Tensor noise, Rng path, Drawing.Watcher watcher) {
        int count = (int) noise.size(0);
        if (!experiment.labelled()) return draw(request, told(request, 0, count), noise, path, watcher);
        int[] labels = new int[count];
        Arrays.fill(labels, Math.max(0, request.label()));
        return draw(request, Condition.ofLabels(labels), noise, path, watcher);
    }

    private Tensor draw(Request request, Condition condition, Tensor noise, Rng path, Drawing.Watcher watcher) {
        SamplingSettings how = unclipped(sampling(request));
        Sampler sampler = how.sampler(process());
        Denoiser own = denoiser(condition, how.guidance(), how.before());
        Denoiser watched = watcher == Drawing.Watcher.NOBODY ? own : watched(own, sampler.calls(), watcher);
        Tensor drawn = sampler.sample(watched, Device.of(network).move(noise), path);
        return space.codec().decode(drawn); // (N, C, H, W)
    }

    /** What is found on the way of the first images of a request. */
    StepSearch search(Request request, int images, Progress progress) {
        SamplingSettings how = unclipped(sampling(request));
        StepSearch search = new StepSearch(process().schedule());
        int atOnce = Math.max(1, Math.min(SEARCHED, PIXELS / (space.channels() * space.size() * space.size())));
        for (int first = 0; first < images; first += atOnce) {
            int from = first, count = Math.min(atOnce, images - first);
            Scope.run(() -> search.add(
                    denoiser(told(request, from, count), how.guidance(), how.before()),
                    Device.of(network).move(noise(Rng.images(request.seed(), from, count), count))));
            progress.at("optimizing steps", from + count, images);
        }
        return search;
    }

    /** The denoiser whose every call is a step of which somebody is told. */
    private Denoiser watched(Denoiser own, int calls, Drawing.Watcher watcher) {
        int[] done = {0};
        return own.telling(
                clean -> watcher.step(++done[0], calls, () -> space.codec().decode(clean))); // (N, C, H, W)
    }

    /** The noise that image {@code index} of {@code seed} starts from, fp32 (1, C, H, W) of the space, on the processor. */
    public Tensor noise(long seed, long index) {
        return noise(Rng.images(seed, index, 1), 1);
    }

    private Tensor noise(Rng images, int count) {
        return images.fork(START).normal(count, space.channels(), space.size(), space.size());
    }

    /** The denoiser for images of the given classes, one label per image; ignored by a model without classes. */
    public Denoiser denoiser(int[] labels, double guidance) {
        return denoiser(experiment.labelled() ? Condition.ofLabels(labels) : Condition.NONE, guidance, space.clip());
    }

    /** Latents are not clipped, by the denoiser or by a sampler that does it itself. */
    private SamplingSettings unclipped(SamplingSettings wanted) {
        return space.clip().equals(Clip.NONE) ? wanted.clippedBy(Clip.NONE) : wanted;
    }

    private Denoiser denoiser(Condition condition, double guidance, Clip clip) {
        if (guidance == 1 || condition.columns().count() == 0) return process().denoiser(predictor(condition), clip);
        Condition none = nothing(condition.columns().count());
        Denoiser paired = process().denoiser(predictor(condition.concat(none)), Clip.NONE);
        return new Guidance(paired, guidance, clip);
    }

    /** The network as the process sees it. */
    public NoisePredictor predictor(Condition condition) {
        return (noisy, times) -> network.forward(noisy, times, condition);
    }

    /** The same with guidance: whatever is predicted, it is a linear view of the image. */
    NoisePredictor predictor(Condition condition, double guidance) {
        if (guidance == 1) return predictor(condition);
        return (noisy, times) -> {
            NoisePredictor paired = predictor(condition.concat(nothing((int) noisy.size(0))));
            Tensor both = paired.predict(Tensors.cat(0, noisy, noisy), Tensors.cat(0, times, times)); // (2N, C, H, W)
            Tensor[] halves = Tensors.chunk(both, 2, 0); // (N, C, H, W) each
            return Tensors.combine(guidance, halves[0], 1 - guidance, halves[1]); // (N, C, H, W)
        };
    }
}
