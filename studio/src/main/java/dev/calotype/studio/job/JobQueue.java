package dev.calotype.studio.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * All jobs of a studio. Threads of the web only put them in and ask; {@link Lane} says who does them. What is not over is there again
 * when the process is started anew: what waited waits, what ran is tried once more where that is safe.
 */
public final class JobQueue implements AutoCloseable {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TOKEN_BYTES = 24, ID_BYTES = 9, ATTEMPTS = 2;
    private static final Duration NEARLY_DONE = Duration.ofSeconds(3), TO_STOP = Duration.ofSeconds(10);

    private final JobStore store;
    private final JobBook book;
    private final int capacity;
    private final Map<String, JobType> types = new TreeMap<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    /**
     * A job that was accepted.
     *
     * @param token proves to {@link #cancel} and its like whose it is
     */
    public record Submitted(String id, String token, State state, int position) {}

    /** How much there is to do: jobs that run and wait, and how many may wait. */
    public record Load(int running, int waiting, int capacity) {}

    /**
     * Opens the jobs of a folder; {@link #start} begins to do them.
     *
     * @param home a folder that is there
     * @param capacity how many may wait at a time
     * @param resultBytes of results that are kept; 0 for all
     * @throws IOException if another process has them, or they cannot be read
     */
    public JobQueue(Path home, int capacity, long resultBytes) throws IOException {
        this.store = new JobStore(home);
        this.book = new JobBook(new Results(home.resolve("results"), resultBytes), store);
        this.capacity = capacity;
    }

    /** Adds a kind of job, before {@link #start}. */
    public void add(JobType type) {
        if (types.putIfAbsent(type.name(), type) != null)
            throw new IllegalStateException("there are two types of job called " + type.name());
    }

    /**
     * Takes up what is not over in the store, so that it waits again; nothing where this was done. All types are added before.
     */
    public void takeUp() {
        for (Job job : book.left()) restore(job);
    }

