package dev.calotype.studio.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureKind;
import dev.calotype.image.PngFile;
import dev.calotype.studio.upload.Uploads;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Pictures that are sent, and what they say of themselves. */
final class UploadsRoom {
    /** The key of the text in which a picture says how it was made. */
    private static final String KEY = "calotype";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Uploads uploads;

    UploadsRoom(Uploads uploads) {
        this.uploads = uploads;
    }

    void open(Routes routes) {
        routes.post("/api/uploads", this::add).get("/api/uploads/{id}", this::show);
    }

    private void add(Context context) throws IOException {
        byte[] content = Bodies.file(context, "file", uploads.mostBytes());
        String id = uploads.add(content);
        PictureFile picture = uploads.picture(id);
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("width", picture.colours().width())
                .put("height", picture.colours().height())
                .put("channels", picture.colours().channels())
                .put("alpha", picture.hasAlpha());
        PictureKind.ofContent(content).ifPresent(kind -> answer.put("format", kind.toString()));
        answer.set("settings", settings(uploads.file(id), content));
        Answers.json(context.status(201), answer);
    }

    private static JsonNode settings(Path file, byte[] content) throws IOException {
        if (!PictureKind.ofContent(content).equals(java.util.Optional.of(PictureKind.PNG))) return null;
        Map<String, String> texts = PngFile.text(file);
        if (texts.containsKey(KEY))
            try {
                return JSON.readTree(texts.get(KEY));
            } catch (IOException e) {
                return null; // of somebody else
            }
        return "Calotype".equals(texts.get("Software")) ? JSON.valueToTree(texts) : null;
    }

    private void show(Context context) throws IOException {
        PictureFile picture = PictureFile.decode(Files.readAllBytes(uploads.file(context.pathParam("id"))));
        context.contentType("image/png").result(PngFile.encode(picture, Map.of()));
    }
}
