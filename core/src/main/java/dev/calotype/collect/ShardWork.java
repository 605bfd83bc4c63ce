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
import java.util.function.Predicate;
import org.jsoup.Jsoup;

/** Fetches the rows of a shard by many threads, and writes it. */
final class ShardWork implements Closeable {
    private static final long FIRST_WAIT = 1000, LONGEST_WAIT = 120_000;
    private static final int SILENT = 10; // tries in a row after which nobody is taken to be there

    private final CollectSettings settings;
    private final Fetcher fetcher;
    private final Hosts hosts;
    private final Visit visit;
    private final PictureMaker maker;
    private final ExecutorService threads;

    ShardWork(CollectSettings settings) {
        this(settings, address -> true);
    }

    /** @param own whether an address may be asked for from here */
    ShardWork(CollectSettings settings, Predicate<URI> own) {
        this.settings = settings;
        fetcher = new Fetcher(settings);
        hosts = new Hosts(settings.perHost(), settings.hostMillis(), Hosts.Clock.system());
        visit = new Visit(fetcher, hosts, new Robots(fetcher, hosts, settings.agent()), settings.maxBytes(), own);
        maker = new PictureMaker(settings);
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(settings.connections(), run -> {
            Thread thread = new Thread(run, "collecting " + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Where a row is asked for, after so many redirects. */
    record Asked(String address, int redirects) {}

    /** What became of a row until all are there; all but one of {@code made}, {@code failure} and {@code elsewhere} are null. */
    record Fetched(Made made, Spool.Place place, String sha256, CollectException failure, Asked elsewhere) {
        private Fetched(CollectException failure) {
            this(null, null, null, failure, null);
        }
    }

    /** Fetches {@code rows} and writes their shard; {@code done} is told how many are finished. */
    void collect(Shard shard, List<Pair> rows, Seen seen, IntConsumer done) throws IOException {
        long begun = System.nanoTime();
        Fetched[] fetched = new Fetched[rows.size()];
        try (Spool spool = new Spool(shard.spool())) {
            fetch(rows.stream().map(row -> new Asked(row.url(), 0)).toList(), spool, fetched, done);
            List<Outcome> outcomes = new ArrayList<>();
            Map<Cause, Integer> causes = new EnumMap<>(Cause.class);
            for (int i = 0; i < fetched.length; i++) {
                Fetched row = fetched[i];
                Optional<String> twin = row.made == null ? Optional.empty() : seen.like(row.made.hash());
                Outcome outcome = outcome(rows.get(i), shard.key(i), row, twin, causes);
                if (outcome.isSuccess()) seen.add(row.made.hash(), shard.key(i));
                outcomes.add(outcome);
            }
            List<String> endings = Arrays.stream(fetched)
                    .map(row -> row.made == null ? "" : row.made.ending())
                    .toList();
            double seconds = (System.nanoTime() - begun) * 1e-9;
            shard.write(outcomes, endings, index -> spool.take(fetched[index].place), causes, seconds);
        }
    }

    /** @param twin the key of a picture that looks like this one */
    static Outcome outcome(Pair pair, String key, Fetched fetched, Optional<String> twin, Map<Cause, Integer> causes) {
        String caption = plain(pair.caption());
        if (fetched.failure != null) {
            causes.merge(fetched.failure.why(), 1, Integer::sum);
            return Outcome.failed(pair, key, caption, fetched.failure.why(), fetched.failure.getMessage());
        }
        Made made = fetched.made;
        if (twin.isPresent()) {
            causes.merge(Cause.DUPLICATE, 1, Integer::sum);
            return Outcome.failed(pair, key, caption, Cause.DUPLICATE, "as " + twin.get());
        }
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

    /** Fetches rows, whose pictures go into {@code spool}, and says in {@code fetched} what became of them. */
    void fetch(List<Asked> rows, Spool spool, Fetched[] fetched, IntConsumer done) throws IOException {
        URI[] addresses = new URI[rows.size()];
        List<HostQueue.Row> open = new ArrayList<>();
        for (int i = 0; i < addresses.length; i++)
            try {
                addresses[i] = Address.of(rows.get(i).address());
                open.add(new HostQueue.Row(i, Address.host(addresses[i]), 0));
            } catch (CollectException e) {
                fetched[i] = new Fetched(e);
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
                    int redirects = rows.get(row.index()).redirects();
                    Fetched result = fetched(turn.rows(), addresses[row.index()], redirects, spool);
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
    private Fetched fetched(HostQueue.Rows host, URI address, int redirects, Spool spool) {
        try {
            if (host.silent().get() >= SILENT)
                throw new CollectException(Cause.HOST, SILENT + " tries in a row found nobody there");
            byte[] bytes = visit.fetch(address, redirects);
            host.silent().set(0);
            Made made = maker.make(bytes);
            Spool.Place place = spool.put(made.bytes());
            return new Fetched(made.with(null), place, FileId.sha256(bytes), null, null);
        } catch (Visit.ElsewhereException e) {
            return new Fetched(null, null, null, null, new Asked(e.address(), e.redirects()));
        } catch (CollectException e) {
            if (e.isOfNobody()) host.silent().incrementAndGet();
            return new Fetched(e);
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
