package dev.calotype.studio.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.FiniteNumbers;
import dev.calotype.io.HeapFullException;
import dev.calotype.settings.RecipeException;
import dev.calotype.studio.job.Refusal;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers in JSON, and what becomes of exceptions: {@code {"error": {"message", "type", "param", "code"}}}, the shape of OpenAI. */
public final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final String REPORT_POLICY =
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; frame-ancestors 'self'";
    private static final int SERVER = 500, RETRY_SECONDS = 5;

    private Answers() {}

    /** Answers with a tree. */
    public static void json(Context context, JsonNode tree) {
        context.contentType("application/json; charset=utf-8")
                .result(FiniteNumbers.of(tree).toString());
    }

    /** Answers with the HTML file of a report, which has its style and its pictures inside, and runs nothing. */
    public static void report(Context context, Path file) throws IOException {
        context.header("Content-Security-Policy", REPORT_POLICY)
                .contentType("text/html; charset=utf-8")
                .result(Files.readAllBytes(file));
    }

    /** An error as a tree. */
    public static ObjectNode error(int status, String code, String message) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.putObject("error")
                .put("message", message)
                .put("type", status < SERVER ? "invalid_request_error" : "server_error")
                .putNull("param")
                .put("code", code);
        return answer;
    }

    /** Answers with an error. */
    static void error(Context context, int status, String code, String message) {
        if (status == 429) context.header("Retry-After", String.valueOf(RETRY_SECONDS));
        json(context.status(status), error(status, code, message));
    }

    static void register(RoutesConfig routes) {
        routes.exception(Refusal.class, (e, context) -> {
            if (e.getCause() != null) LOG.warn("{}", e.getMessage(), e);
            error(context, e.status(), e.code(), e.getMessage());
        });
        routes.exception(IllegalArgumentException.class, (e, context) -> bad(context, e));
        routes.exception(RecipeException.class, (e, context) -> bad(context, e));
        routes.exception(
                NoSuchFileException.class,
                (e, context) -> error(context, 404, "not_found", "it is not there any more"));
        routes.exception(
                HeapFullException.class,
                (e, context) -> error(
                        context,
                        503,
                        "no_memory",
                        "there is no memory for a picture of this size just now: try again later, or with a smaller one"));
        routes.exception(FileSystemException.class, (e, context) -> unexpected(context, e));
        routes.exception(EofException.class, (e, context) -> LOG.debug("a client went away", e));
        routes.exception(IOException.class, (e, context) -> bad(context, e));
        routes.exception(HttpResponseException.class, (e, context) -> {
            String methods = e.getDetails().get("availableMethods");
            if (methods != null) context.header("Allow", methods); // of 405
            error(context, e.getStatus(), "http_" + e.getStatus(), sentence(e.getStatus()));
        });
        routes.exception(Exception.class, (e, context) -> unexpected(context, e));
    }

    private static void unexpected(Context context, Exception e) {
        LOG.warn("a request failed", e);
        error(context, SERVER, "internal", "unexpected " + e.getClass().getSimpleName() + ": the log has more");
    }

    private static void bad(Context context, Exception e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        error(context, 400, "invalid_request", message);
    }

    static String sentence(int status) {
        return switch (status) {
            case 404 -> "there is nothing at this address";
            case 405 -> "this address does not take that method";
            case 413 -> "the body is too large";
            default -> "the request cannot be answered (" + status + ")";
        };
    }
}
