package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.experiment.WalksBetween.End;
import dev.calotype.experiment.WalksBetween.Frames;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.JobType;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.web.Workshop;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Jobs that draw what lies between two pictures, each one of those of a seed. */
record InterpolateType(Workshop workshop) implements JobType {
    private static final int USUAL = 9;
    private static final List<String> OWN = List.of("from", "to", "frames");
    private static final List<String> NONE = List.of("seed", "first", "count", "preview", "previews");

    @Override
    public String name() {
        return "interpolate";
    }

    @Override
    public Work check(ObjectNode request) throws IOException {
        End from = end(request, "from"), to = end(request, "to");
        int frames = new Fields(request).whole("frames", 2, workshop.limits().count(), USUAL);
        for (String name : NONE)
            Check.that(
                    !request.hasNonNull(name),
                    name + " must be left out between two pictures, which from, to and frames say",
                    request.path(name));
        ObjectNode drawn = request.deepCopy();
        drawn.remove(OWN);
        drawn.remove("type");
        DrawWish wish = DrawWish.of(new Fields(drawn.put("seed", from.seed())), workshop.limits());
        ModelEntry entry = workshop.models().model(wish.model());
        entry.require("interpolate");
        wish.requireNothingOfPipelines(entry);
        Check.that(
                wish.prompt().isEmpty(),
                "prompt must be left out between two pictures",
                wish.prompt().orElse(""));
        Request asked = new Request(
                TrainedFile.generative(entry.path()).sampling(wish.sampling()), from.seed(), wish.label(entry));
        return new Between(workshop, entry, asked, from, to, frames, request);
    }

    private static End end(ObjectNode request, String name) {
        Fields end = new Fields(request)
                .object(name)
                .orElseThrow(() -> new IllegalArgumentException(name + " must be an object with a seed"));
        end.knowing(List.of("seed", "first"));
        long seed = end.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE)
                .orElseThrow(() -> new IllegalArgumentException(name + " must have a seed"));
        return new End(seed, end.whole("first", 0, DrawWish.MOST_FIRST).orElse(0L));
    }

    /** Pictures from one to another. */
    private record Between(
            Workshop workshop, ModelEntry entry, Request request, End from, End to, int frames, ObjectNode asked)
            implements Work {
        @Override
        public String title() {
            return frames + " pictures from seed " + from.seed() + " to " + to.seed() + " of " + entry.id();
        }

        @Override
        public Optional<String> model() {
            return Optional.of(entry.id());
        }

        @Override
        public Outcome run(JobRun run) throws IOException {
            DrawsImages drawing = workshop.open().drawing(entry);
            for (int first = 0; first < frames; ) {
                List<Picture> pictures = some(drawing, first, run);
                for (Picture picture : pictures) keep(picture, first++, drawing.origin(request), run);
            }
            run.check();
            return Outcome.DONE;
        }

        /** As many as fit into memory. */
        private List<Picture> some(DrawsImages drawing, int first, JobRun run) {
            run.check();
            int count = workshop.open().together(entry, drawing, request, frames - first);
            WalksBetween model = drawing.as(Capability.WALKS_BETWEEN);
            return Scope.read(() -> Images.pictures(
                    model.way(request, from, to, new Frames(frames, first, count), (done, steps, predicted) -> {
                        run.check();
                        run.progress((long) first * steps + (long) done * count, (long) frames * steps, "steps");
                    })));
        }

        private void keep(Picture picture, int frame, Map<String, String> origin, JobRun run) throws IOException {
            origin.put("index", String.valueOf(from.number()));
            origin.put("to-seed", String.valueOf(to.seed()));
            origin.put("to-index", String.valueOf(to.number()));
            origin.put("frame", frame + " of " + frames);
            ObjectNode settings = Told.settings(workshop, "interpolate", asked.deepCopy(), origin);
            settings.put("index", frame);
            run.result(Told.png(picture, settings), "png", settings);
        }
    }
}
