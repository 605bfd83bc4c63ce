package dev.calotype.studio.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.studio.job.Fields;
import dev.calotype.studio.job.JobQueue;
import dev.calotype.studio.job.State;
import dev.calotype.tensor.ProcessMemory;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** How the studio is: for people, for Prometheus, and for who asks whether it lives. */
final class StatusRoom {
    private final Workshop workshop;
    private final Guard guard;
    private final Supplier<EngineState> engine;

    StatusRoom(Workshop workshop, Guard guard, Supplier<EngineState> engine) {
        this.workshop = workshop;
        this.guard = guard;
        this.engine = engine;
    }

    void open(Routes routes) {
        routes.get("/api/status", this::status)
                .post("/api/session", this::session)
                .get("/api/openapi.json", context -> Answers.json(context, OpenApi.document()))
                .get("/health/live", context -> context.contentType("text/plain")
                        .result("alive\n"))
                .get("/health/ready", this::ready)
                .get("/metrics", this::metrics);
    }

    private void session(Context context) throws IOException {
        Fields request = new Fields(Bodies.json(context)).knowing(List.of("key"));
        guard.admit(context, request.requireText("key"));
        Answers.json(context, JsonNodeFactory.instance.objectNode().put("admitted", true));
    }

    private void ready(Context context) {
        Optional<String> unready = unready();
        context.status(unready.isEmpty() ? 200 : 503).contentType("text/plain").result(unready.orElse("ready") + "\n");
    }

    /** Why jobs are not done; empty where they are. */
    private Optional<String> unready() {
        EngineState state = engine.get();
        if (state.ready()) return workshop.jobs().trouble();
        return Optional.of(state.error().isEmpty() ? "the engine is starting" : state.error());
    }

    private void status(Context context) {
        EngineState state = engine.get();
        JobQueue.Load load = workshop.jobs().load();
        ObjectNode answer = JsonNodeFactory.instance
                .objectNode()
                .put("version", workshop.versions().program())
                .put("engine", workshop.versions().engine())
                .put("ready", unready().isEmpty())
                .put("device", state.device())
                .put("threads", state.threads());
        answer.putObject("memory")
                .put("used", ProcessMemory.resident())
                .put("free", ProcessMemory.available())
                .put("limit", ProcessMemory.total());
        answer.putObject("queue")
                .put("running", load.running())
                .put("waiting", load.waiting())
                .put("capacity", load.capacity());
        Limits limits = workshop.limits();
        answer.putObject("limits")
                .put("pixels", limits.pixels())
                .put("steps", limits.steps())
                .put("count", limits.count())
                .put("uploadBytes", limits.uploadBytes());
        answer.put("trainings", workshop.launcher().isPresent());
        Answers.json(context, answer);
    }

    private void metrics(Context context) {
        JobQueue.Load load = workshop.jobs().load();
        StringBuilder text = new StringBuilder();
        gauge(text, "calotype_jobs_running", "Jobs that run.", load.running());
        gauge(text, "calotype_jobs_waiting", "Jobs that wait.", load.waiting());
        gauge(text, "calotype_jobs_capacity", "Jobs that may wait.", load.capacity());
        gauge(
                text,
                "calotype_models_open",
                "Models whose weights are in memory.",
                workshop.open().names().size());
        gauge(text, "calotype_memory_resident_bytes", "Resident memory of the process.", ProcessMemory.resident());
        gauge(text, "calotype_ready", "Whether jobs are done.", unready().isEmpty() ? 1 : 0);
        text.append("# HELP calotype_jobs_total Jobs that ended, by how.\n# TYPE calotype_jobs_total counter\n");
        for (State state : State.values())
            if (state.isOver())
                line(
                        text,
                        "calotype_jobs_total{state=\"" + state.word() + "\"}",
                        workshop.jobs().ended().getOrDefault(state, 0L));
        context.contentType("text/plain; version=0.0.4; charset=utf-8").result(text.toString());
    }

    private static void gauge(StringBuilder text, String name, String help, long value) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(" gauge\n");
        line(text, name, value);
    }

    private static void line(StringBuilder text, String name, long value) {
        text.append(String.format(Locale.ROOT, "%s %d%n", name, value).replace("\r", ""));
    }
}
