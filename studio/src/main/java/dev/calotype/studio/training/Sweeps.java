package dev.calotype.studio.training;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Summary;
import dev.calotype.studio.job.Refusal;
import dev.calotype.sweep.Column;
import dev.calotype.sweep.Sweep;
import dev.calotype.sweep.SweepDirectory;
import dev.calotype.sweep.SweepTable;
import dev.calotype.sweep.Trial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Sweeps and comparisons, as tables with pictures. One is named by its folder and its name, with {@code ~} between.
 *
 * @param folder below which their folders lie
 */
record Sweeps(Path folder) {
    private static final List<String> FOLDERS = List.of("sweeps", "comparisons");

    /** Names of all of them, and where their reports are. */
    ObjectNode list() throws IOException {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode all = answer.putArray("sweeps");
        for (String kind : FOLDERS) {
            if (!Files.isDirectory(folder.resolve(kind))) continue;
            try (Stream<Path> children = Files.list(folder.resolve(kind))) {
                for (Path child : children.filter(Files::isDirectory).sorted().toList()) {
                    String id = kind + "~" + child.getFileName();
                    ObjectNode told = all.addObject()
                            .put("id", id)
                            .put("name", child.getFileName().toString());
                    boolean reported = Files.isRegularFile(child.resolve("report.html"));
                    told.put("report", reported ? "/api/sweeps/" + id + "/report" : null);
                }
            }
        }
        return answer;
    }

    /**
     * The folder of a sweep.
     *
     * @throws Refusal if there is none: 404
     */
    private Path root(String id) {
        boolean plain = id.matches("(sweeps|comparisons)~[\\p{L}\\p{N}_-][\\p{L}\\p{N}._ -]{0,200}");
        Path root = plain ? folder.resolve(id.replaceFirst("~", "/")) : null;
        if (root == null || !Files.isDirectory(root)) throw Refusal.missing("sweep " + id);
        return root;
    }

    /** The report of a sweep. */
    Path report(String id) {
        Path report = root(id).resolve("report.html");
        if (!Files.isRegularFile(report)) throw Refusal.missing("report of the sweep " + id);
        return report;
    }

    /** A sweep as it is in its folder. */
    private Opened open(String id) throws IOException {
        SweepDirectory directory = new SweepDirectory(root(id));
        if (!SweepDirectory.isOne(directory.root())) throw Refusal.missing("table of the sweep " + id);
        try {
            return new Opened(directory, directory.sweep());
        } catch (RecipeException e) {
            throw new IOException("the file of the sweep " + id + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** What is found by now: rows with their labels, texts for each column, and a picture where there is one. */
    ObjectNode table(String id) throws IOException {
        Opened opened = open(id);
        SweepTable table = SweepTable.of(opened.sweep(), opened.directory());
        List<Optional<Path>> pictures = opened.pictures();
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("id", id).put("name", table.name());
        ArrayNode axes = answer.putArray("axes");
        Stream.concat(table.axes().stream(), table.variantAxes().stream()).forEach(axes::add);
        ArrayNode columns = answer.putArray("columns");
        for (String name : table.columns())
            columns.addObject()
                    .put("name", name)
                    .put("title", Column.named(name).title());
        ArrayNode rows = answer.putArray("rows");
        for (int i = 0; i < table.rows().size(); i++) {
            SweepTable.Row row = table.rows().get(i);
            ObjectNode told = rows.addObject().put("open", row.open());
            ArrayNode labels = told.putArray("labels");
            row.labels().forEach(labels::add);
            ObjectNode values = told.putObject("values");
            ArrayNode best = told.putArray("best");
            for (String name : table.columns()) {
                Summary value = row.values().get(name);
                values.put(name, value == null ? null : Column.named(name).text(value));
                if (table.best(row, name)) best.add(name);
            }
            boolean drawn = i < pictures.size() && pictures.get(i).isPresent();
            told.put("picture", drawn ? "/api/sweeps/" + id + "/pictures/" + i : null);
        }
        ArrayNode notes = answer.putArray("notes");
        table.notes().forEach(notes::add);
        return answer;
    }

    /**
     * What the first seed of a row drew.
     *
     * @throws Refusal if there is nothing: 404
     */
    Path picture(String id, int row) throws IOException {
        List<Optional<Path>> pictures = open(id).pictures();
        return Optional.of(pictures)
                .filter(all -> row < all.size())
                .flatMap(all -> all.get(row))
                .orElseThrow(() -> Refusal.missing("picture of row " + row + " of the sweep " + id));
    }

    /** A sweep and its folder. */
    private record Opened(SweepDirectory directory, Sweep sweep) {
        /** The picture of each row of the table: of a cell's first training, drawn in each way. */
        List<Optional<Path>> pictures() {
            Map<List<String>, Trial> first = new LinkedHashMap<>();
            sweep.trials().forEach(trial -> first.putIfAbsent(trial.cell(), trial));
            List<Optional<Path>> pictures = new ArrayList<>();
            for (Trial trial : first.values()) {
                if (trial.variants().isEmpty()) pictures.add(Optional.empty());
                for (Trial.Variant variant : trial.variants())
                    pictures.add(Optional.of(directory.picture(trial, variant)).filter(Files::isRegularFile));
            }
            return pictures;
        }
    }
}
