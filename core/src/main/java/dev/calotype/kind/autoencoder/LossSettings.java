package dev.calotype.kind.autoencoder;

import dev.calotype.model.latent.PatchDiscriminator;
import dev.calotype.model.latent.VqAutoencoder;
import dev.calotype.settings.Check;
import dev.calotype.train.latent.ReconstructionLoss.Pixels;

/**
 * What an autoencoder lowers. Weights mean what they do in latent diffusion's recipes; 0 turns a term off.
 *
 * @param pixels how pixels are compared
 * @param kl of how far distributions of latents are from the standard normal one; of a tiny autoencoder, of half their squares
 *     Of one with codes 0
 * @param codebook of how far latents and codes are from each other, in one with codes
 * @param perceptual of what the judge of rooms sees of pictures
 */
public record LossSettings(
        Pixels pixels, double kl, CodebookWeights codebook, double perceptual, Adversarial adversarial) {
    /**
     * What is lowered of a codebook.
     *
     * @param weight of all of it
     * @param commitment of how far latents are from their codes, where that of codes from their latents is 1
     * @param gathering of how far codes are from the nearest latent, which brings back those that nothing is near to
     */
    public record CodebookWeights(double weight, double commitment, double gathering) {
        public CodebookWeights {
            Check.range("codebook.weight", weight, 0, 1000);
            Check.range("codebook.commitment", commitment, 0, 1000);
            Check.range("codebook.gathering", gathering, 0, 1000);
        }

        VqAutoencoder.Codes codes(int count) {
            return new VqAutoencoder.Codes(count, commitment, gathering);
        }
    }

    /**
     * A discriminator of squares of pictures.
     *
     * @param weight of its gradient, in units of that of the reconstruction
     * @param start steps before it plays
     * @param width of its first layer
     * @param layers that halve the picture
     */
    public record Adversarial(double weight, long start, int width, int layers) {
        public Adversarial {
            Check.range("adversarial.weight", weight, 0, 1000);
            Check.range("adversarial.start", start, 0, 1e9);
            Check.range("adversarial.width", width, 1, 1024);
            Check.range("adversarial.layers", layers, 1, 5);
        }

        PatchDiscriminator.Config config(int channels) {
            return new PatchDiscriminator.Config(channels, width, layers);
        }
    }

    public LossSettings {
        Check.range("loss.kl", kl, 0, 1000);
        Check.range("loss.perceptual", perceptual, 0, 1000);
    }
}
