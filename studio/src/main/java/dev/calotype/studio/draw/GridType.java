package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobRun;
import dev.calotype.studio.job.JobType;
import dev.calotype.studio.job.Work;
import dev.calotype.studio.web.Workshop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Jobs that draw one picture for each pair of values of two settings, and all in one sheet at the end. */
record GridType(Workshop workshop, DrawType draw) implements JobType {
    private static final int GAP = 2;
    /** What pictures of one size in one sheet can differ in. */
    private static final List<String> VARIED = DrawWish.FIELDS.stream()
            .filter(name -> !List.of("model", "count", "width", "height", "image", "mask", "preview", "previews")
                    .contains(name))
            .toList();

    /** A setting and its values. */
    private record Axis(String key, List<JsonNode> values) {}

    @Override
    public String name() {
        return "grid";
    }

    @Override
    public Work check(ObjectNode request) throws IOException {
        Fields fields = new Fields(request).knowing(List.of("model", "base", "x", "y"));
        ObjectNode base = fields.object("base")
                .map(Fields::json)
                .orElseThrow(() -> new IllegalArgumentException("base must be an object, as for draw"));
        base.put("model", fields.requireText("model"));
        Check.that(
                !base.has("count") || base.path("count").asInt() == 1, "count must be 1 in a grid", base.path("count"));
        Axis x = axis(fields, "x"), y = axis(fields, "y");
        Check.that(!x.key().equals(y.key()), "x and y must have different keys", x.key());
        int cells = x.values().size() * y.values().size();
        Check.that(
                cells <= workshop.limits().count(),
                "a grid must have at most " + workshop.limits().count() + " pictures",
                x.values().size() + " x " + y.values().size());
        DrawWish.of(new Fields(base), workshop.limits()); // gives all cells one seed
        List<Work> works = new ArrayList<>();
        for (JsonNode down : y.values())
            for (JsonNode across : x.values()) {
                ObjectNode cell = base.deepCopy();
                cell.set(x.key(), across);
                cell.set(y.key(), down);
                works.add(draw.check(cell));
            }
        return new Sheet(workshop, works, x.values().size(), request, "a grid of " + x.key() + " and " + y.key());
    }

    private Axis axis(Fields fields, String name) {
        Fields axis = fields.object(name)
                .orElseThrow(() -> new IllegalArgumentException(name + " must be an object with a key and values"))
                .knowing(List.of("key", "values"));
        String key =
                axis.oneOf("key", VARIED).orElseThrow(() -> new IllegalArgumentException(name + " must have a key"));
        List<JsonNode> values = axis.list("values", workshop.limits().count());
        Check.that(!values.isEmpty(), name + " must have values", "none");
        return new Axis(key, values);
    }

    /** One picture for each cell, row by row. */
    private record Sheet(Workshop workshop, List<Work> works, int columns, ObjectNode asked, String title)
            implements Work {
        @Override
        public Optional<String> model() {
            return works.get(0).model();
        }

        @Override
        public Outcome run(JobRun run) throws Exception {
            List<Picture> pictures = new ArrayList<>();
            for (int i = 0; i < works.size(); i++) {
                run.check();
                works.get(i).run(new Cell(run, i, pictures));
                run.progress(i + 1, works.size(), "pictures");
            }
            ObjectNode settings = Told.settings(workshop, "grid", asked.deepCopy(), Map.of());
            run.result(Told.png(Images.grid(pictures, columns, GAP), settings), "png", settings);
            return Outcome.DONE;
        }
    }

    /** The run of one cell: a part of that of the grid. */
    private record Cell(JobRun whole, int number, List<Picture> pictures) implements JobRun {
        @Override
        public void progress(long done, long of, String unit) {
            whole.check();
        }

        @Override
        public void progress(long done, long of, String unit, double secondsLeft) {
            whole.check();
        }

        @Override
        public void preview(int index, byte[] png) {
            whole.preview(number, png);
        }

        @Override
        public boolean isWatched() {
            return whole.isWatched();
        }

        @Override
        public void result(byte[] content, String extension, ObjectNode settings) throws IOException {
            pictures.add(ImageFiles.decode(content, 3));
            whole.result(content, extension, settings);
        }

        @Override
        public void log(String line) {
            whole.log(line);
        }

        @Override
        public ObjectNode memory() {
            return whole.memory();
        }

        @Override
        public void remember(ObjectNode memory) {
            whole.remember(memory);
        }

        @Override
        public boolean isCancelled() {
            return whole.isCancelled();
        }

        @Override
        public void onSignal(Consumer<Signal> listener) {
            whole.onSignal(listener);
        }
    }
}
