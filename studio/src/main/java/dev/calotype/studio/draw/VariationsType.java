package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Sampling;
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
import dev.calotype.tensor.Tensors;
import dev.calotype.unclip.Edits;
import dev.calotype.unclip.Unclip;
import dev.calotype.unclip.UnclipFiles;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Jobs that draw other pictures of what a picture shows. */
record VariationsType(Workshop workshop) implements JobType {
    @Override
    public String name() {
        return "variations";
    }

    @Override
    public Work check(ObjectNode request) throws IOException {
        Fields fields = new Fields(request);
        String image = fields.requireText("image");
        DrawWish wish = DrawWish.of(fields, workshop.limits());
        ModelEntry entry = workshop.models().model(wish.model());
        entry.require("variations");
        for (String name : List.of("prompt", "class", "negative", "mask", "strength", "adapters"))
            Check.that(!fields.has(name), name + " must be left out of variations", entry.id());
        workshop.uploads().file(image);
        Sampling sampling =
                TrainedFile.generative(UnclipFiles.of(entry.path()).decoder()).sampling(wish.sampling());
        return new Like(workshop, entry, wish, sampling, image, request);
    }

    /** Pictures like another, an upload. */
    private record Like(
            Workshop workshop, ModelEntry entry, DrawWish wish, Sampling sampling, String image, ObjectNode asked)
            implements Work {
        @Override
        public String title() {
            return wish.count() + (wish.count() == 1 ? " variation by " : " variations by ") + entry.id();
        }

        @Override
        public Optional<String> model() {
            return Optional.of(entry.id());
        }

        @Override
        public Outcome run(JobRun run) throws IOException {
            Unclip model = (Unclip) workshop.open().drawing(entry);
            Picture picture = workshop.uploads().picture(image).opaque().colours();
            float[] vector = Scope.read(() -> Tensors.floats(new Edits(model.encoder()).of(picture)));
            Columns like = Columns.of(Columns.EMBEDDING, new Column.Floats(vector, List.of(vector.length)));
            Request request = new Request(sampling, wish.seed(), like);
            return new DrawWork(workshop, "variations", entry, wish, request, asked).run(run);
        }
    }
}
