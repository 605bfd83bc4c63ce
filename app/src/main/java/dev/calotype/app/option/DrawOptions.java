package dev.calotype.app.option;

import dev.calotype.app.console.Console;
import dev.calotype.drawing.Gallery;
import dev.calotype.drawing.PictureFiles;
import dev.calotype.experiment.Request;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How many images are drawn, of what seed, and where they go. */
public final class DrawOptions {
    private static final int USUAL = 16;

    @Option(names = "-n", paramLabel = "N", description = "Images (default: 16; of a pipeline of diffusers 1).")
    private Integer count;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "0", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            required = true,
            description =
                    "A .png, .jpg or .webp file; an .npz or .npy file; or a folder: a name without extension, or with a /"
                            + " at its end.")
    private String out;

    /** What was drawn where. */
    public record Drawn(String out, int images, long step, double seconds) {
        @Override
        public String toString() {
            return out;
        }
    }

    public int count() {
        return count(USUAL);
    }

    /** How many, where nobody says it {@code usual}. */
    public int count(int usual) {
        return count == null ? usual : count;
    }

    /** Where they go. */
    public Path out() {
        return Path.of(out);
    }

    public long seed() {
        return seed;
    }

    /** Refuses a place that no images can go to, before anything is opened. */
    public void requirePlace() throws IOException {
        PictureTarget.require(out);
        PictureFiles.require(Path.of(out));
    }

    /**
     * Draws.
     *
     * @param step training steps behind the weights
     * @param begun when the command began, in nanoseconds
     */
    public Drawn draw(Gallery gallery, Request request, long step, long begun, Console console) throws IOException {
        gallery.sample(request, count(), Path.of(out));
        double seconds = (System.nanoTime() - begun) * 1e-9;
        console.say("%d images in %.1f s with %s", count(), seconds, request.sampling());
        return new Drawn(Path.of(out).toString(), count(), step, seconds);
    }
}
