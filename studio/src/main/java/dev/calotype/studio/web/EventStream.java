package dev.calotype.studio.web;

import dev.calotype.studio.job.Event;
import dev.calotype.studio.job.Listener;
import dev.calotype.studio.job.Refusal;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Server-sent events. Each stream has a thread of the web to itself, so that a reader who is slow holds nobody else up. */
public final class EventStream {
    private static final int BEAT_SECONDS = 10;

    private final Semaphore free;

    /** @param most streams that are read at a time */
    public EventStream(int most) {
        free = new Semaphore(most);
    }

    /** Writes events, in whatever names the reader knows them by. */
    @FunctionalInterface
    public interface Body {
        void write(Sender sender) throws IOException, InterruptedException;
    }

    /** Sends events to one reader. */
    public static final class Sender {
        private final Context context;
        private final OutputStream out;

        private Sender(Context context, OutputStream out) {
            this.context = context;
            this.out = out;
        }

        /** @throws IOException if the reader went away */
        public void send(String name, String data) throws IOException {
            write("event: " + name + "\ndata: " + data + "\n\n");
        }

        private void write(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        /**
         * Passes events on until nothing more comes.
         *
         * @param gone run where the reader goes away before, by a thread of the web
         */
        public void forward(Listener listener, Runnable gone, Passing passing)
                throws IOException, InterruptedException {
            try (Presence presence = Presence.of(context, () -> left(listener, gone))) {
                while (!listener.isOver()) {
                    Optional<Event> event = listener.next(BEAT_SECONDS);
                    if (event.isPresent()) passing.pass(event.get());
                    else if (!listener.isOver()) write(": still here\n\n");
                }
            }
        }

        private static void left(Listener listener, Runnable gone) {
            listener.close();
            gone.run();
        }
    }

    /** What is done with an event. */
    @FunctionalInterface
    public interface Passing {
        void pass(Event event) throws IOException;
    }

    /**
     * Answers with a stream of events.
     *
     * @throws Refusal if too many are read at this time: 503
     */
    public void answer(Context context, Body body) throws IOException {
        if (!free.tryAcquire())
            throw new Refusal(503, "too_many_listeners", "as many follow jobs as may: try again later");
        try {
            context.res().setContentType("text/event-stream; charset=utf-8");
            context.res().setHeader("Cache-Control", "no-store");
            context.res().setHeader("X-Accel-Buffering", "no");
            if (context.req().getMethod().equals("HEAD")) return;
            OutputStream out = context.res().getOutputStream();
            out.flush();
            body.write(new Sender(context, out));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            free.release();
        }
    }
}
