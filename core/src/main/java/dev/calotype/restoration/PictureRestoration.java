package dev.calotype.restoration;

import dev.calotype.image.HoleMask;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFormat;
import dev.calotype.io.OutputFile;
import dev.calotype.restoration.Tiles.Tile;
import dev.calotype.restore.Budget;
import dev.calotype.restore.Evidence;
import dev.calotype.tensor.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Restores a picture file: any size and colour mode, alpha and colour profile kept, memory bounded by tiles. */
public final class PictureRestoration {
    private static final double WRITING = 2e-7; // seconds a pixel

    private PictureRestoration() {}

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

        /** The same of another picture. */
        Request of(Path other) {
            return new Request(other, damaged, method, equipment, sigma, budget, seed);
        }
    }

    /**
     * Where the answer and pictures on the way go.
     *
     * @param frames a folder; null for none
     * @param every iterations between two frames; 0 for none
     * @param mask where what is taken for missing is written, white on black; null for nowhere
     */
    public record Output(Path file, OutputFile.Existing existing, Path frames, int every, Path mask) {
        /** Without a mask. */
        public Output(Path file, OutputFile.Existing existing, Path frames, int every) {
            this(file, existing, frames, every, null);
        }

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
     * @param bits of a channel in the answer, 8 or 16
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
            int bits,
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
        Budget.Clock clock = request.budget().start();
        try (Equipment equipment = new Equipment(request.equipment(), Scoring.NONE)) {
            request.method().require(equipment);
            return restore(RestorationPlan.of(request, equipment, listener), equipment, output, listener, clock);
        }
    }

    /** The same with equipment that was opened, for one of many pictures. */
    static Done run(Request request, Equipment equipment, Output output, Listener listener) throws IOException {
        requireOutput(request, output);
        Budget.Clock clock = request.budget().start();
        return restore(RestorationPlan.of(request, equipment, listener), equipment, output, listener, clock);
    }

    private static void requireOutput(Request request, Output output) throws IOException {
        PictureFormat.of(output.file());
        List<Path> inputs = new ArrayList<>(List.of(request.image()));
        inputs.addAll(request.damaged().files());
        OutputFile.require(output.file(), output.existing(), inputs.toArray(Path[]::new));
        if (output.mask() != null) requireMask(output.mask(), output.existing(), inputs);
        if (output.mask() != null && output.mask().equals(output.file()))
            throw new IllegalArgumentException("the mask and the picture need names of their own: " + output.mask());
        if (output.frames() == null) return;
        boolean filled = Files.exists(output.frames())
                && output.frames().toFile().list() != null
                && output.frames().toFile().list().length > 0;
        if (filled && output.existing() == OutputFile.Existing.REFUSE)
            throw new IllegalArgumentException(
                    output.frames() + " is not empty: take another folder, or say `overwrite`");
        Files.createDirectories(output.frames());
    }

    private static void requireMask(Path mask, OutputFile.Existing existing, List<Path> inputs) throws IOException {
        if (PictureFormat.of(mask) == PictureFormat.JPEG)
            throw new IllegalArgumentException("a mask is written without loss, to .png, .tif or .webp: " + mask);
        OutputFile.require(mask, existing, inputs.toArray(Path[]::new));
    }

    /**
     * Writes what is taken for missing, white on black, and restores nothing.
     *
     * @return the mask
     * @throws IOException if a file cannot be read or written
     */
    public static HoleMask mask(Path image, Damaged damaged, Path mask, OutputFile.Existing existing)
            throws IOException {
        List<Path> inputs = new ArrayList<>(List.of(image));
        inputs.addAll(damaged.files());
        requireMask(mask, existing, inputs);
        HoleMask hole = damaged.on(Seen.read(image).file(), image)
                .hole()
                .orElseThrow(() -> new IllegalArgumentException("there is a mask only where pixels are missing"));
        PictureFormat.write(mask, hole.missing(), Map.of());
        return hole;
    }

    private static Done restore(
            RestorationPlan plan, Equipment equipment, Output output, Listener listener, Budget.Clock clock)
            throws IOException {
        int scale = plan.scale();
        Seen seen = plan.seen();
        List<Tile> damaged = plan.layout().damaged();
        PictureFormat format = PictureFormat.of(output.file());
        format.requireFits(seen.width() * scale, seen.height() * scale, plan.keepsAlpha());
        if (seen.bits() > 8 && !format.isDeep())
            listener.planned(format + " holds 8 bits per channel; .png and .tif keep all " + seen.bits() + ".");
        Canvas canvas = seen.canvas(scale, plan.layout().tiles().overlap());
        Picture changing = plan.changing().orElse(null);
        StepWatcher watcher = new StepWatcher(listener, output, damaged.size(), clock);
        Judged judged = new Judged(plan.chosen().evidence());
        double writing = WRITING * seen.width() * scale * seen.height() * scale;
        Iterator<Tile> laid = damaged.iterator();
        try (Workers workers = Workers.upTo(plan.partsAtOnce(equipment))) {
            workers.inOrder(
                    IntStream.range(0, damaged.size()).iterator(),
                    index -> {
                        int turns = turns(damaged.size() - index, workers.count());
                        Budget budget = share(plan.request().budget(), clock.seconds() + writing, turns);
                        return RestoredPart.of(plan, equipment, index, budget, watcher);
                    },
                    answer -> {
                        Tile tile = laid.next();
                        if (!plan.chosen().method().isQuick()) judged.add(answer);
                        canvas.lay(answer, tile.left() * scale, tile.top() * scale, changing);
                    });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        seen.write(output.file(), canvas, plan.alpha(), plan.text());
        if (output.mask() != null && plan.parts().hole().isPresent())
            PictureFormat.write(output.mask(), plan.parts().hole().get().missing(), Map.of());
        return done(plan, output, watcher, judged.evidence, clock.seconds());
    }

    /** What is known of the parts that are done. */
    private static final class Judged {
        private Evidence evidence;
        private double pixels;

        /** @param chosen what is known before */
        Judged(Evidence chosen) {
            evidence = chosen;
        }

        void add(RestoredPart part) {
            double more = (double) part.width() * part.height();
            evidence = Evidence.together(evidence, pixels, part.evidence(), more);
            pixels += more;
        }
    }

    private static Done done(
            RestorationPlan plan, Output output, StepWatcher watcher, Evidence evidence, double seconds) {
        Seen seen = plan.seen();
        return new Done(
                output.file().toString(),
                plan.chosen().method().kind(),
                plan.chosen().reason(),
                seen.width() * plan.scale(),
                seen.height() * plan.scale(),
                seen.channels(),
                PictureFormat.of(output.file()).isDeep() ? seen.bits() : 8,
                seen.file().hasAlpha(),
                plan.sigma() * Images.LEVELS,
                plan.isEstimated(),
                plan.parts().hole().map(HoleMask::count).orElse(0L),
                plan.layout().tiles().all().size(),
                plan.layout().damaged().size(),
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

    /** How often parts begin of which so many are restored side by side. */
    static int turns(int parts, int atOnce) {
        return (parts + atOnce - 1) / atOnce;
    }

    /** An equal part of what time is left, and all of the iterations. */
    static Budget share(Budget whole, double secondsGone, int turnsLeft) {
        return new Budget(whole.after(secondsGone, 0).seconds() / turnsLeft, whole.iterations());
    }
}
