package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.io.Progress;
import org.bytedeco.pytorch.Tensor;

/** Counts the calls of a denoiser. */
final class Watched {
    private final Progress progress;
    private final long total;
    private long done;

    Watched(Progress progress, long total) {
        this.progress = progress;
        this.total = total;
    }

    /** How many there were. */
    long done() {
        return done;
    }

    /** The same latents, once more seen by the denoiser. */
    Tensor at(Tensor x) {
        progress.at("denoising", ++done, total);
        return x;
    }
}
