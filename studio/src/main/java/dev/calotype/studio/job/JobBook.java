package dev.calotype.studio.job;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which jobs there are, and what has become of them: all that threads share, behind one lock, its own. */
final class JobBook {
    private static final Logger LOG = LoggerFactory.getLogger(JobBook.class);
    private static final int MOST_TOGETHER = 64;

    private final Results results;
    private final JobStore store;
    private final Map<String, Job> open = new LinkedHashMap<>(); // not over
    private final Map<String, Job> unwritten = new LinkedHashMap<>(); // whose latest state the store has not
    private final Map<Lane, List<Job>> waiting = new EnumMap<>(Lane.class);
    private final Map<State, Long> ended = new EnumMap<>(State.class);
    private boolean closed;

    JobBook(Results results, JobStore store) {
        this.results = results;
        this.store = store;
        for (Lane lane : Lane.values()) waiting.put(lane, new ArrayList<>());
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /** Lets threads end when they are done with what they do; returns the runs that are at work. */
    synchronized List<RunningJob> close() {
        closed = true;
        notifyAll();
        return open.values().stream()
                .map(job -> job.running)
                .filter(run -> run != null)
                .toList();
    }

    /** All that is not over in the store and has no work yet; from now on each is one object, which whoever asks for it has. */
    synchronized List<Job> left() {
        for (Job stored : store.open()) open.putIfAbsent(stored.id, stored);
        return open.values().stream().filter(job -> job.work == null).toList();
    }

    /** Gives a job that was {@link #left} its work, unless it was ended meanwhile. */
    synchronized void takeUp(Job job, Work work, boolean again) {
        if (job.state.isOver()) return;
        job.take(work);
        if (!again) end(job, State.INTERRUPTED, "the process ended while it ran");
        else if (job.state != State.PAUSED) enqueue(job);
    }

    synchronized int waiting() {
        return waiting.values().stream().mapToInt(List::size).sum();
    }

    synchronized int running() {
        return (int) open.values().stream().filter(job -> job.running != null).count();
    }

    synchronized Map<State, Long> ended() {
        return new EnumMap<>(ended);
    }

    /** Whether the store has all, which is tried again where it has not. */
    synchronized boolean isWritten() {
        writeLeft();
        return unwritten.isEmpty() && store.isWritable();
    }

    /** Writes down what a job is now; what cannot be written is here until it can. */
    private void write(Job job) {
        unwritten.put(job.id, job);
        writeLeft();
    }

    private void writeLeft() {
        try {
            for (Job job : List.copyOf(unwritten.values())) {
                store.put(job);
                unwritten.remove(job.id);
            }
        } catch (Refusal e) {
            LOG.warn("{} jobs are not written down yet", unwritten.size(), e);
        }
    }

    /** Lets a job wait for its turn; a new one that cannot be written down is refused. */
    synchronized void enqueue(Job job) {
        requireOpen(job);
        job.state = State.QUEUED;
        if (open.containsKey(job.id)) write(job);
        else store.put(job);
        open.put(job.id, job);
        if (job.work != null) waiting.get(job.work.lane()).add(job); // or once it is taken up
        tell(job, stateEvent(job));
        notifyAll();
    }

    /** Keeps one that waits for somebody. */
    synchronized void pause(Job job) {
        waiting.values().forEach(jobs -> jobs.remove(job));
        change(job, State.PAUSED);
    }

    synchronized int position(Job job) {
        return job.work == null ? 0 : waiting.get(job.work.lane()).indexOf(job) + 1;
    }

    /** @throws Refusal if there is none: 404 */
    synchronized Job job(String id) {
        Job job = open.getOrDefault(id, unwritten.get(id));
        if (job != null) return job;
        return store.find(id).orElseThrow(() -> Refusal.missing("job " + id));
    }

    synchronized ObjectNode view(Job job) {
        return job.view(position(job));
    }

    synchronized List<ObjectNode> latest(int limit, String before) {
        if (!before.isEmpty()) job(before);
        List<ObjectNode> views = new ArrayList<>();
        for (Job stored : store.latest(limit, before))
            views.add(view(open.getOrDefault(stored.id, unwritten.getOrDefault(stored.id, stored))));
        return views;
    }

    synchronized Path result(String id, int index) {
        Job job = job(id);
        if (index < 0 || index >= job.results.size()) throw Refusal.missing("result " + index + " of the job " + id);
        return folder(job).resolve(job.results.get(index).path("file").asText());
    }

    private Path folder(Job job) {
        return results.of(job.id);
    }

    synchronized Listener listen(String id) {
        Job job = job(id);
        Listener listener = new Listener(closed -> forget(job, closed));
        listener.tell(stateEvent(job));
        job.results.forEach(result -> listener.tell(new Event("result", (ObjectNode) result)));
        if (job.progress != null) listener.tell(new Event("progress", job.progress));
        if (job.state.isOver()) listener.end();
        else job.listeners.add(listener);
        return listener;
    }

    private synchronized void forget(Job job, Listener listener) {
        job.listeners.remove(listener);
    }

    /** Whether {@code then} will be run once the job is over; not where it is over. */
    synchronized boolean atEnd(String id, Runnable then) {
        Job job = job(id);
        return !job.state.isOver() && job.atEnd.add(then);
    }

    private Event stateEvent(Job job) {
        ObjectNode data = JsonNodeFactory.instance
                .objectNode()
                .put("state", job.state.word())
                .put("position", position(job));
        if (!job.message.isEmpty()) data.put("message", job.message);
        return new Event("state", data);
    }

    /** What is over stays as it is. */
    private static void requireOpen(Job job) {
        if (job.state.isOver()) throw new IllegalStateException("the job " + job.id + " is over: " + job.state.word());
    }

    private void change(Job job, State state) {
        requireOpen(job);
        job.state = state;
        write(job);
        tell(job, stateEvent(job));
    }

    synchronized void tell(Job job, Event event) {
        if (event.type().equals("progress") && !job.state.isOver()) job.progress = event.data();
        for (Listener listener : job.listeners) listener.tell(event);
    }

    synchronized boolean isWatched(Job job) {
        return !job.listeners.isEmpty();
    }

    synchronized int resultsOf(Job job) {
        return job.results.size();
    }

    synchronized void keep(Job job, ObjectNode result) {
        if (job.state.isOver()) return;
        job.results.add(result);
        write(job);
        tell(job, new Event("result", result));
    }

    synchronized void forgetResults(Job job) {
        job.results.removeAll();
    }

    synchronized void remember(Job job, ObjectNode memory) {
        job.memory = memory;
        write(job);
    }

    /** Whether nothing comes to do in a lane for so long. */
    synchronized boolean rests(Lane lane, Duration atLeast) throws InterruptedException {
        long until = System.nanoTime() + atLeast.toNanos();
        while (waiting.get(lane).isEmpty() && !closed) {
            long left = until - System.nanoTime();
            if (left <= 0) return true;
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return false;
    }

    /**
     * The next jobs of a lane; none when all is over.
     *
     * @param several whether more than one where they may be done at once
     */
    synchronized List<Job> next(Lane lane, boolean several) throws InterruptedException {
        List<Job> jobs = waiting.get(lane);
        while (jobs.isEmpty() && !closed) wait();
        if (closed) return List.of();
        List<Job> taken = new ArrayList<>(List.of(jobs.remove(0)));
        Optional<Object> key = several ? together(taken.get(0)) : Optional.empty();
        for (int i = 0; key.isPresent() && i < jobs.size() && taken.size() < MOST_TOGETHER; )
            if (together(jobs.get(i)).equals(key)) taken.add(jobs.remove(i));
            else i++;
        for (Job job : taken) begin(job);
        for (Job job : jobs) tell(job, stateEvent(job)); // they moved up
        return taken;
    }

    /** What it may be done at once with; one that cannot even say so is done alone, and fails for itself. */
    private static Optional<Object> together(Job job) {
        try {
            return job.work.together();
        } catch (Throwable e) {
            LOG.debug("the job {} is done alone", job.id, e);
            return Optional.empty();
        }
    }

    private void begin(Job job) {
        job.running = new RunningJob(this, job, folder(job));
        job.attempts++;
        if (job.work.lane() != Lane.TRAINING) job.results.removeAll(); // of an attempt before
        if (job.started == null) job.started = Instant.now();
        change(job, State.RUNNING);
    }

    /** @param failure why it did not succeed; null if it did */
    synchronized void finish(Job job, Work.Outcome outcome, Throwable failure) {
        RunningJob running = job.running;
        job.running = null;
        if (job.state.isOver()) return; // it was cancelled
        boolean cancelled = running.isCancelled() && (failure == null || failure instanceof CancellationException);
        if (failure != null && !cancelled) log(job, failure);
        if (cancelled && running.isStopped()) saved(job);
        else if (cancelled) end(job, State.CANCELLED, "");
        else if (failure != null) end(job, State.FAILED, told(failure));
        else if (outcome == Work.Outcome.DONE) end(job, State.DONE, "");
        else change(job, State.PAUSED);
    }

    private void log(Job job, Throwable failure) {
        if (isUnexpected(failure)) LOG.warn("the job {} failed", job.id, failure);
        else LOG.info("the job {} failed: {}", job.id, told(failure));
        LOG.debug("the job {} failed by", job.id, failure);
    }

    /** The next process goes on with it. */
    private void saved(Job job) {
        job.attempts--;
        change(job, State.QUEUED);
    }

    /** Whether it has no sentence for who asked. */
    static boolean isUnexpected(Throwable e) {
        if (e instanceof UncheckedIOException wrapped) return isUnexpected(wrapped.getCause());
        boolean known = e instanceof IOException || e instanceof IllegalArgumentException || e instanceof Refusal;
        known |= e.getClass().getName().startsWith("dev.calotype");
        return !known || e.getMessage() == null;
    }

    /** One sentence for what went wrong, in which files of the studio have no folder. */
    String told(Throwable e) {
        if (e instanceof OutOfMemoryError) return "there was not enough memory";
        if (isUnexpected(e))
            return Engine.memoryFull(e)
                    .orElseGet(() -> "unexpected " + e.getClass().getSimpleName() + ": the log has more");
        String message = (e instanceof UncheckedIOException wrapped ? wrapped.getCause() : e).getMessage();
        for (Path folder : List.of(results.folder.toAbsolutePath(), results.folder)) {
            String name = folder.toString();
            String home = name.substring(
                    0, name.length() - folder.getFileName().toString().length());
            if (!home.isEmpty()) message = message.replace(home, "");
        }
        return message;
    }

    synchronized void end(Job job, State state, String message) {
        requireOpen(job);
        job.message = message;
        job.ended = Instant.now();
        open.remove(job.id);
        waiting.values().forEach(jobs -> jobs.remove(job));
        ended.merge(state, 1L, Long::sum);
        change(job, state);
        results.ended(job.id, open.keySet());
        job.listeners.forEach(Listener::end);
        job.listeners.clear();
        job.atEnd.forEach(ForkJoinPool.commonPool()::execute);
    }
}
