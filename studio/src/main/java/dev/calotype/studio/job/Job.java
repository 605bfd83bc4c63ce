package dev.calotype.studio.job;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.FileId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One job with its history; guarded by the queue that has it. */
final class Job {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    final String id;
    final String type;
    final ObjectNode request;
    final String tokenHash;
    final Instant created;
    final List<Listener> listeners = new ArrayList<>();
    final List<Runnable> atEnd = new ArrayList<>();
    Work work; // null where it is not taken up
    RunningJob running; // null unless it runs
    String title = "";
    String model = ""; // none
    State state = State.QUEUED;
    Instant started; // null before
    Instant ended; // null before
    String message = "";
    int attempts;
    ObjectNode memory = JSON.objectNode();
    ArrayNode results = JSON.arrayNode();
    ObjectNode progress; // null before the first

    Job(String id, String type, ObjectNode request, String tokenHash, Instant created) {
        this.id = id;
        this.type = type;
        this.request = request;
        this.tokenHash = tokenHash;
        this.created = created;
    }

    void take(Work found) {
        work = found;
        title = found.title();
        model = found.model().orElse("");
    }

    boolean isOwnedBy(String token) {
        return MessageDigest.isEqual(bytes(hash(token)), bytes(tokenHash));
    }

    static String hash(String token) {
        return FileId.sha256(bytes(token));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** What anybody may know of it. */
    ObjectNode view(int position) {
        ObjectNode view = JSON.objectNode()
                .put("id", id)
                .put("type", type)
                .put("state", state.word())
                .put("position", position)
                .put("created", created.toString());
        view.put("started", started == null ? null : started.toString());
        view.put("ended", ended == null ? null : ended.toString());
        view.put("title", title).put("model", model.isEmpty() ? null : model);
        view.put("message", message.isEmpty() ? null : message);
        view.set("progress", progress);
        view.set("results", results.deepCopy());
        return view;
    }

    /** All of it, for the store. */
    ObjectNode stored() {
        ObjectNode all = view(0).put("token", tokenHash).put("attempts", attempts);
        all.remove(List.of("progress", "position"));
        all.set("request", request);
        all.set("memory", memory);
        return all;
    }

    static Job of(ObjectNode stored) {
        Job job = new Job(
                stored.path("id").asText(),
                stored.path("type").asText(),
                (ObjectNode) stored.path("request"),
                stored.path("token").asText(),
                Instant.parse(stored.path("created").asText()));
        job.title = stored.path("title").asText();
        job.model = stored.path("model").asText("");
        job.state = State.of(stored.path("state").asText());
        job.started = instant(stored.path("started").asText(""));
        job.ended = instant(stored.path("ended").asText(""));
        job.message = stored.path("message").asText("");
        job.attempts = stored.path("attempts").asInt();
        job.memory = (ObjectNode) stored.path("memory");
        job.results = (ArrayNode) stored.path("results");
        return job;
    }

    private static Instant instant(String text) {
        return text.isEmpty() || text.equals("null") ? null : Instant.parse(text);
    }
}
