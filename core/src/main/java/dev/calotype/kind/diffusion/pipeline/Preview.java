package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.TextPipeline.Watcher;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Shows a watcher what latents would become. The autoencoder is read when somebody looks for the first time, and kept; of large latents a
 * smaller picture is shown, which takes a small part of a step.
 */
public final class Preview implements AutoCloseable {
    private static final long MOST_PLACES = 32 * 32;

    /** Reads an autoencoder, which is owned by the caller. */
    @FunctionalInterface
    public interface Opening {
        Scope.Owned<? extends Autoencoder> open() throws IOException;
    }

    private final Watcher watcher;
    private final Opening opening; // null where what is drawn are pictures
    private Scope.Owned<? extends Autoencoder> autoencoder; // null before somebody looked

    /** Of latents. */
    public Preview(Watcher watcher, Opening opening) {
        this.watcher = watcher;
        this.opening = opening;
    }

    /** Of what is drawn as pictures. */
    public static Preview ofPictures(Watcher watcher) {
        return new Preview(watcher, null);
    }

    /** {@code predicted} is what some pictures would become after {@code done} of {@code steps}, (N, L, h, w). */
    void step(int first, int done, int steps, Tensor predicted) {
        watcher.step(first, done, steps, () -> pictures(predicted));
    }

    private List<Picture> pictures(Tensor predicted) {
        return Scope.read(
                () -> Images.pictures((opening == null ? predicted : opened().decode(smaller(predicted))).cpu()));
    }

    private static Tensor smaller(Tensor latents) {
        long side = 1;
        long height = latents.size(2), width = latents.size(3);
        while (height * width > MOST_PLACES * side * side && 2 * side <= Math.min(height, width)) side *= 2;
        return side == 1 ? latents : torch.avg_pool2d(latents, side, side);
    }

    private Autoencoder opened() {
        try {
            if (autoencoder == null) autoencoder = opening.open();
            return autoencoder.value();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (autoencoder != null) autoencoder.close();
    }
}
