package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.Additions.Adapter;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.image.HoleMask;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.settings.Check;
import dev.calotype.studio.draw.JointDrawing.Batch;
import dev.calotype.studio.draw.JointDrawing.Piece;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.model.AllowedFolders;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.web.Limits;
import dev.calotype.studio.web.Workshop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Pictures of a text-to-image pipeline.
 *
 * @param asked the request as it was sent
 */
record PipelineWork(
        Workshop workshop,
        ModelEntry entry,
        DrawWish wish,
        TextPipeline pipeline,
        TextPipeline.Wishes wishes,
        ObjectNode asked)
        implements PictureWork {
    private static final double USUAL_STRENGTH = 0.8;

    /** Checks what is asked for, without weights. */
    static PipelineWork of(Workshop workshop, ModelEntry entry, DrawWish wish, ObjectNode asked) throws IOException {
        Check.that(
                wish.label().isEmpty(),
                "class must be left out, the model draws texts",
                wish.label().orElse(""));
        Check.that(wish.prompt().isPresent() || wish.image().isPresent(), "prompt must be given", "nothing");
        TextPipeline pipeline = open(workshop.folders(), entry, wish);
        TextPipeline.Wishes wishes = wishes(pipeline, wish, given(workshop, wish), workshop.limits());
        return new PipelineWork(workshop, entry, wish, pipeline, wishes, asked);
    }

    static TextPipeline open(AllowedFolders folders, ModelEntry entry, DrawWish wish) throws IOException {
        return TextPipelines.installed().open(entry.path(), additions(folders, wish));
    }

    /** What a pipeline is asked for. */
    static TextPipeline.Wishes wishes(
            TextPipeline pipeline, DrawWish wish, Optional<GivenPicture> given, Limits limits) {
        pipeline.sampling(wish.sampling());
        int[] sides = given.map(picture -> pipeline.size(picture.picture())).orElseGet(pipeline::size);
        int width = wish.width().orElse(sides[0]), height = wish.height().orElse(sides[1]);
        Check.that(
                (long) width * height <= limits.pixels(),
                "a picture must have at most " + limits.pixels() + " pixels",
                width + " x " + height);
        Prompt prompt = new Prompt(wish.prompt().orElse(""), wish.negative(), 0);
        var wishes = new TextPipeline.Wishes(prompt, wish.sampling(), wish.seed(), width, height, given);
        pipeline.require(wishes);
        return wishes;
    }

    private static Additions additions(AllowedFolders folders, DrawWish wish) {
        List<Adapter> adapters = new ArrayList<>();
        for (JsonNode given : wish.adapters()) {
            Check.that(given.isObject(), "an adapter must be an object with a file", given.getNodeType());
            Fields adapter = new Fields((ObjectNode) given).knowing(List.of("file", "weight"));
            adapters.add(new Adapter(
                    folders.require(adapter.requireText("file")),
                    adapter.number("weight", -10, 10).orElse(1.0)));
        }
        return new Additions(Optional.empty(), Optional.empty(), Optional.empty(), adapters, List.of());
    }

    private static Optional<GivenPicture> given(Workshop workshop, DrawWish wish) throws IOException {
        if (wish.image().isEmpty()) {
            Check.that(wish.mask().isEmpty() && wish.strength().isEmpty(), "mask and strength want an image", "none");
            return Optional.empty();
        }
        PictureFile file = workshop.uploads().picture(wish.image().get());
        Optional<HoleMask> hole = HoleMask.ofAlpha(
                wish.mask().isPresent() ? workshop.uploads().picture(wish.mask().get()) : file);
        Check.that(
                hole.isPresent() || wish.mask().isEmpty(), "the mask must have pixels whose alpha is 0", "it has none");
        double strength = wish.strength().orElse(hole.isPresent() ? 1 : USUAL_STRENGTH);
        return Optional.of(new GivenPicture(file.colours(), hole, strength));
    }

    @Override
    public String type() {
        return "draw";
    }

    @Override
    public Optional<Object> manner() {
        boolean alone = pipeline.together(wishes, workshop.open().placement()) == 1;
        return alone ? Optional.empty() : Optional.of(List.of(wishes.manner(), wish.adapters()));
    }

    @Override
    public JointDrawing.Painter painter() {
        workshop.open().makeRoom(entry.bytes(), "");
        return new PipelinePainter();
    }

    /** Draws with the pipeline, which reads its weights meanwhile. */
    private final class PipelinePainter implements JointDrawing.Painter {
        /** All of the work that is next, whose weights are read once, and of others what is drawn side by side with it. */
        @Override
        public int together(List<Piece> left) {
            JobRun next = left.get(0).run();
            long own = left.stream().filter(piece -> piece.run() == next).count();
            return Math.max((int) own, pipeline.together(wishes, workshop.open().placement()));
        }

        @Override
        public List<Picture> draw(Batch batch) throws IOException {
            List<TextPipeline.Wanted> wanted = batch.pieces().stream()
                    .map(piece -> new TextPipeline.Wanted(of(piece).wishes, piece.index()))
                    .toList();
            TextPipeline.Watcher watcher = new TextPipeline.Watcher() {
                @Override
                public void step(int first, int count, int done, int steps, Supplier<List<Picture>> predicted) {
                    batch.show(first, count, done, steps, predicted);
                }

                @Override
                public void at(String what, long done, long of) {
                    batch.at(what, done, of);
                }
            };
            List<Picture> pictures = new ArrayList<>();
            List<TextPipeline.Painted> drawn =
                    pipeline.draw(wanted, workshop.open().placement(), watcher);
            Map<JobRun, Set<String>> notes = new LinkedHashMap<>();
            for (int i = 0; i < drawn.size(); i++) {
                pictures.add(drawn.get(i).picture());
                notes.computeIfAbsent(batch.pieces().get(i).run(), run -> new LinkedHashSet<>())
                        .addAll(drawn.get(i).notes());
            }
            notes.forEach((run, lines) -> lines.forEach(run::log));
            return pictures;
        }

        private static PipelineWork of(Piece piece) {
            return (PipelineWork) piece.work();
        }

        @Override
        public Map<String, String> origin(Piece piece) {
            return of(piece).origin(piece.index());
        }
    }

    private Map<String, String> origin(long index) {
        Map<String, String> origin = new LinkedHashMap<>();
        origin.put("pipeline", entry.path().getFileName() + ", a " + pipeline.type());
        origin.put("text", wishes.prompt().text());
        wishes.prompt().negative().ifPresent(said -> origin.put("negative", said));
        origin.put("seed", String.valueOf(wishes.seed()));
        origin.put("index", String.valueOf(index));
        origin.put("sampling", pipeline.sampling(wishes.sampling()));
        origin.put("computed", "on " + workshop.open().placement());
        return origin;
    }
}
