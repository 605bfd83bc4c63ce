package dev.calotype.drawing;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFormat;
import dev.calotype.image.PngFile;
import dev.calotype.io.OutputFile;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Draws images of a trained model, in memory or to files, which say in their metadata how they were made. Several threads may
 * draw at the same time if {@code progress} allows it.
 */
public record Gallery(DrawsImages trained, Progress progress) {
    private static final int GAP = PictureFiles.GAP;
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

    /**
     * Draws {@code count} images: a grid if {@code out} ends as a {@link PictureFormat} does, an array if it ends in {@code .npy} or
     * {@code .npz} ({@link ImageArrays}), else a folder of single images.
     *
     * @throws IllegalArgumentException if {@code out} cannot hold them
     * @throws IOException if something cannot be written
     */
    public void sample(Request request, int count, Path out) throws IOException {
        Check.range("n", count, 1, 10_000_000);
        Sheet sheet = new Sheet(trained.drawing(request), trained.origin(request), batch(request, count));
        if (PictureFormat.ofName(out.toString()).isPresent()) grid(sheet, count, out);
        else if (ImageArrays.isNamed(out)) ImageArrays.write(out, count, request, trained.experiment(), each(sheet));
        else folder(sheet, count, out);
    }

    /** What to write: images of a drawing, with texts that say where they come from, so many at once. */
    private record Sheet(Drawing drawing, Map<String, String> origin, int batch) {}

    private void grid(Sheet sheet, int count, Path out) throws IOException {
        int side = sheet.drawing().data().size();
        PictureFiles.require(out, count, side, side);
        List<Picture> pictures = new ArrayList<>();
        each(sheet).to(count, (first, drawn) -> pictures.addAll(drawn));
        Map<String, String> origin = new LinkedHashMap<>(sheet.origin());
        origin.put("images", String.valueOf(count));
        PictureFiles.write(out, pictures, origin);
    }

    private void folder(Sheet sheet, int count, Path out) throws IOException {
        PictureFiles.requireEmpty(Files.createDirectories(out));
        each(sheet).to(count, (first, drawn) -> {
            for (int i = 0; i < drawn.size(); i++) {
                Map<String, String> origin = new LinkedHashMap<>(sheet.origin());
                origin.put("index", String.valueOf(first + i));
                PngFile.write(out.resolve(PictureFiles.name(first + i)), drawn.get(i), origin);
            }
        });
    }

    /** Draws batch by batch. */
    private ImageArrays.Painter each(Sheet sheet) {
        return (count, taker) -> {
            for (int first = 0; first < count; first += sheet.batch()) {
                int size = Math.min(sheet.batch(), count - first);
                taker.take(first, pictures(sheet, first, size));
                progress.at("sampling", first + size, count);
            }
        };
    }

    private static void requireFits(Path out, int side, int columns, int rows) {
        PictureFormat.of(out).requireFits(columns * (side + GAP) - GAP, rows * (side + GAP) - GAP, false);
    }

    /** The memory that {@link #sample} is expected to need at its peak, where there is an estimate. */
    public Optional<MemoryEstimate> memory(Request request, int count) {
        return trained.memory(request, batch(request, count));
    }

    /** As many images at once as are wanted and fit, at most {@link DrawsImages#MOST_AT_ONCE}: each is the same in whatever batch. */
    private int batch(Request request, int count) {
        return trained.atOnce(request, Math.min(DrawsImages.MOST_AT_ONCE, count));
    }

    /** The sheet of the first {@code count} images that {@link #sample} writes where its file is one of a picture. */
    public Picture sheet(Request request, int count) {
        Check.range("n", count, 1, PictureFiles.MOST_OF_A_GRID);
        Sheet sheet = new Sheet(trained.drawing(request), Map.of(), batch(request, count));
        List<Picture> pictures = new ArrayList<>();
        for (int first = 0; first < count; first += sheet.batch())
            pictures.addAll(pictures(sheet, first, Math.min(sheet.batch(), count - first)));
        return Images.grid(pictures, PictureFiles.columns(count), GAP);
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
        row(from, Map.of("to-seed", String.valueOf(toSeed), "interpolation", way), frames, out, images);
    }

    /**
     * Draws a row of images that are made in some way of their own.
     *
     * @param notes that the file says besides where it comes from
     * @param images fp32 (frames, C, H, W) in [-1, 1]
     */
    public void row(Request from, Map<String, String> notes, int frames, Path out, Supplier<Tensor> images)
            throws IOException {
        Check.range("frames", frames, 2, 1000);
        requireFits(out, trained.experiment().data().size(), frames, 1);
        OutputFile.require(out, OutputFile.Existing.REPLACE);
        List<Picture> pictures = Scope.read(() -> Images.pictures(images.get()));
        Map<String, String> origin = trained.origin(from);
        origin.putAll(notes);
        PictureFormat.write(out, Images.grid(pictures, frames, GAP), origin);
    }
}
