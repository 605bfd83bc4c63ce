package dev.calotype.collect;

import dev.calotype.collect.PictureMaker.Made;
import dev.calotype.io.FileId;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jsoup.Jsoup;

/** Fetches the rows of a shard by many threads, and writes it. */
final class ShardWork implements Closeable {
    private static final long FIRST_WAIT = 1000, LONGEST_WAIT = 120_000;
    private static final int SILENT = 10; // requests in a row after which nobody is taken to be there

    private final CollectSettings settings;
    private final Fetcher fetcher;
    private final Hosts hosts;
    private final Visit visit;
    private final PictureMaker maker;
    private final ExecutorService threads;

    ShardWork(CollectSettings settings) {
        this.settings = settings;
        fetcher = new Fetcher(settings);
        hosts = new Hosts(settings.perHost(), settings.hostMillis(), Hosts.Clock.system());
        visit = new Visit(fetcher, hosts, new Robots(fetcher, hosts, settings.agent()), settings.maxBytes());
        maker = new PictureMaker(settings);
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(settings.connections(), run -> {
            Thread thread = new Thread(run, "collecting " + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** What became of a row until all are there; one of {@code made} and {@code failure} is null. */
    private record Fetched(Made made, Spool.Place place, String sha256, CollectException failure) {}

    /** Fetches {@code rows} and writes their shard; {@code done} is told how many are finished. */
    void collect(Shard shard, List<Pair> rows, Seen seen, IntConsumer done) throws IOException {
        long begun = System.nanoTime();
        Fetched[] fetched = new Fetched[rows.size()];
        try (Spool spool = new Spool(shard.spool())) {
            fetch(rows, spool, fetched, done);
            List<Outcome> outcomes = new ArrayList<>();
            Map<Cause, Integer> causes = new EnumMap<>(Cause.class);
            for (int i = 0; i < fetched.length; i++)
                outcomes.add(outcome(rows.get(i), shard.key(i), fetched[i], seen, causes));
            List<String> endings = Arrays.stream(fetched)
                    .map(row -> row.made == null ? "" : row.made.ending())
                    .toList();
            int pictures = (int) outcomes.stream().filter(Outcome::isSuccess).count();
            double seconds = (System.nanoTime() - begun) * 1e-9;
            shard.write(
                    outcomes,
                    endings,
                    index -> spool.take(fetched[index].place),
                    new Shard.Statistics(rows.size(), pictures, causes, seconds));
        }
    }

    private static Outcome outcome(Pair pair, String key, Fetched fetched, Seen seen, Map<Cause, Integer> causes) {
        String caption = plain(pair.caption());
        if (fetched.failure != null) {
            causes.merge(fetched.failure.why(), 1, Integer::sum);
            return Outcome.failed(pair, key, caption, fetched.failure.why(), fetched.failure.getMessage());
        }
        Made made = fetched.made;
        Optional<String> twin = seen.like(made.hash());
        if (twin.isPresent()) {
            causes.merge(Cause.DUPLICATE, 1, Integer::sum);
            return Outcome.failed(pair, key, caption, Cause.DUPLICATE, "as " + twin.get());
        }
        seen.add(made.hash(), key);
        return new Outcome(
                pair.url(),
                key,
                Outcome.SUCCESS,
                null,
                caption,
                made.width(),
                made.height(),
                made.originalWidth(),
                made.originalHeight(),
                fetched.sha256,
                HexFormat.of().toHexDigits(made.hash()));
    }

    /** A text without the marks of HTML. */
    static String plain(String caption) {
        boolean marked = caption.indexOf('<') >= 0 || caption.indexOf('&') >= 0;
        return (marked ? Jsoup.parse(caption).text() : caption).strip().replaceAll("\\s+", " ");
    }

    private void fetch(List<Pair> rows, Spool spool, Fetched[] fetched, IntConsumer done) throws IOException {
        URI[] addresses = new URI[rows.size()];
        List<HostQueue.Row> open = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++)
            try {
                addresses[i] = Address.of(rows.get(i).url());
                open.add(new HostQueue.Row(i, Address.host(addresses[i]), 0));
            } catch (CollectException e) {
                fetched[i] = new Fetched(null, null, null, e);
            }
        AtomicInteger finished = new AtomicInteger(rows.size() - open.size());
        HostQueue queue = new HostQueue(open, settings.perHost(), hosts);
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < Math.min(settings.connections(), open.size()); t++)
            all.add(threads.submit(() -> {
                for (HostQueue.Turn turn; (turn = queue.next()) != null; ) {
                    HostQueue.Row row = turn.row();
                    if (row == null) {
                        queue.idle(turn);
                        continue;
                    }
                    Fetched result = fetched(turn.rows(), addresses[row.index()], spool);
                    if (isToBeTriedAgain(result.failure, row)) {
                        queue.again(
                                turn, row, wait(result.failure, row, turn.rows().host()));
                        continue;
                    }
                    fetched[row.index()] = result;
                    queue.done(turn);
                    report(finished, done);
                }
                return null;
            }));
        await(all);
    }

    private static void report(AtomicInteger finished, IntConsumer done) {
        synchronized (done) {
            done.accept(finished.incrementAndGet());
        }
    }

    private static void await(List<Future<?>> all) throws IOException {
        try {
            for (Future<?> thread : all) thread.get();
        } catch (InterruptedException e) {
            all.forEach(thread -> thread.cancel(true));
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            all.forEach(thread -> thread.cancel(true));
            if (e.getCause() instanceof UncheckedIOException io) throw io.getCause();
            if (e.getCause() instanceof RuntimeException run) throw run;
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
    }

    /** What one try made of a row. */
    private Fetched fetched(HostQueue.Rows host, URI address, Spool spool) {
        try {
            if (host.silent().get() >= SILENT)
                throw new CollectException(Cause.HOST, SILENT + " requests in a row found nobody there");
            byte[] bytes = visit.fetch(address);
            host.silent().set(0);
            Made made = maker.make(bytes);
            return new Fetched(made, spool.put(made.bytes()), FileId.sha256(bytes), null);
        } catch (CollectException e) {
            if (e.why() == Cause.CONNECTION) host.silent().incrementAndGet();
            return new Fetched(null, null, null, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isToBeTriedAgain(CollectException failure, HostQueue.Row row) {
        return failure != null
                && failure.isPassing()
                && row.tries() < settings.retries()
                && failure.waitMillis() <= LONGEST_WAIT;
    }

    /** How long a row waits; where the host asked for it, the whole host is left alone so long. */
    private long wait(CollectException failure, HostQueue.Row row, String host) {
        long wait = Math.min(LONGEST_WAIT, Math.max(failure.waitMillis(), FIRST_WAIT << row.tries()));
        if (failure.why() == Cause.BUSY || failure.waitMillis() > 0) hosts.rest(host, wait);
        return wait;
    }

    @Override
    public void close() throws IOException {
        threads.shutdownNow();
        fetcher.close();
    }
}