    /**
     * Begins, after {@link #takeUp}.
     *
     * @param prepare what the thread of the engine does first
     * @param rest what it does once whenever nothing came to do for {@code idle}
     */
    public void start(Runnable prepare, Runnable rest, Duration idle) {
        takeUp();
        for (Lane lane : Lane.values()) {
            LaneWorker worker = lane == Lane.ENGINE
                    ? new LaneWorker(book, lane, prepare, rest, idle)
                    : new LaneWorker(book, lane, () -> {}, () -> {}, idle);
            Thread thread = new Thread(worker, "calotype-" + lane.name().toLowerCase(Locale.ROOT));
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
    }

    private void restore(Job job) {
        boolean ran = job.state == State.RUNNING;
        Work work;
        try {
            work = type(job.type).check(job.request.deepCopy());
        } catch (Throwable e) {
            synchronized (book) {
                if (job.state.isOver()) return;
                State state = ran ? State.INTERRUPTED : State.FAILED;
                book.end(job, state, "it could not be taken up again: " + book.told(e));
            }
            return;
        }
        book.takeUp(job, work, !ran || work.isRepeatable() && job.attempts < ATTEMPTS);
    }

    private JobType type(String name) {
        JobType type = types.get(name);
        if (type == null)
            throw new IllegalArgumentException(
                    "type must be one of " + String.join(", ", types.keySet()) + ": " + name);
        return type;
    }

    /**
     * Accepts a job.
     *
     * @throws IllegalArgumentException in one sentence if it cannot be done
     * @throws Refusal the same, also if too many wait: 429
     */
    public Submitted submit(String type, ObjectNode request) throws IOException {
        ObjectNode taken = request.deepCopy(); // with the seed that is taken where none is asked for
        Work work = type(type).check(taken);
        String token = random(TOKEN_BYTES);
        Job job = new Job(random(ID_BYTES), type, taken, Job.hash(token), Instant.now());
        job.take(work);
        synchronized (book) {
            if (book.isClosed()) throw new Refusal(503, "closing", "the studio is closing");
            int wait = book.waiting();
            if (wait >= capacity)
                throw new Refusal(429, "queue_full", wait + " jobs wait, which is as many as may: try again later");
            book.enqueue(job);
            return new Submitted(job.id, token, job.state, book.position(job));
        }
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** How much there is to do. */
    public Load load() {
        return new Load(book.running(), book.waiting(), capacity);
    }

    /** Why jobs are not done though the engine may be up, in one sentence; empty where all is well. */
    public Optional<String> trouble() {
        if (!threads.stream().allMatch(Thread::isAlive)) return Optional.of("a thread that does jobs has ended");
        return book.isWritten()
                ? Optional.empty()
                : Optional.of("what becomes of jobs cannot be written down, perhaps for want of room on the disk");
    }

    /** How many jobs ended in which way since the process began. */
    public Map<State, Long> ended() {
        return book.ended();
    }

    /**
     * All of a job but its token.
     *
     * @throws Refusal if there is none: 404
     */
    public ObjectNode view(String id) {
        Job job = book.job(id);
        ObjectNode view = book.view(job);
        view.set("request", job.request);
        view.set("memory", job.memory.deepCopy());
        return view;
    }

    /**
     * The latest jobs, the newest first, without their requests and the settings of their results.
     *
     * @param before the id of a job that all are older than; empty for none
     * @throws Refusal if there is no such job: 404
     */
    public List<ObjectNode> latest(int limit, String before) {
        List<ObjectNode> views = book.latest(limit, before);
        for (ObjectNode view : views) view.path("results").forEach(result -> ((ObjectNode) result).remove("settings"));
        return views;
    }

    /**
     * The file of a result.
     *
     * @throws Refusal if there is none: 404
     */
    public Path result(String id, int index) {
        return book.result(id, index);
    }

    /** Listens to a job: first all that is so now, then what happens. */
    public Listener listen(String id) {
        return book.listen(id);
    }

    /** Runs {@code then} once a job is over, at once if it is; by whatever thread. */
    public void whenOver(String id, Runnable then) {
        if (!book.atEnd(id, then)) then.run();
    }

    /** Ends a job that waits, is paused or runs, for who has its token; nothing where it is over. */
    public void cancel(String id, String token) {
        RunningJob running;
        synchronized (book) {
            Job job = owned(id, token);
            if (job.state.isOver()) return;
            running = job.running;
            boolean listens = running != null && running.listens();
            if (running != null && !listens) running.signal(JobRun.Signal.CANCEL);
            if (!listens) book.end(job, State.CANCELLED, "");
            if (!listens) return;
        }
        running.signal(JobRun.Signal.CANCEL);
    }

    /** Ends a job as {@link #cancel} does where nobody listens to it, whose owner went away. */
    public void leave(String id, String token) {
        if (!book.isWatched(owned(id, token))) cancel(id, token);
    }

    /** Lets a job that waits or runs wait for {@link #resume}, for who has its token. */
    public void pause(String id, String token) {
        RunningJob running;
        synchronized (book) {
            Job job = owned(id, token);
            running = job.running;
            if (job.state == State.QUEUED) {
                book.pause(job);
                return;
            }
            if (running == null || !running.listens())
                throw new Refusal(
                        409,
                        "not_pausable",
                        "a job of type " + job.type + " that is " + job.state.word() + " cannot be paused");
        }
        running.signal(JobRun.Signal.PAUSE);
    }

    /** Lets a paused job go on, for who has its token. */
    public void resume(String id, String token) {
        synchronized (book) {
            Job job = owned(id, token);
            if (job.state != State.PAUSED)
                throw new Refusal(409, "not_paused", "only a paused job goes on, and this one is " + job.state.word());
            book.enqueue(job);
        }
    }

    private Job owned(String id, String token) {
        Job job = book.job(id);
        if (token == null || !job.isOwnedBy(token))
            throw new Refusal(403, "not_yours", "only who has the token of the job " + id + " may change it");
        return job;
    }

    /**
     * Accepts nothing more, waits 3 seconds for what runs, and for what saves itself {@code grace}, and ends it then; what is not over then is done by the next process.
     */
    public void close(Duration grace) throws IOException {
        List<RunningJob> running = book.close();
        for (RunningJob run : running) if (run.listens()) run.signal(JobRun.Signal.PAUSE);
        Duration first = grace.compareTo(NEARLY_DONE) < 0 ? grace : NEARLY_DONE;
        try {
            join(first);
            running.stream().filter(run -> !run.listens()).forEach(RunningJob::stop);
            join(grace.minus(first));
            running.forEach(RunningJob::stop);
            join(TO_STOP);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        book.isWritten(); // or it is tried once more
        store.close();
    }

    private void join(Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        for (Thread thread : threads)
            thread.join(Math.max(1, Duration.ofNanos(until - System.nanoTime()).toMillis()));
    }

    /** {@link #close(Duration)} that lets nothing run on. */
    @Override
    public void close() throws IOException {
        close(Duration.ofMillis(1));
    }
}
