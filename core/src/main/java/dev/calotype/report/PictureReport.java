package dev.calotype.report;

import static dev.calotype.report.Document.format;

import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PngFile;
import dev.calotype.image.Resize;
import dev.calotype.io.OutputFile;
import dev.calotype.metric.Psnr;
import dev.calotype.restoration.PictureRestoration.Done;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A restored picture before and after, and what was assumed, as one file to look at. */
public final class PictureReport {
    private static final int WIDEST = 960; // pixels of a picture that is shown as a whole
    private static final int DETAIL = 256; // pixels per side of a part that is shown as it is

    private final Path in;
    private final Picture before;
    private final Picture after;
    private final Done done;
    private final Optional<Picture> truth;

    private PictureReport(Path in, Picture before, Picture after, Done done, Optional<Picture> truth) {
        this.in = in;
        this.before = before;
        this.after = after;
        this.done = done;
        this.truth = truth;
    }

    /**
     * How near a restored picture is to the truth.
     *
     * @param before in dB, of the picture as it was; NaN where it is of another size
     * @param after in dB
     */
    public record Gain(double before, double after) {
        @Override
        public String toString() {
            String gained = format("%.2f dB", after);
            return Double.isNaN(before) ? gained : gained + format(", of the input %.2f dB", before);
        }
    }

    /**
     * Reads what a report is about.
     *
     * @param in the picture as it was
     * @param truth the picture as it should be; null if nobody knows
     * @throws IllegalArgumentException if the truth has another size than the answer
     */
    public static PictureReport of(Path in, Done done, Path truth) throws IOException {
        Picture after = PictureFile.read(Path.of(done.out())).colours();
        Optional<Picture> whole = truth == null
                ? Optional.empty()
                : Optional.of(Images.withChannels(truth(truth, after.width(), after.height()), after.channels()));
        Picture before = Images.withChannels(PictureFile.read(in).colours(), after.channels());
        return new PictureReport(in, before, after, done, whole);
    }

    /**
     * Reads the truth of an answer that is yet to be made.
     *
     * @param in the picture as it is
     * @param times how many times as wide and high the answer is
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it has another size than the answer will have
     */
    public static void requireTruth(Path truth, Path in, int times) throws IOException {
        Picture seen = PictureFile.read(in).colours();
        truth(truth, times * seen.width(), times * seen.height());
    }

    private static Picture truth(Path file, int width, int height) throws IOException {
        Picture truth = PictureFile.read(file).colours();
        if (truth.width() != width || truth.height() != height)
            throw new IllegalArgumentException("the truth " + file + " has " + truth.width() + " x " + truth.height()
                    + " pixels, the answer " + width + " x " + height + ": they must be the same");
        return truth;
    }

    /** What the truth says; empty if nobody knows it. */
    public Optional<Gain> gain() {
        return truth.map(picture -> new Gain(psnr(picture, before), psnr(picture, after)));
    }

    private static double psnr(Picture truth, Picture picture) {
        if (truth.width() != picture.width() || truth.height() != picture.height()) return Double.NaN;
        double sum = 0;
        for (int i = 0; i < truth.pixels().length; i++) {
            double off = (truth.pixels()[i] & 0xFF) - (picture.pixels()[i] & 0xFF);
            sum += off * off;
        }
        return Psnr.ofError(sum / truth.pixels().length / (255 * 255));
    }

    /**
     * Writes {@code out}, with a folder of pictures beside it where that is a page for a repository.
     *
     * @param out a name that ends in {@code .html} or {@code .md}
     */
    public void write(Path out) throws IOException {
        write(out, this::document);
    }

    /** Makes a document of pictures, which are kept in a folder until it is written. */
    @FunctionalInterface
    interface Illustrated {
        Document in(Path folder) throws IOException;
    }

    static void write(Path out, Illustrated document) throws IOException {
        ReportFormat kind = ReportFormat.of(out);
        Path folder = Files.createTempDirectory("restored");
        try {
            kind.writer().write(document.in(folder), out);
        } finally {
            try (var files = Files.list(folder)) {
                for (Path file : (Iterable<Path>) files::iterator) Files.delete(file);
            }
            Files.delete(folder);
        }
    }

