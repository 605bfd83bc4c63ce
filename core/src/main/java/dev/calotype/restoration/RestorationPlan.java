package dev.calotype.restoration;

import dev.calotype.image.HoleMask;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.Resize;
import dev.calotype.restoration.Tiles.Tile;
import dev.calotype.restore.Evidence;
import dev.calotype.restore.NoiseLevelEstimate;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Workers;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * What is known of a picture and decided about it before anything is restored.
 *
 * @param request what is to be done
 * @param seen the picture
 * @param parts what damaged it, in each part of it
 * @param sigma of the noise that is assumed, in units of 0..1
 * @param chosen the method
 * @param layout the parts in which it is done
 */
record RestorationPlan(
        PictureRestoration.Request request,
        Seen seen,
        Damaged.Parts parts,
        double sigma,
        Choosing.Chosen chosen,
        Layout layout) {
    private static final int OVERLAP = 32;
    private static final double SPARSE = 0.1; // of the pixels missing
    private static final int SMALLEST = 96; // pixels per side of a square whose holes make a part
    private static final long SMALL = 256 * 256; // pixels of a picture that is not worth cutting
    private static final int ESTIMATED = 1024; // pixels per side of the part from which the noise is estimated

    /**
     * Parts of a picture.
     *
     * @param damaged those that have to be restored
     */
    record Layout(Tiles tiles, List<Tile> damaged) {
        /** How many pixels the damaged parts have together. */
        private long pixels() {
            return damaged.stream()
                    .mapToLong(tile -> (long) tile.width() * tile.height())
                    .sum();
        }
    }

    /** Reads the picture and chooses the method; says both to {@code listener}. */
    static RestorationPlan of(
            PictureRestoration.Request request, Equipment equipment, PictureRestoration.Listener listener)
            throws IOException {
        Seen seen = Seen.read(request.image());
        requireFits(seen, request.damaged().enlargement());
        Damaged.Parts parts = request.damaged().on(seen.file(), request.image());
        double sigma = Double.isNaN(request.sigma()) ? estimate(seen, parts) : request.sigma() / Images.LEVELS;
        RestorationPlan begun = new RestorationPlan(request, seen, parts, sigma, null, null);
        listener.planned(seen.width() + " x " + seen.height() + (seen.channels() == 1 ? " in grey" : " in colour")
                + (seen.bits() > 8 ? " of " + seen.bits() + " bits" : "")
                + ", " + begun.noise() + parts.hole().map(hole -> "; " + hole).orElse(""));
        Choosing.Chosen chosen = begun.choice(equipment, listener);
        RestorationPlan plan = new RestorationPlan(
                request, seen, parts, sigma, chosen, begun.laid(chosen.method().pixelsAtOnce()));
        listener.planned("By " + chosen.method().kind() + ", " + chosen.reason() + plan.inParts(equipment) + ".");
        return plan;
    }

    private static void requireFits(Seen seen, int scale) {
        long pixels = (long) seen.width() * scale * (seen.height() * (long) scale);
        if (pixels > ImageFiles.MAX_PIXELS)
            throw new IllegalArgumentException("the answer would have " + (long) seen.width() * scale + " x "
                    + (long) seen.height() * scale + " pixels, over the limit of " + ImageFiles.MAX_PIXELS);
    }

    private Choosing.Chosen choice(Equipment equipment, PictureRestoration.Listener listener) throws IOException {
        long pixels = laid(MethodSettings.FITTED).pixels() * scale() * scale(); // at worst
        try (PointerScope scope = new PointerScope()) {
            Sample sample = Sample.of(seen, parts, scale(), sigma);
            Proving proving = new Proving(sample, equipment, pixels, () -> {
                if (listener.stopRequested()) throw new StepWatcher.Stopped();
            });
            return new Choosing(request.damaged(), proving, request.budget(), Rng.of(request.seed()))
                    .of(request.method());
        } catch (StepWatcher.Stopped stopped) {
            return new Choosing.Chosen(request.method(), "stopped before it began", Evidence.NONE);
        }
    }

    /**
     * The picture cut into parts of about so many pixels of the answer. Where little is missing, only what lies around it: the cover of
     * the fewest pixels among boxes of several sizes of which none is missing for the most part.
     */
    private Layout laid(long pixelsAtOnce) {
        Layout best = cut(pixelsAtOnce);
        boolean sparse = parts.hole().isPresent()
                && sigma == 0
                && parts.hole().get().share() < SPARSE
                && (long) seen.width() * seen.height() > SMALL;
        for (int side = SMALLEST; sparse && (long) side * side <= pixelsAtOnce; side *= 2) {
            Tiles around = Tiles.around(parts.hole().get().missing(), side, Math.max(OVERLAP, side / 3));
            boolean filled =
                    around.all().stream().anyMatch(tile -> missing(tile) > (long) tile.width() * tile.height() / 2);
            if (!filled && around.pixels() < best.pixels()) best = new Layout(around, around.all());
        }
        return best;
    }

    private Layout cut(long pixelsAtOnce) {
        long scale = scale();
        long most = Math.max(1, pixelsAtOnce / (scale * scale));
        Tiles tiles = Tiles.of(seen.width(), seen.height(), most, (int) Math.max(8, OVERLAP / scale));
        return new Layout(tiles, tiles.all().stream().filter(this::isDamaged).toList());
    }

    /** Without noise a part in which nothing is missing stays as it is. */
    private boolean isDamaged(Tile tile) {
        return parts.hole().isEmpty() || sigma > 0 || missing(tile) > 0;
    }

    private long missing(Tile tile) {
        Picture missing = parts.hole().get().missing();
        long count = 0;
        for (int y = tile.top(); y < tile.top() + tile.height(); y++)
            for (int x = tile.left(); x < tile.left() + tile.width(); x++) if (missing.at(x, y, 0) != 0) count++;
        return count;
    }

    /** Noise that cannot be told from what the damage itself does is taken for none. */
    private static double estimate(Seen seen, Damaged.Parts parts) {
        if (parts.noise().isPresent()) return parts.noise().get().sigma();
        if (!parts.mayBeNoisy()) return 0;
        int width = Math.min(ESTIMATED, seen.width()), height = Math.min(ESTIMATED, seen.height());
        try (Tensor image = seen.part((seen.width() - width) / 2, (seen.height() - height) / 2, width, height)) {
            return NoiseLevelEstimate.of(image);
        }
    }

    /** Whether the noise was estimated, and neither given nor known. */
    boolean isEstimated() {
        return Double.isNaN(request.sigma()) && parts.noise().isEmpty() && parts.mayBeNoisy();
    }

    /** How many parts may be restored side by side: as many as have no more pixels than a single one of a light method. */
    int partsAtOnce(Equipment equipment) {
        if (!chosen.method().isQuick() || equipment.placement().device().isCuda()) return 1;
        long largest = layout.damaged().stream()
                .mapToLong(tile -> (long) tile.width() * tile.height() * scale() * scale())
                .max()
                .orElse(1);
        return (int) Math.max(1, Math.min(layout.damaged().size(), MethodSettings.LIGHT / largest));
    }

    /** How much larger than the picture the answer is, per side. */
    int scale() {
        return request.damaged().enlargement();
    }

    private String noise() {
        String known = Double.isNaN(request.sigma()) ? "assumed" : "given";
        String sentence = String.format(Locale.ROOT, "noise of sigma %.1f %s", sigma * Images.LEVELS, known);
        return parts.hole().isPresent() && sigma > 0 ? sentence + ", so known pixels change too" : sentence;
    }

    private String inParts(Equipment equipment) {
        Tiles tiles = layout.tiles();
        int damaged = layout.damaged().size(), atOnce = Workers.countUpTo(partsAtOnce(equipment));
        double each = request.budget().seconds() / Math.max(1, PictureRestoration.turns(damaged, atOnce));
        String time = each > 0 ? String.format(Locale.ROOT, ", %.1f s each", each) : "";
        if (tiles.pixels() < (long) seen.width() * seen.height())
            return "; in " + damaged + (damaged == 1 ? " part" : " parts") + " around what is missing" + time;
        if (tiles.isSingle()) return "";
        Tile first = tiles.all().get(0);
        String touched = damaged == tiles.all().size() ? "" : ", " + damaged + " of them with holes";
        return "; in " + tiles.all().size() + " parts of " + first.width() + " x " + first.height() + touched + time
                + ", to bound the memory";
    }

    /** Where alone something is to change, marked by 255: where pixels are missing, and no noise is assumed in the others. */
    Optional<Picture> changing() {
        return sigma > 0 ? Optional.empty() : parts.hole().map(HoleMask::missing);
    }

    private PictureFile file() {
        return seen.file();
    }

    /** The alpha of the answer: a hole in that of the picture itself is filled; null without. */
    byte[] alpha() {
        int scale = scale();
        if (fillsAlpha()) return file().opaque().alpha();
        if (scale == 1 || !file().hasAlpha()) return file().alpha();
        Picture alpha = new Picture(seen.width(), seen.height(), 1, file().alpha());
        return Resize.to(alpha, seen.width() * scale, seen.height() * scale, Resize.Filter.BICUBIC)
                .pixels();
    }

    /** Whether the answer has an alpha of its own. */
    boolean keepsAlpha() {
        return file().hasAlpha() && !fillsAlpha();
    }

    private boolean fillsAlpha() {
        return parts.hole().map(HoleMask::told).orElse(null) == HoleMask.Told.ALPHA
                && request.damaged().files().isEmpty();
    }

    /** What the file of the answer says of itself. */
    Map<String, String> text() {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("Software", "Calotype");
        text.put("restored", request.damaged().task());
        text.put("method", chosen.method().content());
        text.put("seed", Long.toString(request.seed()));
        return text;
    }
}
