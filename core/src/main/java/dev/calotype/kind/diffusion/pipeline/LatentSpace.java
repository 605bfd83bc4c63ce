package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.TextPipeline.Painted;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.kind.diffusion.pipeline.Watched.Preview;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.TiledDecoding;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** The latents of a pipeline's pictures, drawn some at a time and made pictures by its autoencoder, in tiles where they are large. */
public final class LatentSpace {
    private final PipelineFiles files;
    private final int channels;
    private final int factor; // by which latents are smaller than pictures, per side

    LatentSpace(PipelineFiles files, int channels) throws IOException {
        this.files = files;
        this.channels = channels;
        factor = files.factor();
    }

    int factor() {
        return factor;
    }

    /**
     * The autoencoder, owned by the caller.
     *
     * @throws IOException if it cannot be read, or its latents have other channels
     */
    Scope.Owned<? extends Autoencoder> autoencoder(Placement placement) throws IOException {
        Scope.Owned<? extends Autoencoder> owned = files.autoencoder(placement.precision());
        if (owned.value() instanceof Module module) placement.device().move(module);
        if (owned.value().latentChannels() == channels) return owned;
        try (owned) {
            throw new IOException(files.path() + ": the autoencoder has "
                    + owned.value().latentChannels() + " channels of latents and the denoiser " + channels);
        }
    }

    /** How many pictures on such a canvas are denoised at once at most. */
    int together(Canvas canvas, Placement placement) {
        return AskedPicture.together(placement, (long) height(canvas) * width(canvas));
    }

    /** Standard normal latents, (N, L, h, w). */
    Tensor noise(Canvas canvas, Rng rng, int count, Placement placement) {
        return placement.device().move(rng.normal(count, channels, height(canvas), width(canvas)));
    }

    private int height(Canvas canvas) {
        return canvas.fullHeight() / factor;
    }

    private int width(Canvas canvas) {
        return canvas.fullWidth() / factor;
    }

    /** Draws the pictures {@code from} to {@code to - 1} of those that are asked for. */
    @FunctionalInterface
    interface Part {
        /**
         * Their latents, (N, L, h, w).
         *
         * @param seen what is given of them; null where nothing is
         * @param noise that they begin as, (N, L, h, w)
         */
        Tensor of(int from, int to, SeenPicture seen, Tensor noise, Rng rng);
    }

    /**
     * Latents of all that is asked for, part after part.
     *
     * @param ends of the parts
     * @param seen what is given; null where nothing is
     */
    List<Tensor> inParts(
            List<AskedPicture> asked,
            List<Integer> ends,
            SeenPicture seen,
            Watched watched,
            Placement placement,
            Part part) {
        Canvas canvas = asked.get(0).request().canvas();
        List<Tensor> latents = new ArrayList<>();
        int from = 0;
        for (int to : ends) {
            watched.begin(from);
            Rng rng = AskedPicture.rows(asked.subList(from, to));
            Tensor noise = noise(canvas, rng, to - from, placement);
            latents.add(part.of(from, to, seen == null ? null : seen.rows(from, to), noise, rng));
            from = to;
        }
        return latents;
    }

    /**
     * What was drawn, with all that is to be said of it.
     *
     * @param notes of each picture
     * @param latents as {@link #pictures}
     */
    public static List<Painted> painted(
            Preview.Opening opening,
            List<AskedPicture> asked,
            List<List<String>> notes,
            List<Tensor> latents,
            Progress progress)
            throws IOException {
        List<String> others = new ArrayList<>();
        List<Picture> pictures;
        try (Scope.Owned<? extends Autoencoder> owned = opening.open()) {
            pictures = pictures(owned.value(), latents, progress, others);
        }
        List<Painted> painted = new ArrayList<>();
        for (int i = 0; i < asked.size(); i++) painted.add(asked.get(i).painted(pictures.get(i), notes.get(i), others));
        return painted;
    }

    /**
     * The pictures of latents, one after the other.
     *
     * @param latents (N, L, h, w) each, of the same sides
     * @param notes gets what is to be said
     */
    private static List<Picture> pictures(
            Autoencoder autoencoder, List<Tensor> latents, Progress progress, List<String> notes) {
        boolean tiled = TiledDecoding.isWorthwhile(autoencoder, latents.get(0));
        if (tiled) notes.add("Pictures of this size are decoded in tiles that overlap, which takes less memory.");
        List<Picture> pictures = new ArrayList<>();
        long count = latents.stream().mapToLong(some -> some.size(0)).sum();
        for (Tensor some : latents)
            for (int i = 0; i < some.size(0); i++) {
                Tensor one = some.narrow(0, i, 1); // (1, L, h, w)
                Scope.run(() -> {
                    Tensor whole = tiled
                            ? new TiledDecoding().decode(autoencoder, one)
                            : autoencoder.decode(one); // (1, C, H, W)
                    pictures.addAll(Images.pictures(whole.cpu()));
                });
                progress.at("decoding", pictures.size(), count);
            }
        return pictures;
    }
}
