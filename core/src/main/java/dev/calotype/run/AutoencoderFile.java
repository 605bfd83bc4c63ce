package dev.calotype.run;

import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.data.ContentHash;
import dev.calotype.experiment.offer.MakesLatents;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.pytorch.Module;

/**
 * An autoencoder out of a run or a checkpoint, or out of files of others.
 *
 * @param autoencoder not to be used any more once this is closed
 * @param hash of its weights: latents of another do not compare
 * @param placement where it computes
 * @param owned what it is part of
 */
public record AutoencoderFile(Autoencoder autoencoder, String hash, Placement placement, AutoCloseable owned)
        implements AutoCloseable {
    private static final String PIPELINE = "model_index.json", PART = "vae";

    /**
     * Opens an autoencoder: a run or a checkpoint of the kind autoencoder, the folder of an {@code AutoencoderKL} or
     * {@code AutoencoderTiny} of diffusers or of a pipeline, or one with the two files of TAESD.
     *
     * @throws IOException if there is none, or it cannot be read
     * @throws IllegalArgumentException if the run makes no latents
     */
    public static AutoencoderFile open(Path path, Placement placement) throws IOException {
        if (EncoderFile.isOurs(path)) {
            MakesLatents trained = TrainedFile.open(path, MakesLatents.CAPABILITY, placement);
            return new AutoencoderFile(trained.autoencoder(), trained.hash(), placement, trained);
        }
        if (!Files.isDirectory(path))
            throw new IOException(
                    path + " is neither a run of the kind autoencoder nor the folder of an autoencoder of diffusers");
        Path folder = Files.isRegularFile(path.resolve(PIPELINE)) ? path.resolve(PART) : path;
        Scope.Owned<? extends Autoencoder> owned = DiffusersAutoencoder.read(folder, placement.precision());
        try {
            if (owned.value() instanceof Module module) placement.device().move(module);
            return new AutoencoderFile(
                    owned.value(), new ContentHash().addFiles(folder).hex(), placement, owned);
        } catch (IOException | RuntimeException e) {
            owned.close();
            throw e;
        }
    }

    @Override
    public void close() {
        try {
            owned.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e); // networks are memory, which is given back without fail
        }
    }
}
