package dev.calotype.restoration;

import dev.calotype.checkpoint.WeightFile;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.RestoresPictures;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.machine.DeviceChoice;
import dev.calotype.model.DnCnn;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.restoration.MethodSettings.Want;
import dev.calotype.restore.DiffusionPrior;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;

/** What methods want beside a picture: opened when first wanted, by any thread, and closed together. */
public final class Equipment implements AutoCloseable {
    /**
     * Where it comes from. An empty path means that there is none.
     *
     * @param prior a run or checkpoint of a diffusion model
     * @param dncnn weights of a DnCNN denoiser
     * @param denoiser a run or checkpoint of a denoiser, or a file of one by itself; none for the one that comes with the library
     */
    public record Sources(String prior, String dncnn, String denoiser, DeviceChoice device, PrecisionChoice precision) {
        /** Nothing but what comes with the library, on the best of this machine. */
        public static final Sources NONE = new Sources("", "", "", DeviceChoice.AUTO, PrecisionChoice.AUTO);

        /** With paths seen from {@code folder}. */
        public Sources in(Path folder) {
            UnaryOperator<String> seen = path ->
                    path.isEmpty() ? path : folder.resolve(path).normalize().toString();
            return new Sources(seen.apply(prior), seen.apply(dncnn), seen.apply(denoiser), device, precision);
        }

        /** Where networks compute. */
        Placement placement() {
            Device resolved = device.resolve();
            return new Placement(resolved, precision.resolve(resolved));
        }
    }

    private final Sources sources;
    private final Scoring scoring;
    private RestoresPictures prior;
    private DnCnn dncnn;
    private DenoiserFile.Opened denoiser;
    private PerceptualNetwork perceptual;

    public Equipment(Sources sources, Scoring scoring) {
        this.sources = sources;
        this.scoring = scoring;
    }

    Placement placement() {
        return sources.placement();
    }

    /** The judge of LPIPS; null if none is asked for. */
    public PerceptualNetwork perceptual() throws IOException {
        if (perceptual == null && scoring.isPerceptual())
            perceptual = scoring.perceptual(placement().device());
        return perceptual;
    }

    boolean hasPrior() {
        return !sources.prior().isEmpty();
    }

    /** What a trained diffusion model knows of pictures of {@code channels} channels. */
    DiffusionPrior prior(int channels) throws IOException {
        return prior().prior(channels);
    }

    private synchronized RestoresPictures prior() throws IOException {
        if (!hasPrior()) throw new IllegalArgumentException("this method needs a trained diffusion model: `prior`");
        if (prior == null)
            prior = TrainedFile.open(Path.of(sources.prior()), Capability.RESTORES_PICTURES, placement());
        return prior;
    }

    boolean hasDnCnn() {
        return !sources.dncnn().isEmpty();
    }

    /** The denoiser of noise. */
    synchronized DnCnn dncnn() throws IOException {
        if (!hasDnCnn()) throw new IllegalArgumentException("this method needs the weights of a DnCNN: `dncnn`");
        if (dncnn == null)
            try (PointerScope scope = new PointerScope()) {
                dncnn = DnCnn.of(WeightFile.read(Path.of(sources.dncnn())));
            }
        return dncnn;
    }

    boolean hasDenoiser() {
        return isGiven(Want.DENOISER) || DenoiserFile.isBuiltIn();
    }

    /** The denoiser that is told the level of the noise. */
    DenoisingUNet denoiser() throws IOException {
        return openDenoiser().network().value();
    }

    /** Whether that learned to fill holes. */
    boolean fillsHoles() throws IOException {
        return openDenoiser().fillsHoles();
    }

    private synchronized DenoiserFile.Opened openDenoiser() throws IOException {
        if (denoiser == null)
            denoiser = sources.denoiser().isEmpty()
                    ? DenoiserFile.builtIn(placement())
                    : DenoiserFile.open(Path.of(sources.denoiser()), placement());
        return denoiser;
    }

    /** Whether a source was named for it. */
    boolean isGiven(Want want) {
        return switch (want) {
            case PRIOR -> hasPrior();
            case DNCNN -> hasDnCnn();
            case DENOISER -> !sources.denoiser().isEmpty();
        };
    }

    /** Opens it. */
    void require(Want want) throws IOException {
        switch (want) {
            case PRIOR -> prior();
            case DNCNN -> dncnn();
            case DENOISER -> denoiser();
        }
    }

    @Override
    public void close() {
        if (denoiser != null) denoiser.close();
        if (dncnn != null) dncnn.close();
        if (prior != null) prior.close();
        if (perceptual != null) perceptual.close();
    }
}
