package dev.calotype.collect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.data.ContentHash;
import dev.calotype.data.parquet.ColumnReader;
import dev.calotype.data.parquet.PageCache;
import dev.calotype.data.parquet.ParquetColumn;
import dev.calotype.data.parquet.ParquetFile;
import dev.calotype.data.store.UnpackedFiles;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Claim;
import dev.calotype.io.JsonFile;
import dev.calotype.io.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Collects the pictures of a list into shards, or goes on where an earlier process was broken off: shards that are whole stay as they are, the one that was
 * begun is made anew.
 */
public final class Collection {
    private static final String SETTINGS = "collection.json";
    private static final int DIGITS = 12; // of the hash of a list
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path list;
    private final String url;
    private final String caption;
    private final Path out;
    private final CollectSettings settings;

    /**
     * @param list a file in {@code .csv}, {@code .tsv}, {@code .jsonl}, {@code .parquet} or {@code .txt}
     * @param url the column of the addresses, empty for the usual ones
     * @param caption the column of the texts, empty for the usual ones
     * @param out the folder of the shards
     */
    public Collection(Path list, String url, String caption, Path out, CollectSettings settings) {
        this.list = list;
        this.url = url;
        this.caption = caption;
        this.out = out;
        this.settings = settings;
    }

    /**
     * What a collection holds.
     *
     * @param shards how many there are
     * @param rows of the list
     * @param pictures that were stored
     * @param failures how many rows became no picture, by cause
     * @param seconds that all shards took, those of earlier processes included
     */
    public record Result(int shards, long rows, long pictures, Map<Cause, Long> failures, double seconds) {
        public Result {
            failures = new TreeMap<>(failures);
        }

        private Result with(Shard.Statistics shard) {
            Map<Cause, Long> more = new TreeMap<>(failures);
            shard.causes().forEach((cause, count) -> more.merge(cause, (long) count, Long::sum));
            return new Result(
                    shards + 1, rows + shard.rows(), pictures + shard.pictures(), more, seconds + shard.seconds());
        }
    }

    /**
     * Collects what is not there yet.
     *
     * @throws IOException if the list cannot be read, or the folder holds something else or cannot be written
     */
    public Result run(Progress progress) throws IOException {
        long total = count();
        Files.createDirectories(out);
        try (Claim claim = Claim.of(out, "collection")) {
            requireSame(claim.folder(), out.toString());
            return run(total, progress);
        }
    }

    /** Several machines that fetch and write shards together, a wave of shards at a time. */
    public interface Machines {
        /** What the folder of the shards is called, which here is a copy. */
        String folder();

        /** How many shards make a wave. */
        int shardsAtOnce();

        /**
         * Fetches rows, and keeps what came.
         *
         * @return what the pictures look like, by the numbers of their rows
         */
        Map<Long, Long> fetch(List<HostShare.Row> rows) throws IOException;

        /**
         * Writes the shards of the rows that were fetched; their tables and statistics stand in the folder of the collection afterwards.
         *
         * @param shards how many rows each has, by its number
         * @param twins the key of the picture that a row's looks like, of those that are not stored
         * @param seconds that each took
         */
        void write(SortedMap<Integer, Integer> shards, Map<Long, String> twins, double seconds) throws IOException;
    }

    /**
     * {@link #run(Progress)} by several machines: the same shards, if the hosts answer the same.
     *
     * @throws IOException if the list cannot be read, or the folder holds something else or cannot be written
     */
    public Result run(Progress progress, Machines machines) throws IOException {
        long total = count();
        Files.createDirectories(out);
        try (Claim claim = Claim.of(out, "collection")) {
            requireSame(claim.folder(), machines.folder());
            return run(total, progress, machines);
        }
    }

    private Result run(long total, Progress progress, Machines machines) throws IOException {
        Result result = new Result(0, 0, 0, Map.of(), 0);
        Seen seen = new Seen(settings.duplicateBits());
        try (PairList pairs = open()) {
            while (true) {
                List<List<Pair>> wave = new ArrayList<>();
                while (wave.size() < machines.shardsAtOnce()) {
                    List<Pair> rows = rows(pairs);
                    if (rows.isEmpty()) break;
                    wave.add(rows);
                }
                if (wave.isEmpty()) return result;
                int first = result.shards();
                collect(first, wave, seen, machines);
                for (int i = 0; i < wave.size(); i++)
                    result = result.with(Shard.Statistics.read(shard(first + i).statistics()));
                progress.at("pictures", result.rows(), total);
            }
        }
    }

