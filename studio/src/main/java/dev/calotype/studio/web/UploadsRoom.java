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
import java.util.Optional;

/** Pictures that are sent, and what they say of themselves. */
final class UploadsRoom {
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
        Uploads.Kept kept = uploads.add(content);
        PictureFile picture = kept.picture();
        Optional<PictureKind> kind = PictureKind.ofContent(content);
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("id", kept.id())
                .put("width", picture.colours().width())
                .put("height", picture.colours().height())
                .put("channels", picture.colours().channels())
                .put("alpha", picture.hasAlpha());
        kind.ifPresent(known -> answer.put("format", known.toString()));
        answer.set("settings", kind.equals(Optional.of(PictureKind.PNG)) ? settings(uploads.file(kept.id())) : null);
        Answers.json(context.status(201), answer);
    }

    /** What a PNG file says; null where that is nothing of this program. */
    private static JsonNode settings(Path file) throws IOException {
        Map<String, String> texts = PngFile.text(file);
        if (texts.containsKey(Workshop.TOLD))
            try {
                return JSON.readTree(texts.get(Workshop.TOLD));
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
