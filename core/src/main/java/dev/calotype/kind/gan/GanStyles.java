package dev.calotype.kind.gan;

import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.model.NoiseMaps;
import dev.calotype.model.StyleGan2Generator;
import dev.calotype.model.Styles;
import dev.calotype.sampling.Interpolation;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.StyleProjection;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/** What the styles w of a trained StyleGAN2 allow: truncation, walks and projection. Borrows the model. */
public record GanStyles(GanModel model, StyleGan2Generator generator) {
    private static final int SAMPLES = 10_000; // behind the mean of w
    private static final long SEED = 0x57C1E5;

    /** The styles of a model; {@link #require} tells without weights whether it has any. */
    static GanStyles of(GanModel model) {
        require(model.experiment(), "W");
        return new GanStyles(model, (StyleGan2Generator) model.network());
    }

    /** Whether an experiment trains something with styles. */
    public static boolean has(GenerativeExperiment experiment) {
        return experiment instanceof GanExperiment gan && gan.network() instanceof GanNetworks.StyleGan2;
    }

    /** Throws IllegalArgumentException if an experiment trains nothing with styles, which {@code what} wants. */
    public static void require(GenerativeExperiment experiment, String what) {
        if (has(experiment)) return;
        throw new IllegalArgumentException(
                what + " needs a model with styles (network.architecture stylegan2), unlike " + experiment.name());
    }

    /**
     * The images of a seed, drawn towards the mean style: more typical, less various.
     *
     * @param psi what is left of the distance from the mean, 0..2; 1 for all of it
     */
    public Drawing truncated(long imageSeed, double psi) {
        Check.range("truncation", psi, 0, 2);
        float[] mean = Scope.read(() -> Tensors.floats(mean()));
        return model.drawing(
                model.experiment().name() + " truncation " + psi + " seed " + imageSeed,
                imageSeed,
                (first, count) -> images(
                        () -> Styles.truncate(w(imageSeed, first, count), Tensors.of(mean, 1, mean.length), psi)));
    }

    /**
     * Images on the straight line in W between the styles of two, both ends included, (N, C, H, W).
     *
     * @param psi as of {@link #truncated}
     */
    public Tensor walk(WalksBetween.End from, WalksBetween.End to, WalksBetween.Frames frames, double psi) {
        return images(() -> {
            Tensor first = w(from.seed(), from.number(), 1).squeeze(0); // (style)
            Tensor last = w(to.seed(), to.number(), 1).squeeze(0); // (style)
            return truncated(frames.of(Interpolation.LERP.frames(first, last, frames.all())), psi); // (N, style)
        });
    }

    /** The images of random vectors (N, latent), drawn towards the mean style. */
    Tensor images(Tensor z, double psi) {
        return images(() -> truncated(generator.styles(Device.of(generator).move(z)), psi));
    }

    private Tensor truncated(Tensor w, double psi) {
        return psi == 1 ? w : Styles.truncate(w, mean(), psi); // (N, style)
    }

    /** The styles (N, style) whose images are nearest, in the mean square of pixels, to {@code targets} (N, C, H, W). */
    public Tensor project(Tensor targets, StyleProjection projection) {
        Tensor moved = Device.of(generator).move(targets);
        return projection.project(generator, moved, StyleProjection.pixels(), Rng.of(SEED));
    }

    /** The images (N, C, H, W) of styles (N, style). */
    public Tensor images(Supplier<Tensor> styles) {
        return Scope.inference(() -> generator.synthesize(styles.get(), NoiseMaps.fixed()));
    }

    /** The mean style, (1, style): always the same of the same weights. */
    public Tensor mean() {
        return generator.meanStyle(SAMPLES, Rng.of(SEED)).unsqueeze(0);
    }

    private Tensor w(long imageSeed, long first, int count) {
        return generator.styles(model.latent(imageSeed, first, count)); // (count, style)
    }
}
