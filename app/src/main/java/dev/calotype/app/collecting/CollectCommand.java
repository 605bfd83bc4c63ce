package dev.calotype.app.collecting;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.JsonText;
import dev.calotype.collect.Cause;
import dev.calotype.collect.CollectSettings;
import dev.calotype.collect.CollectSettings.Resizing;
import dev.calotype.collect.Collection;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Collects pictures with texts from the web. */
@Command(
        name = "collect",
        mixinStandardHelpOptions = true,
        description = {
            "Fetch the pictures of a list of addresses and texts, and write shards of WebDataset in the layout of img2dataset, for train, data"
                    + " and embed. Broken off, the same command goes on.",
            "It is a guest: few requests to a host at a time, robots.txt and X-Robots-Tag are kept to, private addresses are not asked."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype collect cats.csv --out shards/ --size 128",
            "  calotype collect products.parquet --url-column image --caption-column name --out shards/ --contact you@example.org"
        })
public final class CollectCommand implements Callable<Integer> {
    private static final CollectSettings USUAL = CollectSettings.USUAL;
    private static final long MEGABYTE = 1_000_000;

    @Parameters(
            paramLabel = "LIST",
            description = ".csv or .tsv with a first line of names, .jsonl, .parquet, or .txt of addresses.")
    private Path list;

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "The folder of the shards.")
    private Path out;

    @Option(
            names = "--url-column",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The column of the addresses, where it is not called url, image_url, link, src or the like.")
    private String url;

    @Option(
            names = "--caption-column",
            paramLabel = "NAME",
            defaultValue = "",
            description = "The column of the texts, where it is not called caption, text, alt, description or title.")
    private String caption;

    @Option(names = "--size", paramLabel = "PX", description = "Pixels of a side (default: ${DEFAULT-VALUE}).")
    private int size = USUAL.size();

    @Option(
            names = "--resize",
            paramLabel = "HOW",
            description =
                    "center_crop: the central square; border: all of it on a white square; keep_ratio: the shorter side becomes --size;"
                            + " no: the files as they came (default: ${DEFAULT-VALUE}).")
    private Resizing resize = USUAL.resize();

    @Option(
            names = "--min-side",
            paramLabel = "PX",
            description = "Pixels that the shorter side must have before resizing (default: ${DEFAULT-VALUE}).")
    private int leastSide = USUAL.leastSide();

    @Option(
            names = "--per-shard",
            paramLabel = "N",
            description = "Rows of the list in a shard (default: ${DEFAULT-VALUE}).")
    private int perShard = USUAL.perShard();

    @Option(
            names = "--connections",
            paramLabel = "N",
            description = "Requests at the same time, to all hosts together (default: ${DEFAULT-VALUE}).")
    private int connections = USUAL.connections();

    @Option(
            names = "--per-host",
            paramLabel = "N",
            description = "Requests at the same time to one host (default: ${DEFAULT-VALUE}).")
    private int perHost = USUAL.perHost();

    @Option(
            names = "--host-delay",
            paramLabel = "MS",
            description =
                    "Milliseconds between the beginnings of two requests to one host (default: ${DEFAULT-VALUE}).")
    private int hostMillis = USUAL.hostMillis();

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Most that one file may take (default: ${DEFAULT-VALUE}).")
    private int seconds = USUAL.seconds();

    @Option(
            names = "--retries",
            paramLabel = "N",
            description = "Further tries where a failure may pass (default: ${DEFAULT-VALUE}).")
    private int retries = USUAL.retries();

    @Option(names = "--max-megabytes", paramLabel = "MB", description = "Most of one file (default: ${DEFAULT-VALUE}).")
    private int maxMegabytes = (int) (USUAL.maxBytes() / MEGABYTE);

    @Option(
            names = "--max-megapixels",
            paramLabel = "MP",
            description = "Most of one picture (default: ${DEFAULT-VALUE}).")
    private int maxMegapixels = (int) (USUAL.maxPixels() / MEGABYTE);

    @Option(
            names = "--duplicates",
            paramLabel = "BITS",
            description =
                    "Pictures whose perceptual hashes differ in at most so many of 64 bits are one, and the first is kept; -1 keeps all"
                            + " (default: ${DEFAULT-VALUE}).")
    private int duplicateBits = USUAL.duplicateBits();

    @Option(
            names = "--contact",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "An address of yours that hosts are told with each request.")
    private String contact;

    @Option(
            names = "--allow-host",
            paramLabel = "HOST",
            description = "A host that may be at a private address, such as 127.0.0.1 for a test; may be repeated.")
    private List<String> allowedHosts = List.of();

    @Option(names = "--json", description = "Print the result as one JSON object, the last line of standard output.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        String version = spec.root().version()[0].split("[ ,]")[1];
        CollectSettings settings = new CollectSettings(
                size,
                resize,
                leastSide,
                perShard,
                connections,
                perHost,
                hostMillis,
                seconds,
                retries,
                maxMegabytes * MEGABYTE,
                maxMegapixels * MEGABYTE,
                duplicateBits,
                CollectSettings.agent(version, contact),
                allowedHosts);
        Console console = new Console(spec.commandLine().getErr());
        Collection.Result result = new Collection(list, url, caption, out, settings).run(console);
        PrintWriter print = spec.commandLine().getOut();
        print.println(json ? JsonText.of(result) : text(result));
        print.flush();
        return result.pictures() > 0 ? 0 : 1;
    }

    private String text(Collection.Result result) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%d pictures of %d rows in %d shards, %s: %s%n",
                result.pictures(),
                result.rows(),
                result.shards(),
                Console.duration(result.seconds()),
                out));
        for (Map.Entry<Cause, Long> failure : result.failures().entrySet())
            text.append(String.format(Locale.ROOT, "%9d  %s%n", failure.getValue(), failure.getKey()));
        return text.append("What became of each row stands in the .parquet beside its shard.")
                .toString();
    }
}
