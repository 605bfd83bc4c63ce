package dev.calotype.collect;

import dev.calotype.collect.PictureMaker.Made;
import dev.calotype.collect.ShardWork.Asked;
import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What one of several machines fetches of a collection: the rows of the domains that are its own, so that each host sees one guest. A row that is sent on to
 * a domain of another one is handed over.
 */
public final class HostShare implements Closeable, Iterable<HostShare.Fetched> {
    /**
     * A row of the list.
     *
     * @param number its place, from 0
     * @param url the address as it stands in the list
     * @param at where it is asked for, after so many redirects
     */
    public record Row(long number, String url, String caption, String at, int redirects) implements Serializable {
        Row(Pair pair) {
            this(pair.row(), pair.url(), pair.caption(), pair.url(), 0);
        }
    }

    /** What became of a row. */
    public static final class Fetched implements Serializable {
        private static final long serialVersionUID = 1;

        private final Row row;
        private final Made made;
        private final String sha256;
        private final CollectException failure;

        private Fetched(Row row, Made made, String sha256, CollectException failure) {
            this.row = row;
            this.made = made;
            this.sha256 = sha256;
            this.failure = failure;
        }

        /** The row, as it is to be asked for by others where it is {@link #isElsewhere}. */
        public Row row() {
            return row;
        }

        /** Whether it was sent on to a domain of another one. */
        public boolean isElsewhere() {
            return made == null && failure == null;
        }

        /** What its picture looks like, if it has become one. */
        public Optional<Long> hash() {
            return made == null ? Optional.empty() : Optional.of(made.hash());
        }
    }

    private final List<Row> rows;
    private final Spool spool;
    private final ShardWork.Fetched[] fetched;

    private HostShare(List<Row> rows, Spool spool) {
        this.rows = rows;
        this.spool = spool;
        fetched = new ShardWork.Fetched[rows.size()];
    }

    /** Whose share a row is, of {@code count}: 0 to {@code count - 1}. */
    public static int owner(Row row, int count) {
        try {
            return owner(Address.of(row.at()), count);
        } catch (CollectException e) {
            return Math.floorMod(row.number(), count); // nobody is asked
        }
    }

    private static int owner(URI address, int count) {
        return Math.floorMod(Address.domain(address).hashCode(), count);
    }

    /**
     * Fetches all rows of a share.
     *
     * @param number of the share, of {@code count}
     * @param scratch a file for what comes
     */
    public static HostShare fetch(List<Row> rows, int number, int count, CollectSettings settings, Path scratch)
            throws IOException {
        HostShare share = new HostShare(rows, new Spool(scratch));
        try (ShardWork work = new ShardWork(settings, address -> owner(address, count) == number)) {
            List<Asked> asked = rows.stream()
                    .map(row -> new Asked(row.at(), row.redirects()))
                    .toList();
            work.fetch(asked, share.spool, share.fetched, done -> {});
            return share;
        } catch (IOException | RuntimeException e) {
            share.close();
            throw e;
        }
    }

    /** In the order of the rows; pictures are read when they are asked for. */
    @Override
    public Iterator<Fetched> iterator() {
        return IntStream.range(0, fetched.length).mapToObj(this::fetched).iterator();
    }

    private Fetched fetched(int index) {
        Row row = rows.get(index);
        ShardWork.Fetched result = fetched[index];
        if (result.elsewhere() != null) {
            Asked next = result.elsewhere();
            Row sent = new Row(row.number(), row.url(), row.caption(), next.address(), next.redirects());
            return new Fetched(sent, null, null, null);
        }
        if (result.made() == null) return new Fetched(row, null, null, result.failure());
        try {
            return new Fetched(row, result.made().with(spool.take(result.place())), result.sha256(), null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        spool.close();
    }

    /**
     * Writes a shard, as {@link Collection} does.
     *
     * @param number of the shard
     * @param rows that it must have
     * @param all these rows in their order
     * @param twins the key of the picture that a row's looks like, of those that are not stored
     * @param seconds that it took
     * @throws IOException if a row is missing or there twice, as where machines were lost whose hosts answer otherwise now; or it cannot be written
     */
    public static void write(
            Path folder,
            int number,
            int perShard,
            int rows,
            Iterator<Fetched> all,
            Map<Long, String> twins,
            double seconds)
            throws IOException {
        Shard shard = new Shard(folder, number, perShard);
        long first = (long) number * perShard;
        try (Spool spool = new Spool(shard.spool())) {
            List<Outcome> outcomes = new ArrayList<>();
            List<String> endings = new ArrayList<>();
            List<Spool.Place> places = new ArrayList<>();
            Map<Cause, Integer> causes = new EnumMap<>(Cause.class);
            while (all.hasNext()) {
                Fetched each = all.next();
                Row row = each.row;
                if (row.number() != first + outcomes.size()) throw lost(shard, first + outcomes.size());
                var result = new ShardWork.Fetched(each.made, null, each.sha256, each.failure, null);
                Pair pair = new Pair(row.number(), row.url(), row.caption());
                Optional<String> twin = Optional.ofNullable(twins.get(row.number()));
                Outcome outcome = ShardWork.outcome(pair, shard.key(outcomes.size()), result, twin, causes);
                outcomes.add(outcome);
                endings.add(outcome.isSuccess() ? each.made.ending() : "");
                places.add(outcome.isSuccess() ? spool.put(each.made.bytes()) : null);
            }
            if (outcomes.size() != rows) throw lost(shard, first + outcomes.size());
            shard.write(outcomes, endings, index -> spool.take(places.get(index)), causes, seconds);
        }
    }

    private static IOException lost(Shard shard, long row) {
        return new IOException("shard " + shard.name() + " is not written: row " + row
                + " of the list, from 0, is missing or another one is there twice, as where a machine was lost meanwhile;"
                + " the same command makes the shard again");
    }
}
