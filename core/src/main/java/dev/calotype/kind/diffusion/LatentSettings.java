package dev.calotype.kind.diffusion;

import dev.calotype.data.ContentHash;
import dev.calotype.embedding.Latents;
import dev.calotype.io.Moved;
import dev.calotype.run.AutoencoderFile;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a model draws in, where that is not pixels.
 *
 * @param autoencoder a run, a checkpoint or files of others that make latents; empty for models that draw pixels
 * @param autoencoderHash of its weights, filled in when training begins
 * @param channels of latents, filled in likewise
 * @param factor how many times smaller latents are than pictures per side, filled in likewise
 * @param pictures of the data set that are encoded and learned from at most
 */
public record LatentSettings(String autoencoder, String autoencoderHash, int channels, int factor, int pictures) {
    /** What runs recorded of any folder that was named by a link, before the files behind links were hashed: it tells none apart. */
    private static final String OF_A_LINK = new ContentHash().hex();

    public LatentSettings {
        Check.range("latent.channels", channels, 1, 1024);
        Check.range("latent.factor", factor, 1, 128);
        Check.range("latent.pictures", pictures, 1, 10_000_000);
    }

    /** Whether there is an autoencoder. */
    boolean used() {
        return !autoencoder.isBlank();
    }

    /** With what latents that were made turned out to be. */
    LatentSettings of(Latents made) {
        return new LatentSettings(autoencoder, made.autoencoder(), made.channels(), made.factor(), pictures);
    }

    /** Refuses latents of another autoencoder than the one that a training began with. */
    void requireSame(Latents made, String name) throws IOException {
        requireSame(made.autoencoder(), autoencoder, name);
    }

    private void requireSame(String hash, Object where, String name) throws IOException {
        if (!autoencoderHash.isEmpty() && !autoencoderHash.equals(OF_A_LINK) && !autoencoderHash.equals(hash))
            throw new IOException(where + " is not the autoencoder that " + name
                    + " began to learn with: its latents do not compare");
    }

    /**
     * Opens the autoencoder of a trained model: where it was when training began, else beside the run, under the same name.
     *
     * @param model its run or checkpoint
     * @throws IOException if it is in neither place, or is another one
     */
    AutoencoderFile open(Path model, String name, Placement placement) throws IOException {
        Path place = Moved.find("autoencoder", Path.of(autoencoder), model);
        AutoencoderFile file = AutoencoderFile.open(place, placement);
        try {
            requireSame(file.hash(), place, name);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }
}
