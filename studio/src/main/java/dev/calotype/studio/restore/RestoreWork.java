package dev.calotype.studio.restore;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.image.HoleMask;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureKind;
import dev.calotype.image.PngFile;
import dev.calotype.io.OutputFile.Existing;
import dev.calotype.io.TemporaryFolder;
import dev.calotype.restoration.Damaged;
import dev.calotype.restoration.Equipment;
import dev.calotype.restoration.Method;
import dev.calotype.restoration.PictureRestoration;
import dev.calotype.restoration.RestorationStatus;
import dev.calotype.restore.Budget;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.web.Workshop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Restores one picture, in its own size and format.
 *
 * @param image the file that was sent
 * @param kind of that file; empty where it is not known
 * @param mask another, whose alpha 0 says what is missing, or where it is opaque white
 * @param damaged without the mask
 * @param prior the model that the method may ask
 */
record RestoreWork(
        Workshop workshop,
        Path image,
        Optional<PictureKind> kind,
        Optional<Path> mask,
        Damaged damaged,
        Method method,
        Equipment.Sources sources,
        Optional<ModelEntry> prior,
        Budgets budgets,
        ObjectNode asked)
        implements Work {
    private static final String MASK = "mask.png";

    /**
     * How long, and what is shown meanwhile.
     *
     * @param sigma of the noise in units of 0..255; NaN to estimate it
     * @param preview after how many iterations the picture is shown; 0 for never
     */
    record Budgets(double seconds, int iterations, double sigma, long seed, int preview) {
        private static final int MOST_ITERATIONS = 1_000_000;

        static Budgets of(Fields fields, int longest) {
            return new Budgets(
                    fields.number("seconds", 0, longest).orElse(0.0),
                    fields.whole("iterations", 0, MOST_ITERATIONS, 0),
                    fields.number("sigma", 0, 255).orElse(Double.NaN),
                    fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElse(0L),
                    fields.whole("preview", 0, MOST_ITERATIONS, 0));
        }
    }

    @Override
    public String title() {
        return "a picture restored: " + asked.path("task").asText() + " by " + method.kind();
    }

    @Override
    public Optional<String> model() {
        return prior.map(ModelEntry::id);
    }

    @Override
    public Outcome run(JobRun run) throws IOException {
        Path folder = Files.createTempDirectory(workshop.home().resolve("temporary"), "restore");
        try {
            Path out = folder.resolve("restored." + extension());
            boolean shows = budgets.preview() > 0;
            Path frames = shows ? Files.createDirectory(folder.resolve("frames")) : null;
            var request = new PictureRestoration.Request(
                    image,
                    mask.isPresent() ? RestoreType.withMask(white(folder)) : damaged,
                    method,
                    sources,
                    budgets.sigma(),
                    new Budget(budgets.seconds(), budgets.iterations()),
                    budgets.seed());
            var output = new PictureRestoration.Output(out, Existing.REFUSE, frames, budgets.preview());
            PictureRestoration.Done done = PictureRestoration.run(request, output, new Follower(run, frames));
            run.check();
            run.log(done.judgement());
            run.result(Files.readAllBytes(out), extension(), settings(done));
            return Outcome.DONE;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(inWords(e, folder), e);
        } catch (IOException e) {
            throw new IOException(inWords(e, folder), e);
        } finally {
            new TemporaryFolder(folder).close();
        }
    }

    /** What it says, without the files of the server. */
    private String inWords(Exception e, Path folder) {
        return String.valueOf(e.getMessage())
                .replace("the mask " + folder.resolve(MASK), "the mask")
                .replace(folder.resolve(MASK).toString(), "the mask")
                .replace(folder.toString(), "the answer")
                .replace(image.toString(), "the picture");
    }

    /** That of the picture that was sent, or PNG where such files are not written. */
    private String extension() {
        return kind.map(kind -> switch (kind) {
                    case JPEG -> "jpg";
                    case WEBP -> "webp";
                    case TIFF -> "tif";
                    default -> "png";
                })
                .orElse("png");
    }

    /** The mask in white on black. */
    private Path white(Path folder) throws IOException {
        PictureFile sent = PictureFile.decode(Files.readAllBytes(mask.orElseThrow()));
        Path file = folder.resolve(MASK);
        Optional<HoleMask> hole = HoleMask.ofAlpha(sent);
        PngFile.write(file, hole.map(HoleMask::missing).orElse(sent.colours()));
        return file;
    }

    private ObjectNode settings(PictureRestoration.Done done) {
        ObjectNode made = JsonNodeFactory.instance
                .objectNode()
                .put("method", done.method())
                .put("reason", done.reason())
                .put("iterations", done.iterations())
                .put("seconds", done.seconds())
                .put("shownBetter", done.shownBetter())
                .put("judgement", done.judgement());
        return workshop.told("restore", asked, made);
    }

    /**
     * Tells a job how its restoration goes.
     *
     * @param frames a folder of pictures on the way; null for none
     */
    private record Follower(JobRun run, Path frames) implements PictureRestoration.Listener {
        private static final int PARTS = 1000;

        @Override
        public void planned(String sentence) {
            run.log(sentence);
        }

        @Override
        public void step(RestorationStatus status) {
            run.progress(Math.round(PARTS * status.progress()), PARTS, "thousandths");
            if (frames != null) show();
        }

        private void show() {
            try (Stream<Path> files = Files.list(frames)) {
                List<Path> all = files.filter(
                                file -> !file.getFileName().toString().startsWith("."))
                        .sorted()
                        .toList();
                if (all.isEmpty()) return;
                if (run.isWatched()) run.preview(0, Files.readAllBytes(all.get(all.size() - 1)));
                for (Path file : all) Files.delete(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public boolean stopRequested() {
            return run.isCancelled();
        }
    }
}
