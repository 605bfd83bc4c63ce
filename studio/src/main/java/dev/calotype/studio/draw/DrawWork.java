package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Request;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.web.Workshop;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures of a run or a chain. Works that draw with one model in one way are done at once, their pictures side by side in batches; each
 * picture is what it would be alone.
 *
 * @param request what the model is asked for
 * @param asked the same as it was sent
 */
record DrawWork(Workshop workshop, ModelEntry entry, DrawWish wish, Request request, ObjectNode asked) implements Work {
    /** What must be equal of works that are done at once. */
    private record Key(String model, String stamp, String sampling) {}

    /** One picture of a turn. */
    private record Piece(JobRun run, DrawWork work, int place) {
        long index() {
            return work.wish().first() + place;
        }
    }

    @Override
    public String title() {
        String what = wish.prompt().or(wish::label).map(said -> ": " + said).orElse("");
        return wish.count() + (wish.count() == 1 ? " picture of " : " pictures of ") + entry.id() + what;
    }

    @Override
    public Optional<String> model() {
        return Optional.of(entry.id());
    }

    @Override
    public Optional<Object> together() {
        return Optional.of(new Key(entry.id(), entry.stamp(), request.sampling().toString()));
    }

    @Override
    public Outcome run(JobRun run) throws IOException {
        runAll(List.of(new Turn(this, run)));
        run.check();
        return Outcome.DONE;
    }

    @Override
    public void runAll(List<Turn> turns) throws IOException {
        List<Piece> left = new ArrayList<>();
        for (Turn turn : turns)
            for (int i = 0; i < ((DrawWork) turn.work()).wish().count(); i++)
                left.add(new Piece(turn.run(), (DrawWork) turn.work(), i));
        DrawsImages model = workshop.open().drawing(entry);
        int together = workshop.open().together(entry, model, request, left.size());
        while (!left.isEmpty()) {
            left.removeIf(piece -> piece.run().isCancelled());
            List<Piece> batch = left.subList(0, Math.min(together, left.size()));
            if (batch.isEmpty() || draw(model, List.copyOf(batch))) batch.clear();
        }
    }

    /** Whether it came to its end; otherwise some of it were cancelled, and the rest is to be begun anew, which is sooner done. */
    private boolean draw(DrawsImages model, List<Piece> batch) throws IOException {
        List<Drawing.Wanted> wanted = new ArrayList<>();
        Map<JobRun, List<Integer>> rows = new HashMap<>();
        for (Piece piece : batch) {
            rows.computeIfAbsent(piece.run(), run -> new ArrayList<>()).add(wanted.size());
            wanted.add(new Drawing.Wanted(piece.work().request(), piece.index()));
        }
        Drawing.Watcher watcher = (done, steps, predicted) -> {
            long lost =
                    batch.stream().filter(piece -> piece.run().isCancelled()).count();
            if (isSoonerAnew(done, steps, lost, batch.size() - lost)) throw new CancellationException("cancelled");
            show(batch, rows, done, steps, predicted);
        };
        List<Picture> pictures;
        try {
            pictures = Scope.read(() -> Images.pictures(model.images(wanted, watcher)));
        } catch (CancellationException e) {
            return false;
        }
        for (int i = 0; i < batch.size(); i++) {
            Piece piece = batch.get(i);
            ObjectNode settings = Told.settings(
                    workshop, "draw", Told.alone(piece.work().asked(), piece.index()), origin(model, piece));
            piece.run().result(Told.png(pictures.get(i), settings), "png", settings);
        }
        return true;
    }

    /** Whether it takes less to begin with the others anew after {@code done} steps than to draw those that nobody wants to their end. */
    static boolean isSoonerAnew(int done, int steps, long unwanted, long wanted) {
        return (steps - done) * unwanted > done * wanted;
    }

    private static Map<String, String> origin(DrawsImages model, Piece piece) {
        Map<String, String> origin = model.origin(piece.work().request());
        origin.put("index", String.valueOf(piece.index()));
        return origin;
    }

    /** Tells each of the works how far its pictures are, and shows them to those who look. */
    private static void show(
            List<Piece> batch, Map<JobRun, List<Integer>> rows, int done, int steps, Supplier<Tensor> predicted) {
        List<Picture> seen = null;
        for (Map.Entry<JobRun, List<Integer>> entry : rows.entrySet()) {
            JobRun run = entry.getKey();
            DrawWish wish = batch.get(entry.getValue().get(0)).work().wish();
            long before = batch.get(entry.getValue().get(0)).place();
            run.progress(before * steps + (long) done * entry.getValue().size(), (long) wish.count() * steps, "steps");
            boolean looks = wish.isShown(done, steps) && run.isWatched();
            if (!looks) continue;
            if (seen == null) seen = Scope.read(() -> Images.pictures(predicted.get()));
            for (int row : entry.getValue())
                run.preview(batch.get(row).place(), PngFile.encode(seen.get(row), Map.of()));
        }
    }
}
