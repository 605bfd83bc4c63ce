package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.TextPipeline.Painted;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.kind.diffusion.pipeline.Watched.Preview;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.TiledDecoding;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Latents made pictures, in tiles where they are large. */
public final class Decoding {
    private Decoding() {}

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
