package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobType;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.model.ModelEntry.Form;
import dev.calotype.studio.web.Workshop;
import dev.calotype.unclip.UnclipFiles;
import java.io.IOException;
import java.util.List;

/** Jobs that draw. */
record DrawType(Workshop workshop) implements JobType {
    @Override
    public String name() {
        return "draw";
    }

    @Override
    public Work check(ObjectNode request) throws IOException {
        DrawWish wish = DrawWish.of(new Fields(request), workshop.limits());
        ModelEntry entry = workshop.models().model(wish.model());
        entry.require("draw");
        return entry.form() == Form.PIPELINE
                ? PipelineWork.of(workshop, entry, wish, request)
                : new DrawWork(workshop, name(), entry, wish, request(entry, wish), request);
    }

    /** What the model is asked for. */
    static Request request(ModelEntry entry, DrawWish wish) throws IOException {
        wish.requireNothingOfPipelines(entry);
        GenerativeExperiment experiment = TrainedFile.generative(
                entry.form() == Form.CHAIN ? UnclipFiles.of(entry.path()).decoder() : entry.path());
        var sampling = experiment.sampling(wish.sampling());
        if (entry.form() != Form.CHAIN) {
            Check.that(
                    wish.prompt().isEmpty(),
                    "prompt must be left out, the model " + entry.id() + " is told no texts",
                    wish.prompt().orElse(""));
            return new Request(sampling, wish.seed(), wish.label(entry));
        }
        Check.that(
                wish.label().isEmpty(),
                "class must be left out, the model draws texts",
                wish.label().orElse(""));
        Check.that(!wish.prompt().orElse("").isBlank(), "prompt must not be blank", "''");
        Columns asked = Columns.of(
                Columns.CAPTION, new Column.Texts(List.of(wish.prompt().get())));
        return new Request(sampling, wish.seed(), asked);
    }
}
