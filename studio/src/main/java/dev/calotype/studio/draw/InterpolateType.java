package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.WalksBetween;
import dev.calotype.experiment.WalksBetween.End;
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

    @Override
    public String name() {
        return "interpolate";
    }

    @Override
    public Work check(ObjectNode request) throws IOException {
        End from = end(request, "from"), to = end(request, "to");
        int frames = new Fields(request).whole("frames", 2, workshop.limits().count(), USUAL);
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
        Check.that(
                wish.count() == 1, "count must be left out between two pictures: frames says how many", wish.count());
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
            WalksBetween model = drawing.as(Capability.WALKS_BETWEEN);
            List<Picture> pictures = Scope.read(() -> Images.pictures(model.way(request, from, to, frames)));
            for (int i = 0; i < frames; i++) {
                run.check();
                Map<String, String> origin = model.origin(request);
                origin.put("index", String.valueOf(from.number()));
                origin.put("to-seed", String.valueOf(to.seed()));
                origin.put("to-index", String.valueOf(to.number()));
                origin.put("frame", i + " of " + frames);
                ObjectNode settings = Told.settings(workshop, "interpolate", asked.deepCopy(), origin);
                settings.put("index", i);
                run.result(Told.png(pictures.get(i), settings), "png", settings);
                run.progress(i + 1, frames, "pictures");
            }
            return Outcome.DONE;
        }
    }
}
