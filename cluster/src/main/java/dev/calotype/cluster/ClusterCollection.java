package dev.calotype.cluster;

import dev.calotype.collect.CollectSettings;
import dev.calotype.collect.Collection;
import dev.calotype.collect.HostShare;
import dev.calotype.io.Progress;
import dev.calotype.io.TemporaryFolder;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.spark.HashPartitioner;
import org.apache.spark.Partitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * Collects the pictures of a list by many machines. All rows of a domain are fetched by one task, so that a host sees one guest; what is sent on to
 * another domain goes to the task of that one. Shards are those of one machine, a wave of them at a time: what is whole stays when the same call
 * is made again.
 */
public final class ClusterCollection {
    private static final String SETTINGS = "collection.json", STATISTICS = "_stats.json", TABLE = ".parquet";
    private static final int WAVE = 100_000; // rows, about

    private ClusterCollection() {}

    /**
     * Collects what is not there yet.
     *
     * @param list a file of the driver, as {@link Collection} reads it
     * @param url the column of the addresses, empty for the usual ones
     * @param caption the column of the texts, empty for the usual ones
     * @param out the folder of the shards, where Hadoop's file systems reach
     * @param settings whose connections are those of all machines together
     * @throws IllegalArgumentException if {@code out} holds something else, or Spark may run a task twice at once
     * @throws IOException if the list cannot be read, or {@code out} was begun with another list or cannot be written
     * @throws ClusterException if it failed for good
     */
    public static Collection.Result collect(
            JavaSparkContext spark,
            Path list,
            String url,
            String caption,
            String out,
            CollectSettings settings,
            Progress progress)
            throws IOException {
        ClusterSweep.requireOnce(spark);
        RunFiles files = new RunFiles(spark, out);
        files.begun(SETTINGS);
        try (TemporaryFolder local = TemporaryFolder.create("calotype-collection-")) {
            Path folder = local.path();
            files.fetch(folder, name -> !name.endsWith(".tar"));
            Executors executors = new Executors(spark, files, folder, settings);
            return Causes.told(() -> new Collection(list, url, caption, folder, settings).run(progress, executors));
        }
    }

    /** What the driver learns of a row before its shard is written. */
    private record Told(long row, Long hash, HostShare.Row next) implements java.io.Serializable {}

    /** Rows by the place of their shard among those that are written. */
    private static final class ByShard extends Partitioner {
        private static final long serialVersionUID = 1;

        private final int[] shards; // ascending
        private final int perShard;

        ByShard(int[] shards, int perShard) {
            this.shards = shards;
            this.perShard = perShard;
        }

        @Override
        public int numPartitions() {
            return shards.length;
        }

        @Override
        public int getPartition(Object row) {
            return Arrays.binarySearch(shards, (int) ((Long) row / perShard));
        }
    }

    private static final class Executors implements Collection.Machines {
        private final JavaSparkContext spark;
        private final RunFiles files;
        private final Path folder;
        private final CollectSettings settings;
        private final int shares;
        private final List<JavaRDD<HostShare.Fetched>> kept = new ArrayList<>();

        Executors(JavaSparkContext spark, RunFiles files, Path folder, CollectSettings settings) {
            this.spark = spark;
            this.files = files;
            this.folder = folder;
            this.settings = settings;
            shares = Math.min(Math.max(1, spark.defaultParallelism()), settings.connections());
        }

        @Override
        public String folder() {
            return files.toString();
        }

        @Override
        public int shardsAtOnce() {
            return Math.max(1, WAVE / settings.perShard());
        }

        @Override
        public Map<Long, Long> fetch(List<HostShare.Row> rows) throws IOException {
            files.publish(folder);
            Map<Long, Long> hashes = new HashMap<>();
            for (List<HostShare.Row> open = rows; !open.isEmpty(); ) {
                JavaRDD<HostShare.Fetched> fetched = fetched(open);
                kept.add(fetched);
                List<HostShare.Row> next = new ArrayList<>();
                for (Told told : fetched.map(Executors::told).collect()) {
                    if (told.hash() != null) hashes.put(told.row(), told.hash());
                    if (told.next() != null) next.add(told.next());
                }
                open = next;
            }
            return hashes;
        }

        private static Told told(HostShare.Fetched each) {
            return new Told(each.row().number(), each.hash().orElse(null), each.isElsewhere() ? each.row() : null);
        }

        private JavaRDD<HostShare.Fetched> fetched(List<HostShare.Row> rows) {
            int count = shares;
            CollectSettings own = settings.sharedBy(count);
            List<Tuple2<Integer, HostShare.Row>> owned = rows.stream()
                    .map(row -> new Tuple2<>(HostShare.owner(row, count), row))
                    .toList();
            return spark.parallelizePairs(owned, count)
                    .partitionBy(new HashPartitioner(count))
                    .values()
                    .mapPartitionsWithIndex((share, of) -> share(share, of, count, own), true)
                    .persist(StorageLevel.DISK_ONLY());
        }

        private static Iterator<HostShare.Fetched> share(
                int number, Iterator<HostShare.Row> given, int count, CollectSettings settings) throws IOException {
            List<HostShare.Row> rows = new ArrayList<>();
            given.forEachRemaining(rows::add);
            rows.sort(Comparator.comparingLong(HostShare.Row::number));
            TemporaryFolder scratch = TemporaryFolder.create("calotype-share-");
            closedAtTheEnd(scratch::close);
            HostShare share = HostShare.fetch(
                    rows, number, count, settings, scratch.path().resolve("spool"));
            closedAtTheEnd(share);
            return share.iterator();
        }

        /** However the task ends; what came last is closed first. */
        private static void closedAtTheEnd(Closeable resource) {
            TaskContext.get().<Void>addTaskCompletionListener(context -> {
                try {
                    resource.close();
                    return null;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        @Override
        public void write(SortedMap<Integer, Integer> shards, Map<Long, String> twins, double seconds)
                throws IOException {
            JavaRDD<HostShare.Fetched> all =
                    kept.stream().reduce(JavaRDD::union).orElseThrow();
            JavaPairRDD<Long, HostShare.Fetched> byRow = all.filter(each -> !each.isElsewhere())
                    .mapToPair(each -> new Tuple2<>(each.row().number(), each));
            int perShard = settings.perShard();
            int[] numbers = ints(shards.keySet()), counts = ints(shards.values());
            Map<Long, String> known = new HashMap<>(twins);
            RunFiles to = files;
            byRow.repartitionAndSortWithinPartitions(new ByShard(numbers, perShard))
                    .values()
                    .mapPartitionsWithIndex(
                            (index, rows) -> written(to, numbers[index], perShard, counts[index], rows, known, seconds),
                            true)
                    .count();
            kept.forEach(JavaRDD::unpersist);
            kept.clear();
            files.fetchMore(folder, name -> name.endsWith(STATISTICS) || name.endsWith(TABLE));
        }

        private static int[] ints(java.util.Collection<Integer> numbers) {
            return numbers.stream().mapToInt(Integer::intValue).toArray();
        }

        private static Iterator<Integer> written(
                RunFiles to,
                int number,
                int perShard,
                int count,
                Iterator<HostShare.Fetched> rows,
                Map<Long, String> twins,
                double seconds)
                throws IOException {
            try (TemporaryFolder local = TemporaryFolder.create("calotype-shard-")) {
                HostShare.write(local.path(), number, perShard, count, rows, twins, seconds);
                to.add(local.path());
            }
            return List.of(number).iterator();
        }
    }
}