    /**
     * Lets {@code out} pass if a report can be written there.
     *
     * @throws IllegalArgumentException if its name ends in nothing that is written, or it is there and not to be replaced
     */
    public static void require(Path out, OutputFile.Existing existing) throws IOException {
        ReportFormat.of(out);
        OutputFile.require(out, existing);
    }

    private Document document(Path folder) throws IOException {
        Document document = new Document(in.getFileName() + ", restored");
        document.paragraph(done.judgement()).facts(facts());
        document.section("Before and after")
                .add(new Block.Pictures(
                        List.of(shown(before, "before", folder), shown(after, "after", folder)), Block.Size.LARGE));
        boolean same = before.width() == after.width() && before.height() == after.height();
        if (same && Math.max(after.width(), after.height()) > DETAIL) {
            int[] corner = mostChanged();
            document.section("Where most has changed")
                    .add(new Block.Pictures(
                            List.of(
                                    part(before, corner, "before, as it is", folder),
                                    part(after, corner, "after, as it is", folder)),
                            Block.Size.LARGE));
        }
        return document;
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "Picture", before.width() + " x " + before.height() + (before.channels() == 1 ? ", grey" : ", colour"));
        facts.put("Answer", done.width() + " x " + done.height() + ", " + done.bits() + " bits per channel");
        facts.put("Method", done.method() + ", " + done.reason());
        String noise = done.sigmaEstimated() ? ", estimated from the picture" : ", given or known";
        facts.put("Noise assumed", done.sigma() == 0 ? "none" : format("sigma %.1f of 255", done.sigma()) + noise);
        if (done.missing() > 0)
            facts.put(
                    "Missing pixels",
                    format("%d (%.2f %%)", done.missing(), 100.0 * done.missing() / before.width() / before.height()));
        if (done.parts() > 1) facts.put("Parts", done.parts() + ", of which " + done.touched() + " were restored");
        facts.put("Seconds", format("%.1f", done.seconds()));
        gain().ifPresent(gain -> facts.put("Against the truth", gain.toString()));
        return facts;
    }

    private static Block.Picture shown(Picture picture, String caption, Path folder) throws IOException {
        return shown(picture, WIDEST, caption, folder.resolve(caption + ".png"));
    }

    /** A picture at most so many pixels wide and high, kept in a file. */
    static Block.Picture shown(Picture picture, int widest, String caption, Path file) throws IOException {
        double scale = Math.min(1, widest / (double) Math.max(picture.width(), picture.height()));
        int width = (int) Math.max(1, Math.round(scale * picture.width()));
        int height = (int) Math.max(1, Math.round(scale * picture.height()));
        PngFile.write(file, scale == 1 ? picture : Resize.to(picture, width, height, Resize.Filter.BICUBIC));
        return new Block.Picture(file, caption);
    }

    private static Block.Picture part(Picture picture, int[] corner, String caption, Path folder) throws IOException {
        int width = Math.min(DETAIL, picture.width()), height = Math.min(DETAIL, picture.height());
        return kept(Images.crop(picture, corner[0], corner[1], width, height), caption, folder);
    }

    private static Block.Picture kept(Picture picture, String caption, Path folder) throws IOException {
        Path file = folder.resolve(caption.replaceAll("[^a-z]+", "-") + ".png");
        PngFile.write(file, picture);
        return new Block.Picture(file, caption);
    }

    /** The upper left corner of the square, of a grid of half its side, in which the two differ most. */
    private int[] mostChanged() {
        int[] best = {0, 0};
        long most = -1;
        int right = Math.max(0, after.width() - DETAIL), bottom = Math.max(0, after.height() - DETAIL);
        for (int top = 0; top < bottom + DETAIL / 2; top += DETAIL / 2)
            for (int left = 0; left < right + DETAIL / 2; left += DETAIL / 2) {
                int x = Math.min(left, right), y = Math.min(top, bottom);
                long change = change(x, y);
                if (change <= most) continue;
                most = change;
                best = new int[] {x, y};
            }
        return best;
    }

    private long change(int left, int top) {
        int channels = after.channels();
        long sum = 0;
        for (int y = top; y < Math.min(top + DETAIL, after.height()); y++)
            for (int i = (y * after.width() + left) * channels,
                            end = (y * after.width() + Math.min(left + DETAIL, after.width())) * channels;
                    i < end;
                    i++) sum += Math.abs((after.pixels()[i] & 0xFF) - (before.pixels()[i] & 0xFF));
        return sum;
    }
}
