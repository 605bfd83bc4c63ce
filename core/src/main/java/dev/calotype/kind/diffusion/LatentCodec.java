package dev.calotype.kind.diffusion;

import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.run.AutoencoderFile;
import dev.calotype.sampling.Codec;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/**
 * The autoencoder between latents and pictures of a model.
 *
 * @param file owned
 */
record LatentCodec(AutoencoderFile file) implements Codec, AutoCloseable {
    private static final int MOST = 8; // pictures at once: more are not faster
    private static final int MAPS = 4; // of the widest that are there at once, about

    /** That of an experiment; null where it draws pixels. */
    static LatentCodec open(DiffusionExperiment experiment, Path model, Placement placement) throws IOException {
        if (!experiment.latent().used()) return null;
        return new LatentCodec(experiment.latent().open(model, experiment.name(), placement));
    }

    @Override
    public Tensor encode(Tensor images) {
        return inParts(images, images.size(2), images.size(3), file.autoencoder()::encode); // (N, L, h, w)
    }

    @Override
    public Tensor decode(Tensor latents) {
        long factor = file.autoencoder().factor();
        return inParts(
                latents,
                factor * latents.size(2),
                factor * latents.size(3),
                some -> Tensors.clip(file.autoencoder().decode(some))); // (N, C, H, W)
    }

    private Tensor inParts(Tensor x, long height, long width, UnaryOperator<Tensor> done) {
        int atOnce = atOnce(file.autoencoder().widest(), height, width);
        return Scope.inference(() -> Tensors.inParts(
                x.size(0),
                atOnce,
                (from, count) -> done.apply(file.placement().device().move(x.narrow(0, from, count)))));
    }

    /** How many pictures of a size go through at once: as many as fit into memory. */
    static int atOnce(int widest, long height, long width) {
        long each = MAPS * Float.BYTES * widest * height * width;
        return MemoryEstimate.atOnce(
                1, MOST, count -> new MemoryEstimate(MemoryEstimate.ofWarmProcess(), 0, count * each, 0).fits());
    }

    @Override
    public void close() {
        file.close();
    }
}
