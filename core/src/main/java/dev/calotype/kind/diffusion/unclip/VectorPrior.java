package dev.calotype.kind.diffusion.unclip;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.latent.DiffusersPrior;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Denoiser;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.pipeline.Scheduled;
import dev.calotype.kind.diffusion.pipeline.Watched;
import dev.calotype.kind.diffusion.unclip.TextVectors.Text;
import dev.calotype.model.prior.PriorTransformer;
import dev.calotype.model.prior.PriorTransformer.Timing;
import dev.calotype.sampling.Guidance;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The prior of a pipeline, opened without its weights: it makes the vectors of pictures that show what a text says. ECLIPSE's does so in
 * one call, out of noise, with no guidance, and its vectors are as they are.
 */
final class VectorPrior {
    private static final String STEPS = "prior-steps", GUIDANCE = "prior-guidance";
    private static final double USUAL_GUIDANCE = 4;

    private final DiffusersPrior prior;
    private final Scheduled scheduled; // null where it needs no steps

    private VectorPrior(DiffusersPrior prior, Scheduled scheduled) {
        this.prior = prior;
        this.scheduled = scheduled;
    }

    static VectorPrior open(UnclipFolder folder) throws IOException {
        DiffusersPrior prior = DiffusersPrior.of(folder.network("prior"));
        boolean steps = prior.config().timing() == Timing.TIMED;
        return new VectorPrior(prior, steps ? Scheduled.of(folder.scheduler("prior_scheduler"), USUAL_GUIDANCE) : null);
    }

    /** E, the values of a vector. */
    int width() {
        return prior.config().embedding();
    }

    List<String> notes() {
        return scheduled == null ? List.of() : scheduled.notes();
    }

    /** What is asked for of the decoder alone. */
    static Map<String, String> others(Map<String, String> asked) {
        Map<String, String> others = new LinkedHashMap<>(asked);
        others.remove(STEPS);
        others.remove(GUIDANCE);
        return others;
    }

    /** How it draws with what is asked for; null where it makes a vector in one call. */
    private SamplingSettings settings(Map<String, String> asked) {
        if (scheduled == null) {
            for (String name : List.of(STEPS, GUIDANCE))
                Check.that(
                        !asked.containsKey(name),
                        name + " would do nothing: this prior makes a vector in one call, without guidance",
                        asked.get(name));
            return null;
        }
        Map<String, String> own = new LinkedHashMap<>();
        if (asked.containsKey(STEPS)) own.put("steps", asked.get(STEPS));
        if (asked.containsKey(GUIDANCE)) own.put("guidance", asked.get(GUIDANCE));
        try {
            return scheduled.with(own);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the prior's " + e.getMessage(), e);
        }
    }

    /** For people. */
    String said(Map<String, String> asked) {
        SamplingSettings settings = settings(asked);
        return settings == null ? "a prior of one call" : "prior " + settings;
    }

    /** How often its network is called for one vector. */
    int calls(Map<String, String> asked) {
        SamplingSettings settings = settings(asked);
        return settings == null ? 1 : settings.sampler(scheduled.process()).calls();
    }

    /** The prior in memory, owned by the caller. */
    Opened read(Map<String, String> asked, Placement placement) throws IOException {
        DiffusersPrior.Loaded loaded = prior.read(placement.precision());
        try {
            placement.device().move(loaded.network().value());
            return new Opened(
                    loaded, settings(asked), row(loaded.mean(), placement), row(loaded.deviation(), placement));
        } catch (IOException | RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    private Tensor row(StoredTensor stored, Placement placement) throws IOException {
        if (stored == null) return null;
        return placement.device().move(stored.read().to(ScalarType.Float).reshape(1, -1)); // (1, E)
    }

    /** A prior whose weights are read, and how it draws. */
    final class Opened implements AutoCloseable {
        private final DiffusersPrior.Loaded loaded;
        private final SamplingSettings settings;
        private final Tensor mean, deviation;

        private Opened(DiffusersPrior.Loaded loaded, SamplingSettings settings, Tensor mean, Tensor deviation) {
            this.loaded = loaded;
            this.settings = settings;
            this.mean = mean;
            this.deviation = deviation;
        }

        /**
         * The vector of a picture, in the caller's scope.
         *
         * @param text what it shows
         * @param unguided what guidance leads away from
         * @param rng one row, of which all noise is drawn
         * @return fp32 (1, E)
         */
        Tensor vector(Text text, Text unguided, Rng rng, Placement placement, Watched watched) {
            PriorTransformer network = loaded.network().value();
            return Scope.inference(() -> {
                Tensor noise = placement.device().move(rng.normal(1, width())); // (1, E)
                if (settings == null) return of(network, watched.at(noise), null, text);
                boolean guided = settings.guidance() > 1 && text != unguided;
                Clip clip = settings.before();
                Denoiser plain = scheduled
                        .process()
                        .denoiser(
                                (x, times) -> points(
                                        guided
                                                ? both(network, watched.at(x), times, text, unguided)
                                                : of(network, watched.at(x).flatten(1, -1), times, text)),
                                guided ? Clip.NONE : clip);
                Denoiser denoiser = guided ? new Guidance(plain, settings.guidance(), clip) : plain;
                Tensor standard = settings.sampler(scheduled.process())
                        .sample(denoiser, points(noise), rng)
                        .flatten(1, -1); // (1, E)
                return standard.mul(deviation).add(mean);
            });
        }

        /** Texts of different lengths do not fit into one call. */
        private Tensor both(PriorTransformer network, Tensor x, Tensor times, Text text, Text unguided) {
            Tensor[] halves = Tensors.chunk(x.flatten(1, -1), 2, 0), told = Tensors.chunk(times, 2, 0);
            return Tensors.cat(
                    0, of(network, halves[0], told[0], text), of(network, halves[1], told[1], unguided)); // (2, E)
        }

        private static Tensor of(PriorTransformer network, Tensor noisy, Tensor times, Text text) {
            return network.forward(noisy, times, text.vector(), text.tokens());
        }

        /** Vectors as images of one pixel, (N, E, 1, 1). */
        private static Tensor points(Tensor vectors) {
            return vectors.unsqueeze(2).unsqueeze(3);
        }

        @Override
        public void close() {
            loaded.close();
        }
    }
}
