package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.web.Workshop;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Pictures of a model. Works that draw with one model in one way are done at once, their pictures side by side; each picture is what it
 * would be alone.
 */
interface PictureWork extends Work {
    Workshop workshop();

    /** Of the job. */
    String type();

    ModelEntry entry();

    DrawWish wish();

    /** The request as it was sent. */
    ObjectNode asked();

    /** What draws for this work and those of an equal {@link #manner}. */
    JointDrawing.Painter painter() throws IOException;

    /** What must be equal, besides the model, of works that are done at once; empty where this one is done alone. */
    Optional<Object> manner();

    @Override
    default String title() {
        String what = wish().prompt().or(wish()::label).map(said -> ": " + said).orElse("");
        return wish().count() + (wish().count() == 1 ? " picture of " : " pictures of ") + entry().id() + what;
    }

    @Override
    default Optional<String> model() {
        return Optional.of(entry().id());
    }

    @Override
    default Optional<Object> together() {
        return manner().map(manner -> List.of(entry().id(), entry().stamp(), manner));
    }

    @Override
    default Outcome run(JobRun run) throws IOException {
        runAll(List.of(new Turn(this, run, () -> {})));
        run.check();
        return Outcome.DONE;
    }

    @Override
    default void runAll(List<Turn> turns) throws IOException {
        new JointDrawing(workshop(), painter()).draw(turns);
    }
}
