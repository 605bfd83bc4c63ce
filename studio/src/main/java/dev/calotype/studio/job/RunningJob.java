package dev.calotype.studio.job;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.function.Consumer;

/** The run of a job of a book. */
final class RunningJob implements JobRun {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final double TO_SECONDS = 1e-9;

    private final JobBook book;
    private final Job job;
    private final Path folder;
    private long since = System.nanoTime(); // of the part that is counted now, by the thread that works
    private long from; // how much of it was done then
    private String counted; // null before the first
    private volatile boolean cancelled;
    private volatile boolean stopped; // not by its owner: it will be run again
    private Signal pending; // told to nobody yet
    private Consumer<Signal> listener = signal -> {};
    private boolean heard;

    RunningJob(JobBook book, Job job, Path folder) {
        this.book = book;
        this.job = job;
        this.folder = folder;
    }

    @Override
    public void progress(long done, long of, String unit) {
        if (counted != null && (!counted.equals(unit) || done < from)) {
            since = System.nanoTime();
            from = done;
        }
        counted = unit;
        double seconds = (System.nanoTime() - since) * TO_SECONDS;
        ObjectNode progress = JSON.objectNode().put("done", done).put("of", of).put("unit", unit);
        if (done > from && of >= done) progress.put("secondsLeft", seconds * (of - done) / (done - from));
        book.tell(job, new Event("progress", progress));
    }

    @Override
    public void progress(long done, long of, String unit, double secondsLeft) {
        ObjectNode progress = JSON.objectNode().put("done", done).put("of", of).put("unit", unit);
        book.tell(job, new Event("progress", progress.put("secondsLeft", secondsLeft)));
    }

    @Override
    public void preview(int index, byte[] png) {
        String url = "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
        book.tell(
                job, new Event("preview", JSON.objectNode().put("index", index).put("url", url)));
    }

    @Override
    public boolean isWatched() {
        return book.isWatched(job);
    }

    @Override
    public void result(byte[] content, String extension, ObjectNode settings) throws IOException {
        if (cancelled) return;
        int index = book.resultsOf(job);
        Files.createDirectories(folder);
        String name = index + "." + extension;
        AtomicFile.write(folder.resolve(name), content);
        ObjectNode result = JSON.objectNode()
                .put("index", index)
                .put("url", "/api/jobs/" + job.id + "/results/" + index)
                .put("file", name);
        result.set("settings", settings);
        book.keep(job, result);
    }

    @Override
    public void log(String line) {
        book.tell(job, new Event("log", JSON.objectNode().put("line", line)));
    }

    @Override
    public ObjectNode memory() {
        return job.memory.deepCopy();
    }

    @Override
    public void remember(ObjectNode memory) {
        book.remember(job, memory.deepCopy());
    }

    @Override
    public boolean isCancelled() {
        return cancelled || stopped;
    }

    boolean isStopped() {
        return stopped && !cancelled;
    }

    @Override
    public void onSignal(Consumer<Signal> told) {
        Signal first;
        synchronized (this) {
            listener = told;
            heard = true;
            first = pending;
            pending = null;
        }
        if (first != null) told.accept(first);
    }

    /** Whether it can be paused: somebody listens. */
    synchronized boolean listens() {
        return heard;
    }

    void signal(Signal signal) {
        if (signal == Signal.CANCEL) cancelled = true;
        Consumer<Signal> told;
        synchronized (this) {
            if (!heard) pending = signal;
            told = listener;
        }
        told.accept(signal);
    }

    /** Ends it so that it is run again by the next process. */
    void stop() {
        stopped = true;
    }
}
