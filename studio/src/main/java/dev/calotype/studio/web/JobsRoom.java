package dev.calotype.studio.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.FiniteNumbers;
import dev.calotype.settings.Check;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobQueue;
import dev.calotype.studio.job.Listener;
import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Jobs: put in, looked at, followed, ended. */
final class JobsRoom {
    private static final int USUAL = 50, MOST = 500;
    private static final Map<String, String> TYPES = Map.of(
            "png", "image/png",
            "jpg", "image/jpeg",
            "jpeg", "image/jpeg",
            "webp", "image/webp",
            "tif", "image/tiff",
            "json", "application/json");

    private final JobQueue jobs;
    private final EventStream streams;

    JobsRoom(JobQueue jobs, EventStream streams) {
        this.jobs = jobs;
        this.streams = streams;
    }

    void open(Routes routes) {
        routes.post("/api/jobs", this::submit)
                .get("/api/jobs", this::list)
                .get("/api/jobs/{id}", context -> Answers.json(context, jobs.view(context.pathParam("id"))))
                .get("/api/jobs/{id}/events", this::events)
                .get("/api/jobs/{id}/results/{n}", this::result)
                .post("/api/jobs/{id}/cancel", context -> change(context, jobs::cancel))
                .post("/api/jobs/{id}/pause", context -> change(context, jobs::pause))
                .post("/api/jobs/{id}/resume", context -> change(context, jobs::resume));
    }

    private void submit(Context context) throws IOException {
        ObjectNode request = Bodies.json(context);
        String type = new Fields(request).requireText("type");
        request.remove("type");
        JobQueue.Submitted job = jobs.submit(type, request);
        Answers.json(
                context.status(202),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", job.id())
                        .put("token", job.token())
                        .put("state", job.state().word())
                        .put("position", job.position()));
    }

    private void list(Context context) throws IOException {
        String asked = Optional.ofNullable(context.queryParam("limit")).orElse("" + USUAL);
        int limit = (int) Digits.number(asked, 4, "limit must be in 1.." + MOST);
        Check.range("limit", limit, 1, MOST);
        String before = Optional.ofNullable(context.queryParam("before")).orElse("");
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        all.addAll(jobs.latest(limit, before));
        Answers.json(context, all);
    }

    private void events(Context context) throws IOException {
        try (Listener listener = jobs.listen(context.pathParam("id"))) {
            streams.answer(
                    context,
                    sender -> sender.forward(
                            listener,
                            () -> {},
                            event -> sender.send(
                                    event.type(), FiniteNumbers.of(event.data()).toString())));
        }
    }

    private void result(Context context) throws IOException {
        int number = (int) Digits.number(context.pathParam("n"), 6, "a result has a number");
        Path file = jobs.result(context.pathParam("id"), number);
        String name = file.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1);
        context.contentType(TYPES.getOrDefault(extension, "application/octet-stream"))
                .header("Content-Disposition", "inline; filename=\"" + context.pathParam("id") + "-" + name + "\"")
                .result(Files.readAllBytes(file));
    }

    /** Changes a job for who has its token. */
    @FunctionalInterface
    private interface Change {
        void of(String id, String token) throws IOException;
    }

    private void change(Context context, Change change) throws IOException {
        String id = context.pathParam("id");
        change.of(id, context.header("X-Job-Token"));
        Answers.json(context, jobs.view(id));
    }
}
