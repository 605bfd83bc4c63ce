package dev.calotype.restoration;

import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.Resize;
import dev.calotype.io.OutputFile;
import dev.calotype.restoration.Tiles.Tile;
import dev.calotype.restore.Budget;
import dev.calotype.restore.LinearOperator;
import dev.calotype.restore.NoiseLevelEstimate;
import dev.calotype.restore.Observation;
import dev.calotype.restore.Restorer;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Restores a picture file: any size and colour mode, alpha and colour profile kept, memory bounded by tiles. */
public final class PictureRestoration {
    private static final int OVERLAP = 32;
    private static final int ESTIMATED = 1024; // pixels per side of the part from which the noise is estimated

    private final Request request;
    private final Listener listener;
    private final Equipment equipment;
    private PictureFile file;
    private Damaged.Parts parts;
    private double sigma;
    private Tiles tiles;

    private PictureRestoration(Request request, Listener listener, Equipment equipment) {
        this.request = request;
        this.listener = listener;
        this.equipment = equipment;
    }

    /**
     * What is to be done.
     *
     * @param sigma of the noise in units of 0..255; NaN to estimate it
     * @param budget of the whole picture in seconds, of each part in iterations
     */
    public record Request(
            Path image,
            Damaged damaged,
            Method method,
            Equipment.Sources equipment,
            double sigma,
            Budget budget,
            long seed) {
        public Request {
            if (sigma < 0) throw new IllegalArgumentException("sigma must be at least 0: " + sigma);
        }
    }

    /**
     * Where the answer and pictures on the way go.
     *
     * @param frames a folder; null for none
     * @param every iterations between two frames; 0 for none
     */
    public record Output(Path file, OutputFile.Existing existing, Path frames, int every) {
        public Output {
            if (every < 0) throw new IllegalArgumentException("every must be at least 0: " + every);
            if ((frames == null) != (every == 0))
                throw new IllegalArgumentException("--frames DIR and --every N go together");
        }
    }

    /** Follows a restoration and may end it. */
    public interface Listener {
        /** A sentence about what will be done. */
        void planned(String sentence);

        /** An iteration is over. */
        void step(RestorationStatus status);

        /** Whether to end with the best so far. */
        boolean stopRequested();
    }

    /**
     * What was done.
     *
     * @param sigma of the noise that was assumed, in units of 0..255
     * @param parts in which it was done
     * @param iteration the one chosen, in the last part
     * @param iterations made in all parts
     * @param change mean change of the estimate in the last iteration, in units of 0..255; a proxy of quality: small when
     *     the fit has come to rest
     * @param loss of the last iteration
     * @param stopped whether it was ended before its time
     */
    public record Done(
            String out,
            String method,
            int width,
            int height,
            int channels,
            boolean alpha,
            double sigma,
            boolean sigmaEstimated,
            int parts,
            int iteration,
            int iterations,
            double loss,
            double change,
            double seconds,
            boolean stopped) {
        @Override
        public String toString() {
            return out;
        }
    }

    /**
     * Restores a picture.
     *
     * @throws IOException if a file cannot be read or written
     * @throws IllegalArgumentException if the request cannot be done; one sentence
     */
    public static Done run(Request request, Output output, Listener listener) throws IOException {
        requireOutput(request, output);
        try (Equipment equipment = new Equipment(request.equipment(), Scoring.NONE)) {
            return new PictureRestoration(request, listener, equipment).restore(output);
        }
    }

    private static void requireOutput(Request request, Output output) throws IOException {
        if (!output.file().toString().toLowerCase(Locale.ROOT).endsWith(".png"))
            throw new IllegalArgumentException("--out must be a .png file: " + output.file());
        Path[] inputs = request.damaged() instanceof Damaged.Incomplete incomplete
                ? new Path[] {request.image(), incomplete.mask()}
                : new Path[] {request.image()};
        OutputFile.require(output.file(), output.existing(), inputs);
        if (output.frames() == null) return;
        boolean filled = Files.exists(output.frames())
                && output.frames().toFile().list() != null
                && output.frames().toFile().list().length > 0;
        if (filled && output.existing() == OutputFile.Existing.REFUSE)
            throw new IllegalArgumentException(
                    output.frames() + " is not empty: take another folder, or say --overwrite");
        Files.createDirectories(output.frames());
    }

    private Done restore(Output output) throws IOException {
        long begun = System.nanoTime();
        prepare();
        Picture seen = file.colours();
        int scale = request.damaged().enlargement();
        Canvas canvas =
                new Canvas(seen.width() * scale, seen.height() * scale, seen.channels(), tiles.overlap() * scale);
        StepWatcher watcher = new StepWatcher(
                listener, output, tiles.all().size(), request.budget().seconds());
        Budget.Clock clock = request.budget().start();
        for (int i = 0; i < tiles.all().size(); i++) {
            Tile tile = tiles.all().get(i);
            watcher.begin(i);
            canvas.lay(restored(tile, i, share(clock, i), watcher), tile.left() * scale, tile.top() * scale);
        }
        PictureFile result = new PictureFile(canvas.picture(), alpha(scale), file.profile());
        double seconds = (System.nanoTime() - begun) * 1e-9;
        result.write(output.file(), text());
        return new Done(
                output.file().toString(),
                request.method().kind(),
                result.colours().width(),
                result.colours().height(),
                seen.channels(),
                file.hasAlpha(),
                sigma * Images.LEVELS,
                Double.isNaN(request.sigma()),
                tiles.all().size(),
                watcher.iteration(),
                watcher.iterations(),
                watcher.loss(),
                watcher.change(),
                seconds,
                watcher.isStopped());
    }

