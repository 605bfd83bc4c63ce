package dev.calotype.experiment;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.sampling.Interpolation;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Draws images of a trained model to files, which say in their metadata how they were made. */
public record Gallery(TrainedDiffusion trained, Progress progress) {
    static final int BATCH = 64;
    static final int GAP = 2;

    /** Draws {@code count} images: a grid if {@code out} ends in {@code .png}, else a folder of single images. */
    public void sample(DiffusionModel.Request request, int count, Path out) throws IOException {
        Check.range("n", count, 1, 10_000_000);
        Drawing drawing = trained.model().drawing(request);
        write(new Sheet(drawing, origin(request), batch(request, count)), count, out, progress);
    }

    /** What to write: images of a drawing, so many at once, with texts that say where they come from. */
    record Sheet(Drawing drawing, Map<String, String> origin, int batch) {}

    /** Writes {@code count} images: a grid if {@code out} ends in {@code .png}, else a folder of single images. */
    static void write(Sheet sheet, int count, Path out, Progress progress) throws IOException {
        Check.range("n", count, 1, 10_000_000);
        boolean grid = out.toString().endsWith(".png");
        if (grid) Check.range("n of a grid", count, 1, 4096);
        else Files.createDirectories(out);
        List<Picture> pictures = new ArrayList<>();
        for (int first = 0; first < count; first += sheet.batch()) {
            int from = first;
            int size = Math.min(sheet.batch(), count - first);
            List<Picture> drawn =
                    Scope.read(() -> Images.pictures(sheet.drawing().images(from, size)));
            progress.at("sampling", first + size, count);
            if (grid) pictures.addAll(drawn);
            else
                for (int i = 0; i < size; i++)
                    PngFile.write(out.resolve(String.format("%06d.png", first + i)), drawn.get(i), sheet.origin());
        }
        if (grid) PngFile.write(out, Images.grid(pictures, columns(count), GAP), sheet.origin());
    }

    /** The memory that {@link #sample} is expected to need at its peak. */
    public MemoryEstimate memory(DiffusionModel.Request request, int count) {
        return expected(request, batch(request, count));
    }

    private MemoryEstimate expected(DiffusionModel.Request request, int images) {
        double guidance = request.sampling().guidance();
        return MemoryEstimate.sampling(trained.experiment(), trained.placement().precision(), guidance, images);
    }

    /** As many images at once as are wanted and fit, at most {@link #BATCH}: each is the same in whatever batch. */
    private int batch(DiffusionModel.Request request, int count) {
        int batch = Math.min(BATCH, count);
        while (batch > 1 && !expected(request, batch).fits()) batch = (batch + 1) / 2;
        return batch;
    }

    /** Draws a row of images between those of two seeds, from points between their noises. */
    public void interpolate(DiffusionModel.Request from, long toSeed, Interpolation mode, int frames, Path out)
            throws IOException {
        Check.range("frames", frames, 2, 1000);
        List<Picture> pictures = Scope.read(() -> {
            Tensor first = trained.model().noise(from.seed(), 0).squeeze(0); // (C, H, W)
            Tensor last = trained.model().noise(toSeed, 0).squeeze(0); // (C, H, W)
            Tensor path = mode.frames(first, last, frames);
            // One stream for every frame: what noise a sampler adds on the way must not differ between them.
            Rng[] same = new Rng[frames];
            for (int i = 0; i < frames; i++) same[i] = Rng.of(from.seed());
            return Images.pictures(trained.model().interpolated(from, path, Rng.rows(same)));
        });
        Map<String, String> origin = origin(from);
        origin.put("to-seed", String.valueOf(toSeed));
        origin.put("interpolation", Kebab.of(mode));
        PngFile.write(out, Images.grid(pictures, frames, GAP), origin);
    }

    private Map<String, String> origin(DiffusionModel.Request request) {
        Map<String, String> origin = origin(trained.experiment(), trained.step(), trained.hash(), trained.placement());
        origin.put("sampling", request.sampling().toString());
        origin.put("seed", String.valueOf(request.seed()));
        origin.put("class", String.valueOf(request.label()));
        return origin;
    }

    /** The texts of an image that say which weights drew it, and on what. */
    static Map<String, String> origin(Experiment experiment, long step, String weights, Placement placement) {
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("Software", "Calotype");
        origin.put("experiment", experiment.name());
        origin.put("step", String.valueOf(step));
        origin.put("weights", weights);
        origin.put("computed", "on " + placement);
        return origin;
    }

    private static int columns(int count) {
        return (int) Math.ceil(Math.sqrt(count));
    }
}
