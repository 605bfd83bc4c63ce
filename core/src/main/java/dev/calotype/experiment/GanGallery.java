package dev.calotype.experiment;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.StyleProjection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Draws images of a trained generator to files, which say in their metadata how they were made. */
public record GanGallery(TrainedGan trained, Progress progress) {
    /** Draws {@code count} images: a grid if {@code out} ends in {@code .png}, else a folder of single images. */
    public void sample(long seed, int label, int count, Path out) throws IOException {
        Drawing drawing = trained.model().drawing(seed, label);
        Gallery.write(new Gallery.Sheet(drawing, origin(seed, label), Gallery.BATCH), count, out, progress);
    }

    /** {@link #sample} with styles drawn to their mean, by {@link GanStyles#truncated}. */
    public void sampleTruncated(long seed, double psi, int count, Path out) throws IOException {
        Map<String, String> origin = origin(seed, DiffusionModel.ANY);
        origin.put("truncation", String.valueOf(psi));
        Drawing drawing = GanStyles.of(trained.model()).truncated(seed, psi);
        Gallery.write(new Gallery.Sheet(drawing, origin, Gallery.BATCH), count, out, progress);
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
        write(pictures, ends, Kebab.of(mode), out);
    }

    /** Draws a row of images between those of two seeds, on the straight line in W: {@link GanStyles#walk}. */
    public void walk(long fromSeed, long toSeed, int frames, Path out) throws IOException {
        Check.range("frames", frames, 2, 1000);
        GanStyles styles = GanStyles.of(trained.model());
        List<Picture> pictures = Scope.read(() -> Images.pictures(styles.walk(fromSeed, toSeed, frames)));
        write(pictures, new Ends(fromSeed, toSeed, DiffusionModel.ANY), "lerp in w", out);
    }

    private void write(List<Picture> row, Ends ends, String way, Path out) throws IOException {
        Map<String, String> origin = origin(ends.fromSeed(), ends.label());
        origin.put("to-seed", String.valueOf(ends.toSeed()));
        origin.put("interpolation", way);
        PngFile.write(out, Images.grid(row, row.size(), Gallery.GAP), origin);
    }

    /**
     * What a projection came to.
     *
     * @param start the mean squared difference of pixels in [-1, 1] to the image of the mean style
     * @param distance that to the image found
     */
    public record Projection(double start, double distance) {}

    /**
     * Finds the style whose image is nearest to a picture, and draws both side by side, the picture first.
     *
     * @param picture as {@link DataSettings#preparation} of the model's data makes it
     * @param styles where the style is written as the tensor {@code w} (1, style), or null
     */
    public Projection project(Picture picture, StyleProjection projection, Path out, Path styles) throws IOException {
        GanStyles own = GanStyles.of(trained.model());
        Map<String, String> origin = origin();
        origin.put("projection", projection.toString());
        try (PointerScope scope = new PointerScope()) {
            Tensor target = Device.of(own.generator()).move(Images.toTensor(picture)); // (1, C, H, W)
            Tensor w = own.project(target, projection); // (1, style)
            Tensor found = own.images(() -> w), mean = own.images(own::mean); // (1, C, H, W)
            PngFile.write(out, Images.grid(Images.pictures(Tensors.cat(0, target, found)), 2, Gallery.GAP), origin);
            if (styles != null) SafeTensors.write(styles, Map.of("w", w), origin);
            return new Projection(
                    StyleProjection.pixels().apply(mean, target).item_double(),
                    StyleProjection.pixels().apply(found, target).item_double());
        }
    }

    private Map<String, String> origin(long seed, int label) {
        Map<String, String> origin = origin();
        origin.put("seed", String.valueOf(seed));
        origin.put("class", String.valueOf(label));
        return origin;
    }

    private Map<String, String> origin() {
        return Gallery.origin(trained.model().experiment(), trained.step(), trained.hash(), trained.placement());
    }
}
