package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.experiment.offer.TextPipeline.Watcher;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Counts the calls of a denoiser. */
public final class Watched {
    private final String what;
    private final Progress progress;
    private final long total;
    private final Preview preview; // null where nobody sees
    private final int calls; // for one picture
    private long done;
    private int first, own; // of the pictures that are drawn now: the place of the first, and the calls so far

    /** Calls of which there will be {@code total}. */
    public Watched(Progress progress, long total) {
        this("denoising", progress, total);
    }

    /** The same, called otherwise. */
    public Watched(String what, Progress progress, long total) {
        this(what, progress, total, null, 0);
    }

    /**
     * Calls for pictures that are seen meanwhile.
     *
     * @param parts how often some are drawn at once
     * @param calls for one picture
     */
    public Watched(Progress progress, int parts, int calls, Preview preview) {
        this("denoising", progress, (long) parts * calls, preview, calls);
    }

    private Watched(String what, Progress progress, long total, Preview preview, int calls) {
        this.what = what;
        this.progress = progress;
        this.total = total;
        this.preview = preview;
        this.calls = calls;
    }

    /** The pictures from this place on are drawn now. */
    public void begin(int place) {
        first = place;
        own = 0;
    }

    /** Latents as they would become, (N, L, h, w). */
    public void predicted(Tensor clean) {
        if (preview != null) preview.step(first, ++own, calls, clean);
    }

    /** How many there were. */
    long done() {
        return done;
    }

    /** The same latents, once more seen by the denoiser. */
    public Tensor at(Tensor x) {
        progress.at(what, ++done, total);
        return x;
    }

    /**
     * Shows a watcher what latents would become. The autoencoder is read when somebody looks for the first time, and kept; of large latents a
     * smaller picture is shown, which takes a small part of a step.
     */
    public static final class Preview implements AutoCloseable {
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
            watcher.step(first, (int) predicted.size(0), done, steps, () -> pictures(predicted));
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
}
