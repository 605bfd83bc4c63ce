package dev.calotype.studio.openai;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.Refusal;
import dev.calotype.studio.model.ModelCatalog;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.model.ModelEntry.Form;
import dev.calotype.studio.web.Workshop;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A request for images as OpenAI's API has it.
 *
 * @param entry the model that is named, or the first that can, where none is
 * @param drawing the same as a job of this studio
 * @param format of the files, {@code png}, {@code jpeg} or {@code webp}
 * @param responseFormat {@code url} or {@code b64_json}; empty for both
 * @param stream whether events are wanted
 */
record ImagesRequest(ModelEntry entry, ObjectNode drawing, String format, String responseFormat, boolean stream) {
    private static final List<String> SHARED = List.of(
            "model", "n", "size", "response_format", "user", "seed", "steps", "guidance", "eta", "spacing", "sampler");
    private static final List<String> DRAWN = and(
            SHARED,
            "prompt",
            "negative_prompt",
            "quality",
            "background",
            "output_format",
            "output_compression",
            "moderation",
            "complexity",
            "safety_identifier",
            "stream",
            "partial_images");

    /** Fields of generations, which are those of JSON. */
    static final List<String> GENERATION = and(DRAWN, "class", "style");

    /** Fields of edits, besides files. */
    static final List<String> EDIT = and(DRAWN, "strength", "input_fidelity");

    /** Fields of variations, besides files. */
    static final List<String> VARIATION = SHARED;

    private static final int MOST_PARTIAL = 3;

    private static List<String> and(List<String> some, String... others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(List.of(others));
        return List.copyOf(all);
    }

    /** Reads a request, whose fields must be of {@code known}. */
    static ImagesRequest of(Fields fields, List<String> known, Workshop workshop) {
        fields.knowing(known);
        String ability = known.equals(VARIATION) ? "variations" : known.equals(EDIT) ? "edit" : "draw";
        ModelEntry entry = model(fields, ability, workshop.models());
        ObjectNode job = JsonNodeFactory.instance.objectNode().put("model", entry.id());
        for (String name : List.of("seed", "steps", "guidance", "eta", "spacing", "sampler", "strength"))
            if (fields.has(name)) job.set(name, fields.json().get(name));
        fields.text("negative_prompt").ifPresent(text -> job.put("negative", text));
        fields.whole("n", 1, workshop.limits().count()).ifPresent(n -> job.put("count", n));
        fields.text("size").filter(size -> !size.equals("auto")).ifPresent(size -> sides(job, size));
        if (!known.equals(VARIATION)) shown(job, fields, entry);
        boolean stream = fields.flag("stream").orElse(false);
        int partial = fields.whole("partial_images", 0, MOST_PARTIAL, 0);
        Check.that(partial == 0 || stream, "partial_images want stream", partial);
        if (partial > 0) job.put("previews", partial);
        withoutEffect(fields);
        String format =
                fields.oneOf("output_format", List.of("png", "jpeg", "webp")).orElse("png");
        String response =
                fields.oneOf("response_format", List.of("url", "b64_json")).orElse("");
        Check.that(
                !stream || !response.equals("url"),
                "response_format must be b64_json where events are streamed",
                response);
        return new ImagesRequest(entry, job, format, response, stream);
    }

    private static ModelEntry model(Fields fields, String ability, ModelCatalog models) {
        if (fields.has("model")) {
            ModelEntry named = models.model(fields.requireText("model"));
            named.require(ability);
            return named;
        }
        return models.models().stream()
                .filter(model -> model.can().contains(ability))
                .findFirst()
                .orElseThrow(
                        () -> new Refusal(404, "model_not_found", "no model here can " + ModelEntry.inWords(ability)));
    }

    private static void sides(ObjectNode job, String size) {
        Check.that(size.matches("[1-9]\\d{0,4}x[1-9]\\d{0,4}"), "size must be auto or such as 512x512", short20(size));
        String[] sides = size.split("x");
        job.put("width", Integer.parseInt(sides[0])).put("height", Integer.parseInt(sides[1]));
    }

    private static String short20(String text) {
        return text.length() <= 20 ? text : text.substring(0, 20) + "...";
    }

    /** What pictures are to show: a text where the model reads texts, the name of a class where it knows classes. */
    private static void shown(ObjectNode job, Fields fields, ModelEntry entry) {
        if (fields.has("class")) job.set("class", fields.json().get("class"));
        String prompt = fields.text("prompt").orElse("");
        if (entry.form() != Form.RUN) job.put("prompt", prompt);
        else if (!prompt.isBlank() && !fields.has("class")) job.put("class", label(prompt, entry));
        else
            Check.that(
                    prompt.isBlank(),
                    "prompt must be empty beside a class, the model " + entry.id() + " reads no texts",
                    short20(prompt));
    }

    private static String label(String prompt, ModelEntry entry) {
        Check.that(
                !entry.classes().isEmpty(),
                "prompt must be empty, the model " + entry.id() + " is told neither texts nor classes",
                short20(prompt));
        String wanted = prompt.strip().toLowerCase(Locale.ROOT);
        return entry.classes().stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("prompt must be one of the classes of " + entry.id()
                        + ", which reads no texts: " + String.join(", ", entry.classes())));
    }

    /** Clients send these; the models here have no such choices, and draw as they always do. */
    private static void withoutEffect(Fields fields) {
        fields.oneOf("quality", List.of("auto", "low", "medium", "high", "xhigh", "max", "standard", "hd"));
        fields.oneOf("background", List.of("auto", "opaque"));
        fields.oneOf("moderation", List.of("auto", "low"));
        fields.oneOf("style", List.of("vivid", "natural"));
        fields.oneOf("input_fidelity", List.of("low", "high"));
        fields.oneOf("complexity", List.of("low", "medium", "high"));
        fields.text("user");
        fields.text("safety_identifier");
        fields.whole("output_compression", 0, 100);
    }
}
