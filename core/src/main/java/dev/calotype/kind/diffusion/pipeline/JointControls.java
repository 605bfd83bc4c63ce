package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.latent.DiffusersJointControlNet;
import dev.calotype.experiment.offer.Control;
import dev.calotype.experiment.offer.Control.Manner;
import dev.calotype.model.dit.JointControlNet;
import dev.calotype.model.dit.JointControlNet.Hearing;
import dev.calotype.model.dit.LatentTransformer;
import dev.calotype.model.dit.LatentTransformerConfig;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.Told;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** What steers a drawing of Stable Diffusion 3 besides the text. Its networks are owned. */
final class JointControls implements AutoCloseable {
    private static final double USUAL_SCALE = 0.18215; // of latents, in diffusers

    /** What is wanted, and the settings of its network. */
    record Checked(Control control, DiffusersJointControlNet network) {
        /**
         * Its picture in latents. Networks that hear no vector of the text were trained with latents from which nothing is taken before they
         * are scaled.
         *
         * @param vae the settings of the autoencoder
         * @param noise of the distribution of latents, (1, L, h, w)
         * @return (1, L, h, w)
         */
        Tensor picture(Canvas canvas, Autoencoder autoencoder, JsonNode vae, Tensor noise) {
            Tensor image = canvas.image(control.picture(), autoencoder.pictureChannels()); // (1, C, H, W)
            Tensor latents = autoencoder.encode(image, noise);
            if (network.manner().pooled() == Hearing.TOLD) return latents;
            double scale = vae.path("scaling_factor").asDouble(USUAL_SCALE);
            return latents.add(new Scalar(vae.path("shift_factor").asDouble(0) * scale));
        }
    }

    /** A network, and what it sees, (1, L, D). */
    private record Held(Control control, JointControlNet network, Tensor sight) {}

    private final List<Scope.Owned<JointControlNet>> owned =
            new ArrayList<>(); // also of what has not seen its picture yet
    private final List<Held> all = new ArrayList<>();
    private final int calls; // of the denoiser, for one picture

    private JointControls(int calls) {
        this.calls = calls;
    }

    /** Nothing. */
    static JointControls none() {
        return new JointControls(1);
    }

    /**
     * Looks at a network; no weights are read.
     *
     * @throws IOException if it cannot be read, or is not of this denoiser
     */
    static Checked checked(Control control, LatentTransformerConfig denoiser) throws IOException {
        Check.that(
                control.manner() == Manner.STEERS,
                "ControlNets of Stable Diffusion 3 steer what is wanted and what is not alike, and cannot guess",
                control.network());
        if (!Files.isDirectory(control.network()))
            throw new IOException("a ControlNet of Stable Diffusion 3 is read from its folder of diffusers, with"
                    + " config.json, and not from one file: " + control.network());
        DiffusersJointControlNet network = DiffusersJointControlNet.of(StoredNetwork.in(control.network()));
        LatentTransformerConfig own = network.config();
        if (own.width() != denoiser.width() || own.in() != denoiser.in() || own.patch() != denoiser.patch())
            throw Controls.other(
                    control,
                    "blocks of width " + own.width() + " of latents with " + own.in() + " channels in squares of "
                            + own.patch(),
                    denoiser.width() + ", " + denoiser.in() + " and " + denoiser.patch());
        boolean tokens = network.manner().tokens() == Hearing.TOLD && own.tokens() != denoiser.tokens();
        if (tokens || own.pooled() != denoiser.pooled())
            throw Controls.other(
                    control,
                    "texts whose tokens have " + own.tokens() + " values and whose vectors have " + own.pooled(),
                    denoiser.tokens() + " and " + denoiser.pooled());
        return new Checked(control, network);
    }

    /**
     * Reads networks, and lets them see their pictures, in the caller's scope.
     *
     * @param pictures in latents, (1, L, h, w)
     * @param calls of the denoiser, for one picture
     * @throws IOException if one cannot be read
     */
    static JointControls read(List<Checked> wanted, List<Tensor> pictures, int calls, Placement placement)
            throws IOException {
        JointControls controls = new JointControls(calls);
        try {
            for (int i = 0; i < wanted.size(); i++) controls.add(wanted.get(i), pictures.get(i), placement);
            return controls;
        } catch (IOException | RuntimeException e) {
            controls.close();
            throw e;
        }
    }

    private void add(Checked wanted, Tensor picture, Placement placement) throws IOException {
        Scope.Owned<JointControlNet> read = wanted.network.read(placement.precision());
        owned.add(read);
        JointControlNet network = placement.device().move(read.value());
        all.add(new Held(wanted.control, network, network.sight(picture)));
    }

    /**
     * What is added between the blocks of the denoiser by each network that acts now.
     *
     * @param call how often the denoiser was called before
     */
    List<List<Tensor>> steering(long call, LatentTransformer denoiser, Tensor x, Tensor times, Told told) {
        List<List<Tensor>> steering = new ArrayList<>();
        for (Held held : all) {
            Control control = held.control;
            if (!control.acts(call, calls)) continue;
            steering.add(held.network.forward(denoiser, x, times, told, held.sight, control.scale()));
        }
        return steering;
    }

    @Override
    public void close() {
        owned.forEach(Scope.Owned::close);
    }
}
