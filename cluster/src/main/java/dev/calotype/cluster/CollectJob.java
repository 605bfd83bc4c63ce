package dev.calotype.cluster;

import dev.calotype.collect.CollectSettings;
import dev.calotype.collect.CollectSettings.Resizing;
import dev.calotype.collect.Collection;
import dev.calotype.io.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Collects pictures with texts from the web. */
@Command(
        name = "collect",
        mixinStandardHelpOptions = true,
        description = {
            "Fetch the pictures of a list as calotype collect does, all rows of a domain by one task. Broken off, the same command goes on.",
            "What is not named here is as there: redirects, robots.txt, limits of bytes and pixels."
        })
final class CollectJob extends ClusterMain.Job {
    private static final long MOST_BYTES = 16_000_000, MOST_PIXELS = 50_000_000;
    private static final int SECONDS = 30, RETRIES = 2;

    @Parameters(paramLabel = "LIST", description = "A file of the driver: .csv, .tsv, .jsonl, .parquet or .txt.")
    private Path list;

    @Option(names = "--out", paramLabel = "URI", required = true, description = "The folder of the shards.")
    private String out;

    @Option(names = "--url-column", paramLabel = "NAME", description = "The column of the addresses.")
    private String url = "";

    @Option(names = "--caption-column", paramLabel = "NAME", description = "The column of the texts.")
    private String caption = "";

    @Option(names = "--size", paramLabel = "PX", description = "Pixels of a side (default: ${DEFAULT-VALUE}).")
    private int size = 256;

    @Option(
            names = "--resize",
            paramLabel = "HOW",
            description = "center_crop, border, keep_ratio or no (default: ${DEFAULT-VALUE}).")
    private Resizing resize = Resizing.CENTER_CROP;

    @Option(names = "--min-side", paramLabel = "PX", description = "Pixels that the shorter side must have.")
    private int leastSide;

    @Option(names = "--per-shard", paramLabel = "N", description = "Rows in a shard (default: ${DEFAULT-VALUE}).")
    private int perShard = 10_000;

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Requests at the same time, of all machines together (default: ${DEFAULT-VALUE}).")
    private int connections = 32;

    @Option(
            names = "--per-host",
            paramLabel = "N",
            description = "Requests at the same time to one host (default: ${DEFAULT-VALUE}).")
    private int perHost = 2;

    @Option(
            names = "--host-delay",
            paramLabel = "MS",
            description = "Milliseconds between two requests to one host (default: ${DEFAULT-VALUE}).")
    private int hostMillis = 100;

    @Option(
            names = "--duplicates",
            paramLabel = "BITS",
            description = "Bits in which pictures of the same may differ; -1 keeps all (default: ${DEFAULT-VALUE}).")
    private int duplicateBits = 4;

    @Option(names = "--contact", paramLabel = "TEXT", description = "An address of yours that hosts are told.")
    private String contact = "";

    @Option(names = "--allow-host", paramLabel = "HOST", description = "A host that may be at a private address.")
    private List<String> allowedHosts = List.of();

    @Override
    String run(JavaSparkContext spark) throws IOException {
        CollectSettings settings = new CollectSettings(
                size,
                resize,
                leastSide,
                perShard,
                connections,
                perHost,
                hostMillis,
                SECONDS,
                RETRIES,
                MOST_BYTES,
                MOST_PIXELS,
                duplicateBits,
                "calotype" + (contact.isEmpty() ? "" : " (+" + contact + ")"),
                allowedHosts);
        Collection.Result result = ClusterCollection.collect(spark, list, url, caption, out, settings, Progress.SILENT);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%d pictures of %d rows in %d shards: %s",
                result.pictures(),
                result.rows(),
                result.shards(),
                out));
        result.failures().forEach((cause, count) -> text.append(String.format(Locale.ROOT, "%n%9d  %s", count, cause)));
        return text.toString();
    }
}
