package dev.calotype.drawing;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.sampling.Interpolation;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Scope;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * Draws images of a trained model, in memory or to files, which say in their metadata how they were made. Several threads may
 * draw at the same time if {@code progress} allows it.
 */
public record Gallery(DrawsImages trained, Progress progress) {
    private static final int BATCH = 64;
    private static final int GAP = 2;
    private static final int IN_MEMORY = 100_000;

    /**
     * Draws {@code count} images in memory as the model's recipe says, of all classes in turn.
     *
     * @param seed which images: number i of a seed is always the same
     * @throws IllegalArgumentException if {@code count} is not in 1..100,000
     * @throws IllegalStateException if the model was closed
     */
    public List<BufferedImage> images(long seed, int count) {
        return images(new Request(trained.experiment().sampling(), seed, Request.ANY), count);
    }

    /**
     * Draws {@code count} images in memory.
     *
     * @throws IllegalArgumentException if {@code count} is not in 1..100,000, or the model cannot draw what is asked for
     * @throws IllegalStateException if the model was closed
     */
    public List<BufferedImage> images(Request request, int count) {
        Check.range("count", count, 1, IN_MEMORY);
        Sheet sheet = new Sheet(trained.drawing(request), Map.of(), batch(request, count));
        List<BufferedImage> images = new ArrayList<>();
        for (int first = 0; first < count; first += sheet.batch()) {
            int size = Math.min(sheet.batch(), count - first);
            for (Picture picture : pictures(sheet, first, size)) images.add(picture.toBufferedImage());
            progress.at("sampling", first + size, count);
        }
        return images;
    }

    private static List<Picture> pictures(Sheet sheet, int first, int count) {
        return Scope.read(() -> Images.pictures(sheet.drawing().images(first, count)));
    }

    /** Draws {@code count} images: a grid if {@code out} ends in {@code .png}, else a folder of single images. */
    public void sample(Request request, int count, Path out) throws IOException {
        write(new Sheet(trained.drawing(request), trained.origin(request), batch(request, count)), count, out);
    }

    /** What to write: images of a drawing, with texts that say where they come from, so many at once. */
    private record Sheet(Drawing drawing, Map<String, String> origin, int batch) {}

    public void write(Sheet sheet, int count, Path out) throws IOException {
        Check.range("n", count, 1, 10_000_000);
        boolean grid = out.toString().endsWith(".png");
        if (grid) Check.range("n of a grid", count, 1, 4096);
        else requireEmpty(Files.createDirectories(out));
        List<Picture> pictures = new ArrayList<>();
        for (int first = 0; first < count; first += sheet.batch()) {
            int size = Math.min(sheet.batch(), count - first);
            List<Picture> drawn = pictures(sheet, first, size);
            progress.at("sampling", first + size, count);
            if (grid) pictures.addAll(drawn);
            else
                for (int i = 0; i < size; i++)
                    PngFile.write(
                            out.resolve(String.format(Locale.ROOT, "%06d.png", first + i)),
                            drawn.get(i),
                            sheet.origin());
        }
        if (grid) PngFile.write(out, Images.grid(pictures, columns(count), GAP), sheet.origin());
    }

    /** A folder with images of an earlier drawing is refused: old and new would stand there as one set. */
    private static void requireEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<String> before = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[0-9]{6,}\\.png"))
                    .sorted()
                    .toList();
            Check.that(
                    before.isEmpty(),
                    folder + " has " + before.size()
                            + " images from before, which new ones would stand among: take another"
                            + " folder, or remove them",
                    before.isEmpty() ? "" : before.get(0));
        }
    }

    /** The memory that {@link #sample} is expected to need at its peak, where there is an estimate. */
    public Optional<MemoryEstimate> memory(Request request, int count) {
        return trained.memory(request, batch(request, count));
    }

    /** As many images at once as are wanted and fit, at most {@link #BATCH}: each is the same in whatever batch. */
    private int batch(Request request, int count) {
        int batch = Math.min(BATCH, count);
        while (batch > 1 && !fits(request, batch)) batch = (batch + 1) / 2;
        return batch;
    }

    private boolean fits(Request request, int images) {
        return trained.memory(request, images).map(MemoryEstimate::fits).orElse(true);
    }

    /** Draws a row of images between those of two seeds, from points between their random starts. */
    public void interpolate(Request from, long toSeed, Interpolation mode, int frames, Path out) throws IOException {
        row(from, toSeed, Kebab.of(mode), frames, out, () -> walking().between(from, toSeed, mode, frames));
    }

    /** Draws a row of images between those of two seeds, on the way that suits the model: {@link WalksBetween#way}. */
    public void interpolate(Request from, long toSeed, int frames, Path out) throws IOException {
        row(from, toSeed, walking().wayName(), frames, out, () -> walking().way(from, toSeed, frames));
    }

    private WalksBetween walking() {
        return trained.as(Capability.WALKS_BETWEEN);
    }

    private void row(Request from, long toSeed, String way, int frames, Path out, Supplier<Tensor> images)
            throws IOException {
        Check.range("frames", frames, 2, 1000);
        List<Picture> pictures = Scope.read(() -> Images.pictures(images.get()));
        Map<String, String> origin = trained.origin(from);
        origin.put("to-seed", String.valueOf(toSeed));
        origin.put("interpolation", way);
        PngFile.write(out, Images.grid(pictures, frames, GAP), origin);
    }

    private static int columns(int count) {
        return (int) Math.ceil(Math.sqrt(count));
    }
}
