package dev.calotype.restoration;

import dev.calotype.image.HoleMask;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import dev.calotype.image.Resize;
import dev.calotype.io.OutputFile;
import dev.calotype.restoration.Tiles.Tile;
import dev.calotype.restore.Budget;
import dev.calotype.restore.Evidence;
import dev.calotype.restore.LinearOperator;
import dev.calotype.restore.NoiseLevelEstimate;
import dev.calotype.restore.Observation;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.Unchanged;
import dev.calotype.restore.Watcher;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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
    private Choosing.Chosen chosen;
    private List<Tile> damagedTiles;
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
                throw new IllegalArgumentException("`frames` and `every` go together");
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
     * @param method the one that was taken, and {@code reason} why, as the end of a sentence
     * @param sigma of the noise that was assumed, in units of 0..255
     * @param missing pixels; 0 where none are said to be
     * @param parts in which it was done, and {@code touched} how many of them had to be
     * @param iteration the one chosen, in the last part
     * @param iterations made in all parts
     * @param change mean change of the estimate in the last iteration, in units of 0..255; a proxy of quality: small when
     *     the fit has come to rest
     * @param loss of the last iteration
     * @param shownBetter whether its own measure shows the answer to be better than the input
     * @param errorBefore what the measure says of the input, and {@code errorAfter} of the answer, in units of 0..255; NaN if
     *     nothing could be measured
     * @param stopped whether it was ended before its time
     */
    public record Done(
            String out,
            String method,
            String reason,
            int width,
            int height,
            int channels,
            boolean alpha,
            double sigma,
            boolean sigmaEstimated,
            long missing,
            int parts,
            int touched,
            int iteration,
            int iterations,
            double loss,
            double change,
            boolean shownBetter,
            double errorBefore,
            double errorAfter,
            String measure,
            double seconds,
            boolean stopped) {
        /** Whether the answer is better than the input, in a sentence. */
        public String judgement() {
            return Choosing.sentence(new Evidence(errorBefore / Images.LEVELS, errorAfter / Images.LEVELS, measure));
        }

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
        PictureFormat.of(output.file());
        List<Path> inputs = new ArrayList<>(List.of(request.image()));
        inputs.addAll(request.damaged().files());
        OutputFile.require(output.file(), output.existing(), inputs.toArray(Path[]::new));
        if (output.frames() == null) return;
        boolean filled = Files.exists(output.frames())
                && output.frames().toFile().list() != null
                && output.frames().toFile().list().length > 0;
        if (filled && output.existing() == OutputFile.Existing.REFUSE)
            throw new IllegalArgumentException(
                    output.frames() + " is not empty: take another folder, or say `overwrite`");
        Files.createDirectories(output.frames());
    }

    private Done restore(Output output) throws IOException {
        long begun = System.nanoTime();
        Budget.Clock clock = request.budget().start();
        prepare();
        Picture seen = file.colours();
        int scale = request.damaged().enlargement();
        PictureFormat.of(output.file())
                .requireFits(seen.width() * scale, seen.height() * scale, file.hasAlpha() && !fillsAlpha());
        Canvas canvas =
                new Canvas(seen.width() * scale, seen.height() * scale, seen.channels(), tiles.overlap() * scale);
        StepWatcher watcher = new StepWatcher(listener, output, damagedTiles.size(), clock);
        Evidence evidence = chosen.evidence();
        double judged = 0;
        int done = 0;
        for (Tile tile : tiles.all()) {
            Picture part = Images.crop(seen, tile.left(), tile.top(), tile.width(), tile.height());
            if (damagedTiles.contains(tile)) {
                watcher.begin(done);
                Answer answer = restored(
                        tile,
                        part,
                        done,
                        share(request.budget(), clock.seconds(), damagedTiles.size() - done),
                        watcher);
                part = answer.picture;
                double pixels = (double) part.width() * part.height();
                if (!chosen.method().isQuick()) evidence = Evidence.together(evidence, judged, answer.evidence, pixels);
                judged += pixels;
                done++;
            }
            canvas.lay(part, tile.left() * scale, tile.top() * scale);
        }
        Picture colours = known(canvas.picture());
        PictureFile result = new PictureFile(colours, alpha(scale), file.profile());
        PictureFormat.write(output.file(), result, text());
        return done(output, watcher, evidence, (System.nanoTime() - begun) * 1e-9);
    }

    private Done done(Output output, StepWatcher watcher, Evidence evidence, double seconds) {
        int scale = request.damaged().enlargement();
        return new Done(
                output.file().toString(),
                chosen.method().kind(),
                chosen.reason(),
                file.colours().width() * scale,
                file.colours().height() * scale,
                file.colours().channels(),
                file.hasAlpha(),
                sigma * Images.LEVELS,
                isEstimated(),
                parts.hole().map(HoleMask::count).orElse(0L),
                tiles.all().size(),
                damagedTiles.size(),
                watcher.iteration(),
                watcher.iterations(),
                watcher.loss(),
                watcher.change(),
                evidence.isBetter(),
                evidence.before() * Images.LEVELS,
                evidence.after() * Images.LEVELS,
                evidence.measure(),
                seconds,
                watcher.isStopped());
    }

    private void prepare() throws IOException {
        file = PictureFile.read(request.image());
        Picture seen = file.colours();
        int scale = request.damaged().enlargement();
        long pixels = (long) seen.width() * scale * (seen.height() * (long) scale);
        if (pixels > ImageFiles.MAX_PIXELS)
            throw new IllegalArgumentException("the answer would have " + (long) seen.width() * scale + " x "
                    + (long) seen.height() * scale + " pixels, over the limit of " + ImageFiles.MAX_PIXELS);
        parts = request.damaged().on(file, request.image());
        sigma = Double.isNaN(request.sigma()) ? estimate(seen) : request.sigma() / Images.LEVELS;
        listener.planned(seen.width() + " x " + seen.height() + (seen.channels() == 1 ? " in grey" : " in colour")
                + ", " + noise() + parts.hole().map(hole -> "; " + hole).orElse(""));
        lay(MethodSettings.FITTED); // at worst
        try (PointerScope scope = new PointerScope()) {
            Sample sample = Sample.of(seen, parts, scale, sigma);
            chosen = new Choosing(
                            request.damaged(),
                            sample,
                            equipment,
                            request.budget(),
                            pixelsToRestore(),
                            Rng.of(request.seed()))
                    .of(request.method());
        }
        lay(chosen.method().pixelsAtOnce());
        listener.planned("By " + chosen.method().kind() + ", " + chosen.reason() + inParts() + ".");
    }

    /** Cuts the picture into parts of about so many pixels of the answer, and finds those that are damaged. */
    private void lay(long pixelsAtOnce) {
        long scale = request.damaged().enlargement();
        Picture seen = file.colours();
        long most = Math.max(1, pixelsAtOnce / (scale * scale));
        tiles = Tiles.of(seen.width(), seen.height(), most, (int) Math.max(8, OVERLAP / scale));
        damagedTiles = tiles.all().stream().filter(this::isDamaged).toList();
    }

    /** Without noise a part in which nothing is missing stays as it is. */
    private boolean isDamaged(Tile tile) {
        if (parts.hole().isEmpty() || sigma > 0) return true;
        Picture missing = parts.hole().get().missing();
        for (int y = tile.top(); y < tile.top() + tile.height(); y++)
            for (int x = tile.left(); x < tile.left() + tile.width(); x++) if (missing.at(x, y, 0) != 0) return true;
        return false;
    }

    private long pixelsToRestore() {
        long scale = request.damaged().enlargement();
        return damagedTiles.stream()
                        .mapToLong(tile -> (long) tile.width() * tile.height())
                        .sum()
                * scale
                * scale;
    }

    /** Noise that cannot be told from what the damage itself does is taken for none. */
    private double estimate(Picture seen) {
        if (parts.noise().isPresent()) return parts.noise().get().sigma();
        if (!parts.mayBeNoisy()) return 0;
        int width = Math.min(ESTIMATED, seen.width()), height = Math.min(ESTIMATED, seen.height());
        Picture middle = Images.crop(seen, (seen.width() - width) / 2, (seen.height() - height) / 2, width, height);
        try (Tensor image = Images.toTensor(middle)) {
            return NoiseLevelEstimate.of(image);
        }
    }

    private boolean isEstimated() {
        return Double.isNaN(request.sigma()) && parts.noise().isEmpty() && parts.mayBeNoisy();
    }

    private String noise() {
        String known = Double.isNaN(request.sigma()) ? "assumed" : "given";
        String sentence = String.format(Locale.ROOT, "noise of sigma %.1f %s", sigma * Images.LEVELS, known);
        return parts.hole().isPresent() && sigma > 0 ? sentence + ", so known pixels change too" : sentence;
    }

    private String inParts() {
        if (tiles.isSingle()) return "";
        Tile first = tiles.all().get(0);
        double each = request.budget().seconds() / Math.max(1, damagedTiles.size());
        String touched = damagedTiles.size() == tiles.all().size() ? "" : damagedTiles.size() + " of them with holes, ";
        return "; in " + tiles.all().size() + " parts of " + first.width() + " x " + first.height() + ", " + touched
                + (each > 0 ? String.format(Locale.ROOT, "%.1f s each, ", each) : "") + "to bound the memory";
    }

    /** An equal part of what time is left, and all of the iterations. */
    static Budget share(Budget whole, double secondsGone, int partsLeft) {
        return new Budget(whole.after(secondsGone, 0).seconds() / partsLeft, whole.iterations());
    }

    /** A part, and what is to be said of it. */
    private record Answer(Picture picture, Evidence evidence) {}

    private Answer restored(Tile tile, Picture part, int index, Budget budget, StepWatcher watcher) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            LinearOperator operator = operator(tile);
            Observation observation = new Observation(Images.toTensor(part), operator, sigma, parts.feasible());
            if (watcher.isStopped()) return new Answer(asItWas(observation), Evidence.NONE);
            Restorer restorer = chosen.method().restorer(equipment, observation);
            try {
                Restorer.Restored restored =
                        restorer.restore(observation, Rng.of(request.seed()).fork(index), budget, watcher);
                watcher.end(restored);
                return new Answer(Images.ofTensor(restored.image()), Evidence.explained(observation, restored.image()));
            } catch (StepWatcher.Stopped stopped) {
                return new Answer(watcher.best().orElseGet(() -> asItWas(observation)), Evidence.NONE);
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
        return Images.ofTensor(new Unchanged()
                .restore(observation, Rng.of(0), Budget.UNLIMITED, Watcher.NONE)
                .image());
    }

    /** With what is known put back to the bit: where pixels are missing, and no noise is assumed in the others. */
    private Picture known(Picture restored) {
        if (parts.hole().isEmpty() || sigma > 0) return restored;
        Picture missing = parts.hole().get().missing();
        byte[] pixels = restored.pixels().clone();
        byte[] seen = file.colours().pixels();
        int channels = restored.channels();
        for (int i = 0; i < missing.pixels().length; i++)
            if (missing.pixels()[i] == 0) System.arraycopy(seen, i * channels, pixels, i * channels, channels);
        return new Picture(restored.width(), restored.height(), channels, pixels);
    }

    /** A hole in the alpha of the picture itself is filled. */
    private byte[] alpha(int scale) {
        if (fillsAlpha()) return file.opaque().alpha();
        if (scale == 1 || !file.hasAlpha()) return file.alpha();
        Picture seen = file.colours();
        Picture alpha = new Picture(seen.width(), seen.height(), 1, file.alpha());
        return Resize.to(alpha, seen.width() * scale, seen.height() * scale, Resize.Filter.BICUBIC)
                .pixels();
    }

    private boolean fillsAlpha() {
        return parts.hole().map(HoleMask::told).orElse(null) == HoleMask.Told.ALPHA
                && request.damaged().files().isEmpty();
    }

    private Map<String, String> text() {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("Software", "Calotype");
        text.put("restored", request.damaged().toString());
        text.put("method", chosen.method().content());
        text.put("seed", Long.toString(request.seed()));
        return text;
    }
}
