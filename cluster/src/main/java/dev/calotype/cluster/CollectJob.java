package dev.calotype.cluster;

import dev.calotype.collect.CollectSettings;
import dev.calotype.collect.CollectSettings.Resizing;
import dev.calotype.collect.Collection;
import dev.calotype.io.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
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
    private static final CollectSettings USUAL = CollectSettings.USUAL;

    @Parameters(paramLabel = "LIST", description = "A file of the driver: .csv, .tsv, .jsonl, .parquet or .txt.")
    private Path list;

    @Option(names = "--out", paramLabel = "URI", required = true, description = "The folder of the shards.")
    private String out;

    @Option(names = "--url-column", paramLabel = "NAME", description = "The column of the addresses.")
    private String url = "";

    @Option(names = "--caption-column", paramLabel = "NAME", description = "The column of the texts.")
    private String caption = "";

    @Option(names = "--size", paramLabel = "PX", description = "Pixels of a side (default: ${DEFAULT-VALUE}).")
    private int size = USUAL.size();

    @Option(
            names = "--resize",
            paramLabel = "HOW",
            description = "center_crop, border, keep_ratio or no (default: ${DEFAULT-VALUE}).")
    private Resizing resize = USUAL.resize();

    @Option(names = "--min-side", paramLabel = "PX", description = "Pixels that the shorter side must have.")
    private int leastSide = USUAL.leastSide();

    @Option(names = "--per-shard", paramLabel = "N", description = "Rows in a shard (default: ${DEFAULT-VALUE}).")
    private int perShard = USUAL.perShard();

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Requests at the same time, of all machines together (default: ${DEFAULT-VALUE}).")
    private int connections = USUAL.connections();

    @Option(
            names = "--per-host",
            paramLabel = "N",
            description = "Requests at the same time to one host (default: ${DEFAULT-VALUE}).")
    private int perHost = USUAL.perHost();

    @Option(
            names = "--host-delay",
            paramLabel = "MS",
            description = "Milliseconds between two requests to one host (default: ${DEFAULT-VALUE}).")
    private int hostMillis = USUAL.hostMillis();

    @Option(
            names = "--duplicates",
            paramLabel = "BITS",
            description = "Bits in which pictures of the same may differ; -1 keeps all (default: ${DEFAULT-VALUE}).")
    private int duplicateBits = USUAL.duplicateBits();

    @Option(names = "--contact", paramLabel = "TEXT", description = "An address of yours that hosts are told.")
    private String contact = "";

    @Option(names = "--allow-host", paramLabel = "HOST", description = "A host that may be at a private address.")
    private List<String> allowedHosts = List.of();

    @Override
    ClusterMain.Said run(JavaSparkContext spark) throws IOException {
        CollectSettings settings = new CollectSettings(
                size,
                resize,
                leastSide,
                perShard,
                connections,
                perHost,
                hostMillis,
                USUAL.seconds(),
                USUAL.retries(),
                USUAL.maxBytes(),
                USUAL.maxPixels(),
                duplicateBits,
                CollectSettings.agent(version(), contact),
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
        return new ClusterMain.Said(text.toString(), result.pictures() > 0 ? ExitCode.OK : ExitCode.SOFTWARE);
    }

    /** That of the archive; of classes beside each other, as tests have them, none is known. */
    private static String version() {
        return Optional.ofNullable(CollectJob.class.getPackage().getImplementationVersion())
                .orElse("unknown");
    }
}
