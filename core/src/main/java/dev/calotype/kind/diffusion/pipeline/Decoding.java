package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.TiledDecoding;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Latents made pictures, in tiles where they are large. */
public final class Decoding {
    private Decoding() {}

    /**
     * The pictures of latents, one after the other.
     *
     * @param latents (1, L, h, w) each, of the same sides
     * @param notes gets what is to be said
     */
    public static List<Picture> pictures(
            Autoencoder autoencoder, List<Tensor> latents, Progress progress, List<String> notes) {
        boolean tiled = TiledDecoding.isWorthwhile(autoencoder, latents.get(0));
        if (tiled) notes.add("Pictures of this size are decoded in tiles that overlap, which takes less memory.");
        List<Picture> pictures = new ArrayList<>();
        for (Tensor some : latents) {
            Scope.run(() -> {
                Tensor whole = tiled
                        ? new TiledDecoding().decode(autoencoder, some)
                        : autoencoder.decode(some); // (1, C, H, W)
                pictures.addAll(Images.pictures(whole.cpu()));
            });
            progress.at("decoding", pictures.size(), latents.size());
        }
        return pictures;
    }
}