    private void collect(int first, List<List<Pair>> wave, Seen seen, Machines machines) throws IOException {
        long begun = System.nanoTime();
        SortedMap<Integer, Integer> open = new TreeMap<>();
        List<HostShare.Row> rows = new ArrayList<>();
        for (int i = 0; i < wave.size(); i++) {
            if (shard(first + i).isWhole()) continue;
            open.put(first + i, wave.get(i).size());
            wave.get(i).forEach(pair -> rows.add(new HostShare.Row(pair)));
        }
        Map<Long, Long> hashes = open.isEmpty() ? Map.of() : machines.fetch(rows);
        Map<Long, String> twins = new TreeMap<>();
        for (int i = 0; i < wave.size(); i++) {
            Shard shard = shard(first + i);
            if (!open.containsKey(first + i)) {
                remember(shard, seen);
                continue;
            }
            for (int index = 0; index < wave.get(i).size(); index++) {
                long row = wave.get(i).get(index).row();
                Long hash = hashes.get(row);
                if (hash == null) continue;
                Optional<String> twin = seen.like(hash);
                if (twin.isPresent()) twins.put(row, twin.get());
                else seen.add(hash, shard.key(index));
            }
        }
        if (!open.isEmpty()) machines.write(open, twins, (System.nanoTime() - begun) * 1e-9 / open.size());
    }

    private Shard shard(int number) {
        return new Shard(out, number, settings.perShard());
    }

    private long count() throws IOException {
        try (PairList pairs = open()) {
            long count = 0;
            while (pairs.next().isPresent()) count++;
            if (count == 0) throw new IOException(list + " has no rows");
            return count;
        }
    }

    private PairList open() throws IOException {
        return PairList.open(list, url, caption, scratch());
    }

    private Path scratch() {
        return out.resolve(".unpacked");
    }

    private void requireSame(Path folder, String named) throws IOException {
        ObjectNode now = JSON.createObjectNode();
        now.put("list", new ContentHash().addFiles(list).hex().substring(0, DIGITS));
        now.put("url", url).put("caption", caption);
        now.put("size", settings.size()).put("resize", settings.resize().name());
        now.put("leastSide", settings.leastSide()).put("perShard", settings.perShard());
        now.put("maxBytes", settings.maxBytes()).put("maxPixels", settings.maxPixels());
        now.put("duplicateBits", settings.duplicateBits());
        Path file = folder.resolve(SETTINGS);
        if (!Files.exists(file)) {
            AtomicFile.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(now));
            return;
        }
        JsonNode before = JsonFile.object(JSON, file, 1 << 16);
        for (Map.Entry<String, JsonNode> entry : now.properties())
            if (!before.path(entry.getKey()).asText().equals(entry.getValue().asText()))
                throw new IOException(named + " was begun with " + entry.getKey() + " "
                        + before.path(entry.getKey()).asText() + " and not "
                        + entry.getValue().asText()
                        + ": say it again, or take another folder");
    }

    private Result run(long total, Progress progress) throws IOException {
        Result result = new Result(0, 0, 0, Map.of(), 0);
        Seen seen = new Seen(settings.duplicateBits());
        try (PairList pairs = open();
                ShardWork work = new ShardWork(settings)) {
            for (int number = 0; ; number++) {
                List<Pair> rows = rows(pairs);
                if (rows.isEmpty()) return result;
                Shard shard = shard(number);
                long before = result.rows();
                if (shard.isWhole()) remember(shard, seen);
                else work.collect(shard, rows, seen, done -> progress.at("pictures", before + done, total));
                result = result.with(Shard.Statistics.read(shard.statistics()));
                progress.at("pictures", result.rows(), total);
            }
        }
    }

    private List<Pair> rows(PairList pairs) throws IOException {
        List<Pair> rows = new ArrayList<>();
        while (rows.size() < settings.perShard()) {
            Optional<Pair> next = pairs.next();
            if (next.isEmpty()) break;
            rows.add(next.get());
        }
        return rows;
    }

    /** What an earlier process stored is not stored again. */
    private void remember(Shard shard, Seen seen) throws IOException {
        PageCache cache = PageCache.ofHeap(new UnpackedFiles(scratch()));
        try (ParquetFile table = ParquetFile.open(shard.table())) {
            ColumnReader status = table.column(column(table, "status"), cache);
            ColumnReader hashes = table.column(column(table, "phash"), cache);
            ColumnReader keys = table.column(column(table, "key"), cache);
            for (long row = 0; row < table.rows(); row++)
                if (Outcome.SUCCESS.equals(status.text(row)))
                    seen.add(Long.parseUnsignedLong(hashes.text(row), 16), keys.text(row));
        } catch (NumberFormatException e) {
            throw new IOException(shard.table() + " has a hash that is none", e);
        }
    }

    private static ParquetColumn column(ParquetFile table, String name) throws IOException {
        return table.columns().stream()
                .filter(column -> column.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IOException(table.path() + " has no column " + name));
    }
}
