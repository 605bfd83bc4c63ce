package dev.calotype.studio.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import java.util.ArrayList;
import java.util.List;

/**
 * The routes of a studio. A path may have parts in braces, such as {@code /api/jobs/{id}}. What a handler throws becomes an answer:
 * IllegalArgumentException and a bad file 400, {@link dev.calotype.studio.job.Refusal} what it says.
 */
public final class Routes {
    private final RoutesConfig config;
    private final List<String> all = new ArrayList<>();

    Routes(RoutesConfig config) {
        this.config = config;
    }

    /** Answers GET and HEAD. */
    public Routes get(String path, Handler handler) {
        all.add("GET " + path);
        config.get(path, handler);
        config.head(path, handler);
        return this;
    }

    /** Answers POST; the guard has seen where it comes from. */
    public Routes post(String path, Handler handler) {
        all.add("POST " + path);
        config.post(path, handler);
        return this;
    }

    /** All routes so far, such as {@code GET /api/jobs}. */
    List<String> all() {
        return List.copyOf(all);
    }
}
