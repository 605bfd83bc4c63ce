package dev.calotype.studio.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.web.Answers;
import dev.calotype.studio.web.Bodies;
import dev.calotype.studio.web.Room;
import dev.calotype.studio.web.Routes;
import dev.calotype.studio.web.Workshop;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** The images of OpenAI's API, so that its clients draw here; extensions are fields of their own. */
public final class OpenAiRoom implements Room {
    private Workshop workshop;
    private ImagesAnswer answers;

    @Override
    public void open(Routes routes, Workshop shared) {
        workshop = shared;
        answers = new ImagesAnswer(shared);
        routes.get("/v1/models", this::models)
                .get(
                        "/v1/models/{id}",
                        context -> Answers.json(context, tree(workshop.models().model(context.pathParam("id")))))
                .post("/v1/images/generations", this::generate)
                .post("/v1/images/edits", this::edit)
                .post("/v1/images/variations", this::vary);
    }

    private void models(Context context) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = answer.putArray("data");
        for (ModelEntry model : workshop.models().models()) if (model.can().contains("draw")) data.add(tree(model));
        Answers.json(context, answer);
    }

    private static ObjectNode tree(ModelEntry model) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", model.id())
                .put("object", "model")
                .put(
                        "created",
                        Instant.parse(model.about().path("changed").asText()).getEpochSecond())
                .put("owned_by", "calotype");
    }

    private void generate(Context context) throws IOException {
        ImagesRequest request = ImagesRequest.of(new Fields(Bodies.json(context)), ImagesRequest.GENERATION, workshop);
        answers.give(context, request, "draw", request.drawing(), "image_generation");
    }

    private void edit(Context context) throws IOException {
        Bodies.Form form =
                Bodies.form(context, workshop.limits().uploadBytes()).knowing(List.of("image", "image[]", "mask"));
        ImagesRequest request = ImagesRequest.of(typed(form), ImagesRequest.EDIT, workshop);
        ObjectNode job = request.drawing()
                .put("image", workshop.uploads().add(picture(form)).id());
        if (form.files().containsKey("mask"))
            job.put("mask", workshop.uploads().add(form.file("mask")).id());
        answers.give(context, request, "draw", job, "image_edit");
    }

    private void vary(Context context) throws IOException {
        Bodies.Form form = Bodies.form(context, workshop.limits().uploadBytes()).knowing(List.of("image", "image[]"));
        ImagesRequest request = ImagesRequest.of(typed(form), ImagesRequest.VARIATION, workshop);
        ObjectNode job = request.drawing()
                .put("image", workshop.uploads().add(picture(form)).id());
        answers.give(context, request, "variations", job, "image_edit");
    }

    private static byte[] picture(Bodies.Form form) {
        return form.file(form.files().containsKey("image[]") ? "image[]" : "image");
    }

    /** The fields of a form, which are all texts, as the values that they are. */
    private static Fields typed(Bodies.Form form) {
        ObjectNode fields = form.fields();
        for (String name : List.of("n", "seed", "steps", "partial_images", "output_compression"))
            if (fields.path(name).asText("").matches("-?\\d{1,18}"))
                fields.put(name, Long.parseLong(fields.get(name).asText()));
        for (String name : List.of("guidance", "eta", "strength"))
            if (fields.path(name).asText("").matches("-?\\d{1,9}(\\.\\d{1,9})?"))
                fields.put(name, Double.parseDouble(fields.get(name).asText()));
        if (fields.path("stream").asText("").matches("true|false"))
            fields.put("stream", Boolean.parseBoolean(fields.get("stream").asText()));
        return new Fields(fields);
    }
}
