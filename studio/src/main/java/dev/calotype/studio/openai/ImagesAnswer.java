package dev.calotype.studio.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import dev.calotype.image.PngFile;
import dev.calotype.studio.job.Event;
import dev.calotype.studio.job.JobQueue;
import dev.calotype.studio.job.Listener;
import dev.calotype.studio.job.Refusal;
import dev.calotype.studio.web.Answers;
import dev.calotype.studio.web.EventStream.Sender;
import dev.calotype.studio.web.Presence;
import dev.calotype.studio.web.Workshop;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Answers requests for images once their jobs are done, or by events while they run. */
record ImagesAnswer(Workshop workshop) {
    private static final int FAILED = 500;
    private static final String DATA = "data:image/png;base64,";

    /**
     * Lets a job be done and answers with its pictures; no thread waits meanwhile unless events are wanted. Who goes away before the answer
     * leaves the job, as clients do that ask once more after some time.
     *
     * @param events what events are called, such as {@code image_generation}
     */
    void give(Context context, ImagesRequest request, String type, ObjectNode job, String events) throws IOException {
        JobQueue.Submitted put = workshop.jobs().submit(type, job);
        if (request.stream()) {
            stream(context, request, put, events);
            return;
        }
        CompletableFuture<Void> over = new CompletableFuture<>();
        workshop.jobs().whenOver(put.id(), () -> over.complete(null));
        Presence presence = Presence.of(context, () -> leave(put));
        context.future(() -> over.thenAccept(done -> {
            presence.close();
            answer(context, request, put.id());
        }));
    }

    private void leave(JobQueue.Submitted job) {
        workshop.jobs().leave(job.id(), job.token());
    }

    private void answer(Context context, ImagesRequest request, String id) {
        try {
            ObjectNode job = workshop.jobs().view(id);
            if (!job.path("state").asText().equals("done")) {
                Answers.json(context.status(FAILED), failure(job));
                return;
            }
            ObjectNode answer = head(JsonNodeFactory.instance.objectNode(), "created", request, job);
            ArrayNode data = answer.putArray("data");
            for (JsonNode result : job.path("results"))
                data.add(image(context, request, id, result.path("index").asInt()));
            Answers.json(context, answer);
        } catch (IOException e) {
            Answers.json(context.status(FAILED), Answers.error(FAILED, "lost", "the pictures cannot be read"));
        }
    }

    private static ObjectNode failure(ObjectNode job) {
        String message = job.path("message").asText("");
        String state = job.path("state").asText();
        return Answers.error(FAILED, state, message.isEmpty() ? "the job was " + state : message);
    }

    private ObjectNode image(Context context, ImagesRequest request, String id, int index) throws IOException {
        ObjectNode image = JsonNodeFactory.instance.objectNode();
        if (!request.responseFormat().equals("url")) image.put("b64_json", base64(request, id, index));
        if (!request.responseFormat().equals("b64_json"))
            image.put(
                    "url", context.scheme() + "://" + context.header("Host") + "/api/jobs/" + id + "/results/" + index);
        return image;
    }

    private String base64(ImagesRequest request, String id, int index) throws IOException {
        return Base64.getEncoder()
                .encodeToString(converted(request, workshop.jobs().result(id, index)));
    }

    private static byte[] converted(ImagesRequest request, Path png) throws IOException {
        byte[] bytes = Files.readAllBytes(png);
        if (request.format().equals("png")) return bytes;
        Map<String, String> texts = PngFile.text(png);
        return PictureFormat.ofName("picture." + request.format())
                .orElseThrow()
                .encode(PictureFile.decode(bytes), texts);
    }

    private static ObjectNode head(ObjectNode answer, String time, ImagesRequest request, JsonNode job) {
        ObjectNode asked = request.drawing();
        int width = asked.path("width").asInt(request.entry().width());
        int height = asked.path("height").asInt(request.entry().height());
        answer.put(time, Instant.now().getEpochSecond())
                .put("background", "opaque")
                .put("output_format", request.format())
                .put("quality", "auto")
                .put("size", width + "x" + height);
        if (job.has("request")) answer.set("seed", job.path("request").path("seed"));
        return answer;
    }

    private void stream(Context context, ImagesRequest request, JobQueue.Submitted job, String events)
            throws IOException {
        try (Listener listener = workshop.jobs().listen(job.id())) {
            int[] partial = {0};
            workshop.streams()
                    .answer(
                            context,
                            sender -> sender.forward(
                                    listener,
                                    () -> leave(job),
                                    event -> pass(event, sender, request, job.id(), events, partial)));
        } catch (Refusal e) {
            leave(job);
            throw e;
        }
    }

    private void pass(Event event, Sender sender, ImagesRequest request, String id, String events, int[] partial)
            throws IOException {
        String state = event.data().path("state").asText("");
        boolean failed = state.equals("failed") || state.equals("cancelled");
        if (!failed && !List.of("preview", "result").contains(event.type())) return;
        ObjectNode job = workshop.jobs().view(id);
        ObjectNode told = head(JsonNodeFactory.instance.objectNode(), "created_at", request, job);
        if (event.type().equals("preview")) {
            told.put("type", events + ".partial_image")
                    .put("partial_image_index", partial[0]++)
                    .put("b64_json", event.data().path("url").asText().substring(DATA.length()));
            told.put("output_format", "png");
        } else if (event.type().equals("result")) {
            told.put("type", events + ".completed")
                    .put(
                            "b64_json",
                            base64(request, id, event.data().path("index").asInt()));
            told.putObject("usage")
                    .put("input_tokens", 0)
                    .put("output_tokens", 0)
                    .put("total_tokens", 0)
                    .putObject("input_tokens_details")
                    .put("text_tokens", 0)
                    .put("image_tokens", 0);
        } else {
            sender.send("error", failure(job).toString());
            return;
        }
        sender.send(told.path("type").asText(), told.toString());
    }
}
