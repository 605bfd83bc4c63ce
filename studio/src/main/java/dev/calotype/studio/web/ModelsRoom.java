package dev.calotype.studio.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.run.RunDirectory;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.Refusal;
import dev.calotype.studio.model.ModelCatalog;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.model.OpenModels;
import io.javalin.http.Context;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Models: listed, added, shown. */
final class ModelsRoom {
    private final ModelCatalog models;
    private final OpenModels open;

    ModelsRoom(ModelCatalog models, OpenModels open) {
        this.models = models;
        this.open = open;
    }

    void open(Routes routes) {
        routes.get("/api/models", this::list)
                .post("/api/models", this::add)
                .get("/api/models/{id}", context -> Answers.json(context, tree(model(context))))
                .get("/api/models/{id}/picture", this::picture)
                .get("/api/models/{id}/report", this::report);
    }

    private ModelEntry model(Context context) {
        return models.model(context.pathParam("id"));
    }

    private void list(Context context) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode all = answer.putArray("models");
        for (ModelEntry model : models.models()) all.add(tree(model));
        Answers.json(context, answer);
    }

    private void add(Context context) throws IOException {
        Fields request = new Fields(Bodies.json(context)).knowing(List.of("path"));
        Answers.json(context.status(201), tree(models.add(request.requireText("path"))));
    }

    private ObjectNode tree(ModelEntry model) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode().put("id", model.id());
        tree.setAll(model.about());
        tree.set("can", texts(model.can().stream().sorted().toList()));
        if (model.width() > 0)
            tree.putObject("size").put("width", model.width()).put("height", model.height());
        else tree.putNull("size");
        tree.set("classes", model.classes().isEmpty() ? null : texts(model.classes()));
        tree.set("options", texts(model.options()));
        tree.set("samplers", texts(model.samplers()));
        tree.put("bytes", model.bytes());
        tree.put("loaded", open.names().contains(model.id()));
        tree.put(
                "picture",
                model.picture().map(picture -> address(model) + "/picture").orElse(null));
        tree.put("report", Files.exists(reportFile(model)) ? address(model) + "/report" : null);
        if (!tree.has("score")) tree.putNull("score");
        return tree;
    }

    private static ArrayNode texts(Collection<String> all) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        all.forEach(array::add);
        return array;
    }

    private static String address(ModelEntry model) {
        return "/api/models/"
                + URLEncoder.encode(model.id(), StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Path reportFile(ModelEntry model) {
        return new RunDirectory(model.path()).reportFile();
    }

    private void picture(Context context) throws IOException {
        Path picture = model(context).picture().orElseThrow(() -> Refusal.missing("picture of this model"));
        context.contentType("image/png").result(Files.readAllBytes(picture));
    }

    private void report(Context context) throws IOException {
        Path report = reportFile(model(context));
        if (!Files.isRegularFile(report)) throw Refusal.missing("report of this model");
        Answers.report(context, report);
    }
}
