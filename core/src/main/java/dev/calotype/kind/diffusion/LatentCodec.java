package dev.calotype.kind.diffusion;

import dev.calotype.run.AutoencoderFile;
import dev.calotype.sampling.Codec;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;

/**
 * The autoencoder between latents and pictures of a model.
 *
 * @param file owned
 */
record LatentCodec(AutoencoderFile file) implements Codec, AutoCloseable {
    private static final int AT_ONCE = 8; // pictures, so that memory is bounded

    /** That of an experiment; null where it draws pixels. */
    static LatentCodec open(DiffusionExperiment experiment, Path model, Placement placement) throws IOException {
        if (!experiment.latent().used()) return null;
        return new LatentCodec(experiment.latent().open(model, experiment.name(), placement));
    }

    @Override
    public Tensor encode(Tensor images) {
        return Scope.inference(
                () -> file.autoencoder().encode(file.placement().device().move(images)));
    }

    @Override
    public Tensor decode(Tensor latents) {
        return Scope.inference(() -> {
            int count = (int) latents.size(0), parts = (count + AT_ONCE - 1) / AT_ONCE;
            Tensor[] images = new Tensor[parts];
            for (int i = 0; i < parts; i++) {
                Tensor some = latents.narrow(0, (long) i * AT_ONCE, Math.min(AT_ONCE, count - i * AT_ONCE));
                images[i] = Tensors.clip(
                        file.autoencoder().decode(file.placement().device().move(some)));
            }
            return Tensors.cat(0, images); // (N, C, H, W)
        });
    }

    @Override
    public void close() {
        file.close();
    }
}
