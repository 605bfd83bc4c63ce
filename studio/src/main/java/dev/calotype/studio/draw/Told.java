package dev.calotype.studio.draw;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.studio.web.Workshop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a picture says of how it was made: enough to make it again. */
final class Told {
    private Told() {}

    /**
     * The settings of one picture.
     *
     * @param type of the job
     * @param request that makes this picture alone
     * @param origin what the model says of its weights and of the drawing
     */
    static ObjectNode settings(Workshop workshop, String type, ObjectNode request, Map<String, String> origin) {
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        origin.forEach(made::put);
        return workshop.told(type, request, made);
    }

    /** A request for one picture of those that a request asks for. */
    static ObjectNode alone(JsonNode request, long index) {
        ObjectNode one = request.deepCopy();
        one.remove(List.of("preview", "previews"));
        return one.put("first", index).put("count", 1);
    }

    /** A PNG file of a picture with its settings inside. */
    static byte[] png(Picture picture, ObjectNode settings) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put("Software", "Calotype");
        settings.path("made")
                .properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        texts.put(Workshop.TOLD, settings.toString());
        return PngFile.encode(picture, texts);
    }
}
