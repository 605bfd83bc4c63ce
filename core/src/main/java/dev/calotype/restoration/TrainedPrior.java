package dev.calotype.restoration;

import dev.calotype.diffusion.Denoiser;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.diffusion.TrainedDiffusion;
import dev.calotype.restore.DiffusionPrior;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A trained run as the prior of a restoration, for pictures of any size, grey or colour. Sides that the network does not
 * take are padded; what is larger than {@link #TILE} goes through in tiles, so that memory is bounded.
 */
public final class TrainedPrior implements AutoCloseable {
    /** Pixels per side of a tile. */
    public static final int TILE = 256;

    private static final int OVERLAP = 32;

    private final TrainedDiffusion trained;

    private TrainedPrior(TrainedDiffusion trained) {
        this.trained = trained;
    }

    /**
     * Opens the last checkpoint of a run, or a checkpoint file.
     *
     * @param placement where its network is to compute, and in what precision
     * @throws IOException if it has no checkpoint yet, or cannot be read, or is damaged
     * @throws IllegalArgumentException if there is neither a run nor a checkpoint, or it is not of a diffusion model, or of one that wants classes
     */
    public static TrainedPrior open(Path runOrCheckpoint, Placement placement) throws IOException {
        if (TrainedDiffusion.experiment(runOrCheckpoint).labelled())
            throw new IllegalArgumentException(runOrCheckpoint + " wants classes; a prior must be trained without");
        return new TrainedPrior(TrainedDiffusion.open(runOrCheckpoint, placement));
    }

    /**
     * What it knows of images of {@code channels} channels. It borrows the network: not to be used after {@link #close}.
     *
     * @param channels 1 (grey) or 3 (colour)
     */
    public DiffusionPrior prior(int channels) {
        if (channels != 1 && channels != 3)
            throw new IllegalArgumentException("channels must be 1 (grey) or 3 (colour): " + channels);
        DiffusionExperiment experiment = trained.experiment();
        DiffusionPrior whole = new DiffusionPrior(
                        denoiser(), trained.model().process().schedule())
                .padded(experiment.network().coarsest())
                .tiled(TILE, OVERLAP);
        int own = experiment.data().channels();
        if (channels == own) return whole;
        return channels == 1 ? whole.forGrey() : whole.perChannel();
    }

    /** Takes images from anywhere to the network's device, and back. */
    private Denoiser denoiser() {
        Denoiser own = trained.model().denoiser(new int[0], 1);
        Device device = trained.placement().device();
        return (noisy, level) -> Scope.tidy(() -> Device.of(noisy).move(own.denoise(device.move(noisy), level)));
    }

    /** Training steps behind the weights. */
    public long step() {
        return trained.step();
    }

    /** SHA-256 of the averaged weights. */
    public String hash() {
        return trained.hash();
    }

    @Override
    public void close() {
        trained.close();
    }
}
