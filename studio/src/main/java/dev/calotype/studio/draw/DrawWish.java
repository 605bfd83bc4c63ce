package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.model.ModelEntry;
import dev.calotype.studio.web.Limits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a job of type {@code draw} asks for, by the same names.
 *
 * @param sampling what is asked of the sampler, by name; the rest is as the model has it
 * @param first the number of the first picture: picture i of a seed is always the same
 * @param preview after how many steps a picture is shown while it comes about; 0 for never
 * @param previews how many times one is shown, evenly spaced, where {@code preview} does not say it
 * @param image the id of an upload to begin with
 * @param mask the id of an upload whose alpha 0 says what is drawn anew
 */
record DrawWish(
        String model,
        Optional<String> prompt,
        Optional<String> negative,
        Optional<String> label,
        Map<String, String> sampling,
        long seed,
        long first,
        int count,
        Optional<Integer> width,
        Optional<Integer> height,
        List<JsonNode> adapters,
        Optional<String> image,
        Optional<String> mask,
        Optional<Double> strength,
        int preview,
        int previews) {
    /** All fields that a request may have. */
    static final List<String> FIELDS = List.of(
            "model",
            "prompt",
            "negative",
            "class",
            "sampler",
            "steps",
            "guidance",
            "eta",
            "spacing",
            "truncation",
            "seed",
            "first",
            "count",
            "width",
            "height",
            "adapters",
            "image",
            "mask",
            "strength",
            "preview",
            "previews");

    /** The highest number of a picture of a seed. */
    static final long MOST_FIRST = 10_000_000;

    private static final int MOST_SIDE = 16_384, MOST_ADAPTERS = 8, MOST_PREVIEWS = 100;

    /** Reads a request; a seed that it has not is put into it. */
    static DrawWish of(Fields fields, Limits limits) {
        fields.knowing(FIELDS);
        if (!fields.has("seed"))
            fields.json().put("seed", ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));
        Map<String, String> sampling = new LinkedHashMap<>();
        fields.text("sampler").ifPresent(name -> sampling.put("sampler", name));
        fields.whole("steps", 1, limits.steps()).ifPresent(steps -> sampling.put("steps", steps.toString()));
        for (String name : List.of("guidance", "eta", "truncation"))
            fields.number(name, -100, 100).ifPresent(value -> sampling.put(name, value.toString()));
        fields.text("spacing").ifPresent(name -> sampling.put("spacing", name));
        return new DrawWish(
                fields.requireText("model"),
                fields.text("prompt"),
                fields.text("negative"),
                label(fields),
                sampling,
                fields.whole("seed", Long.MIN_VALUE, Long.MAX_VALUE).orElseThrow(),
                fields.whole("first", 0, MOST_FIRST).orElse(0L),
                fields.whole("count", 1, limits.count(), 1),
                fields.whole("width", 1, MOST_SIDE).map(Math::toIntExact),
                fields.whole("height", 1, MOST_SIDE).map(Math::toIntExact),
                fields.list("adapters", MOST_ADAPTERS),
                fields.text("image"),
                fields.text("mask"),
                fields.number("strength", 0, 1),
                fields.whole("preview", 0, limits.steps(), 0),
                fields.whole("previews", 0, MOST_PREVIEWS, 0));
    }

    private static Optional<String> label(Fields fields) {
        boolean number = fields.has("class") && fields.json().get("class").isIntegralNumber();
        return number ? Optional.of(fields.json().get("class").asText()) : fields.text("class");
    }

    /** Whether a picture is shown after step {@code done} of {@code steps}. */
    boolean isShown(int done, int steps) {
        if (done >= steps) return false;
        if (preview > 0) return done % preview == 0;
        int parts = previews + 1;
        return previews > 0 && (long) done * parts / steps > (done - 1L) * parts / steps;
    }

    /** Refuses what only other models take. */
    void requireNothingOfPipelines(ModelEntry entry) {
        Check.that(
                negative.isEmpty() && image.isEmpty() && mask.isEmpty() && strength.isEmpty() && adapters.isEmpty(),
                "negative, image, mask, strength and adapters are of text-to-image pipelines alone",
                entry.id());
        boolean own = width.orElse(entry.width()) == entry.width() && height.orElse(entry.height()) == entry.height();
        Check.that(
                own,
                "width and height must be those of the model " + entry.id() + ", " + entry.width() + " x "
                        + entry.height(),
                width.orElse(entry.width()) + " x " + height.orElse(entry.height()));
    }

    /** The number of the class; {@link dev.calotype.experiment.Request#ANY} where none is given. */
    int label(ModelEntry entry) {
        if (label.isEmpty()) return dev.calotype.experiment.Request.ANY;
        String said = label.get();
        List<String> classes = entry.classes();
        Check.that(!classes.isEmpty(), "class must be left out, the model " + entry.id() + " has no classes", said);
        int index = classes.indexOf(said);
        if (index >= 0) return index;
        if (said.matches("\\d{1,6}") && Integer.parseInt(said) < classes.size()) return Integer.parseInt(said);
        throw new IllegalArgumentException(
                "class must be one of " + String.join(", ", classes) + " or its number: " + said);
    }
}
