package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.io.Progress;
import org.bytedeco.pytorch.Tensor;

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
}
