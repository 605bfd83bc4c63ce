package dev.calotype.kind.diffusion;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoisePredictor;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Request;
import dev.calotype.model.Condition;
import dev.calotype.model.DiffusionNetwork;
import dev.calotype.sampling.Guidance;
import dev.calotype.sampling.Sampler;
import dev.calotype.sampling.Space;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;

/**
 * A network with the experiment that made it: enough to sample and to measure likelihoods. Borrows the network.
 *
 * @param space what the network works in
 */
public record DiffusionModel(DiffusionExperiment experiment, DiffusionNetwork network, Space space) {
    private static final long START = 1, PATH = 2; // names of an image's streams

    /** A network that works in the pixels of the experiment's images. */
    public DiffusionModel(DiffusionExperiment experiment, DiffusionNetwork network) {
        this(
                experiment,
                network,
                Space.ofPixels(experiment.data().channels(), experiment.data().size()));
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
                experiment.labelled() || guidance == 1,
                "guidance must be 1, " + experiment.name() + " was trained without classes",
                guidance);
        sampling(request).sampler(process());
    }

    /** The images {@code first} to {@code first + count - 1}, fp32 (count, C, H, W) in [-1, 1], on the network's device. */
    public Tensor sample(Request request, long first, int count) {
        require(request);
        Rng images = Rng.images(request.seed(), first, count);
        return Scope.inference(() -> {
            Tensor noise = noise(images, count);
            return draw(
                    request, experiment.condition().labels(request.label(), first, count), noise, images.fork(PATH));
        });
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
    public Tensor interpolated(Request request, Tensor noise, Rng path) {
        int[] labels = new int[experiment.labelled() ? (int) noise.size(0) : 0];
        Arrays.fill(labels, Math.max(0, request.label()));
        return draw(request, labels, noise, path);
    }

    private Tensor draw(Request request, int[] labels, Tensor noise, Rng path) {
        Sampler sampler = sampling(request).sampler(process());
        Tensor drawn = sampler.sample(
                denoiser(
                        labels,
                        sampling(request).guidance(),
                        clip(sampling(request).before())),
                Device.of(network).move(noise),
                path);
        return space.codec().decode(drawn); // (N, C, H, W)
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
        return denoiser(labels, guidance, space.clip());
    }

    /** Latents are not clipped. */
    private Clip clip(Clip wanted) {
        return space.clip().equals(Clip.NONE) ? Clip.NONE : wanted;
    }

    private Denoiser denoiser(int[] labels, double guidance, Clip clip) {
        if (!experiment.labelled()) return process().denoiser(predictor(Condition.NONE), clip);
        Condition conditional = Condition.ofLabels(labels);
        if (guidance == 1) return process().denoiser(predictor(conditional), clip);
        int[] none = new int[labels.length];
        Arrays.fill(none, experiment.noClass());
        Denoiser paired = process().denoiser(predictor(conditional.concat(Condition.ofLabels(none))), Clip.NONE);
        return new Guidance(paired, guidance, clip);
    }

    /** The network as the process sees it. */
    public NoisePredictor predictor(Condition condition) {
        return (noisy, times) -> network.forward(noisy, times, condition);
    }
}
