package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.io.Progress;
import org.bytedeco.pytorch.Tensor;

/** Counts the calls of a denoiser. */
public final class Watched {
    private final String what;
    private final Progress progress;
    private final long total;
    private long done;

    /** Calls of which there will be {@code total}. */
    public Watched(Progress progress, long total) {
        this("denoising", progress, total);
    }

    /** The same, called otherwise. */
    public Watched(String what, Progress progress, long total) {
        this.what = what;
        this.progress = progress;
        this.total = total;
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
}
