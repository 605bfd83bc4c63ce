package dev.calotype.experiment;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Draws images of a trained generator to files, which say in their metadata how they were made. */
public record GanGallery(TrainedGan trained, Progress progress) {
    /** Draws {@code count} images: a grid if {@code out} ends in {@code .png}, else a folder of single images. */
    public void sample(long seed, int label, int count, Path out) throws IOException {
        Drawing drawing = trained.model().drawing(seed, label);
        Gallery.write(new Gallery.Sheet(drawing, origin(seed, label), Gallery.BATCH), count, out, progress);
    }

    /** The first images of two seeds, of one class. */
    public record Ends(long fromSeed, long toSeed, int label) {}

    /** Draws a row of images between those of two seeds, from points between their random vectors. */
    public void interpolate(Ends ends, Interpolation mode, int frames, Path out) throws IOException {
        Check.range("frames", frames, 2, 1000);
        GanModel model = trained.model();
        List<Picture> pictures = Scope.read(() -> {
            Tensor first = model.latent(ends.fromSeed(), 0, 1).squeeze(0); // (latent)
            Tensor last = model.latent(ends.toSeed(), 0, 1).squeeze(0); // (latent)
            return Images.pictures(model.images(mode.frames(first, last, frames), ends.label()));
        });
        Map<String, String> origin = origin(ends.fromSeed(), ends.label());
        origin.put("to-seed", String.valueOf(ends.toSeed()));
        origin.put("interpolation", Kebab.of(mode));
        PngFile.write(out, Images.grid(pictures, frames, Gallery.GAP), origin);
    }

    private Map<String, String> origin(long seed, int label) {
        Map<String, String> origin =
                Gallery.origin(trained.model().experiment(), trained.step(), trained.hash(), trained.placement());
        origin.put("seed", String.valueOf(seed));
        origin.put("class", String.valueOf(label));
        return origin;
    }
}