    private void prepare() throws IOException {
        file = PictureFile.read(request.image());
        Picture seen = file.colours();
        long scale = request.damaged().enlargement();
        long pixels = seen.width() * scale * (seen.height() * scale);
        if (pixels > ImageFiles.MAX_PIXELS)
            throw new IllegalArgumentException("the answer would have " + seen.width() * scale + " x "
                    + seen.height() * scale + " pixels, over the limit of " + ImageFiles.MAX_PIXELS);
        parts = request.damaged().on(seen, request.image());
        sigma = Double.isNaN(request.sigma()) ? estimate(seen) : request.sigma() / Images.LEVELS;
        long most = Math.max(1, Methods.pixelsAtOnce(request.method()) / (scale * scale));
        tiles = Tiles.of(seen.width(), seen.height(), most, (int) Math.max(8, OVERLAP / scale));
        listener.planned(plan(seen));
    }

    /** Noise that cannot be told from what the damage itself does is taken for none. */
    private double estimate(Picture seen) {
        if (!Double.isNaN(parts.sigma())) return parts.sigma();
        if (request.damaged() instanceof Damaged.Incomplete || request.damaged() instanceof Damaged.Small) return 0;
        int width = Math.min(ESTIMATED, seen.width()), height = Math.min(ESTIMATED, seen.height());
        Picture middle = Images.crop(seen, (seen.width() - width) / 2, (seen.height() - height) / 2, width, height);
        try (Tensor image = Images.toTensor(middle)) {
            return NoiseLevelEstimate.of(image);
        }
    }

    private String plan(Picture seen) {
        String noise = String.format(
                Locale.ROOT,
                "noise of sigma %.1f %s",
                sigma * Images.LEVELS,
                Double.isNaN(request.sigma()) ? "assumed" : "given");
        String size = seen.width() + " x " + seen.height() + (seen.channels() == 1 ? " in grey" : " in colour");
        if (tiles.isSingle())
            return size + ", " + noise + ", by " + request.method().kind();
        Tile first = tiles.all().get(0);
        double each = request.budget().seconds() / tiles.all().size();
        return size + ", " + noise + ", by " + request.method().kind() + ", in "
                + tiles.all().size() + " parts of "
                + first.width() + " x " + first.height() + " to bound the memory"
                + (each > 0 ? String.format(Locale.ROOT, ", %.1f s each", each) : "");
    }

    /** An equal part of what time is left. */
    private Budget share(Budget.Clock clock, int done) {
        if (clock.limit() == 0) return request.budget();
        double left = Math.max(0.001, clock.limit() - clock.seconds());
        return new Budget(left / (tiles.all().size() - done), request.budget().iterations());
    }

    private Picture restored(Tile tile, int index, Budget budget, StepWatcher watcher) throws IOException {
        Picture part = Images.crop(file.colours(), tile.left(), tile.top(), tile.width(), tile.height());
        try (PointerScope scope = new PointerScope()) {
            LinearOperator operator = operator(tile);
            Observation observation = new Observation(Images.toTensor(part), operator, sigma, parts.feasible());
            if (watcher.isStopped()) return asItWas(observation);
            Restorer restorer = Methods.restorer(request.method(), equipment, observation);
            try {
                Restorer.Restored restored =
                        restorer.restore(observation, Rng.of(request.seed()).fork(index), budget, watcher);
                watcher.end(restored);
                return Images.ofTensor(restored.image());
            } catch (StepWatcher.Stopped stopped) {
                return watcher.best() == null ? asItWas(observation) : watcher.best();
            }
        }
    }

    private LinearOperator operator(Tile tile) {
        try {
            return parts.operator(tile.left(), tile.top(), tile.width(), tile.height());
        } catch (IllegalArgumentException e) {
            if (tiles.isSingle()) throw e;
            throw new IllegalArgumentException(
                    "the part of " + tile.width() + " x " + tile.height() + " pixels at " + tile.left() + ", "
                            + tile.top() + ": " + e.getMessage(),
                    e);
        }
    }

    /** Within a scope of the caller's. */
    private static Picture asItWas(Observation observation) {
        return Images.ofTensor(Scope.inference(() -> observation.operator().invert(observation.image(), 0)));
    }

    private byte[] alpha(int scale) {
        if (scale == 1 || !file.hasAlpha()) return file.alpha();
        Picture seen = file.colours();
        Picture alpha = new Picture(seen.width(), seen.height(), 1, file.alpha());
        return Resize.to(alpha, seen.width() * scale, seen.height() * scale, Resize.Filter.BICUBIC)
                .pixels();
    }

    private Map<String, String> text() {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("Software", "Calotype");
        text.put("restored", request.damaged().toString());
        text.put("method", request.method().content());
        text.put("seed", Long.toString(request.seed()));
        return text;
    }
}
