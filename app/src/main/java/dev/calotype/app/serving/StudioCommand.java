package dev.calotype.app.serving;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.JsonText;
import dev.calotype.app.console.OwnProcesses;
import dev.calotype.studio.Studio;
import dev.calotype.studio.StudioSettings;
import dev.calotype.studio.web.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a studio. */
@Command(
        name = "studio",
        mixinStandardHelpOptions = true,
        description = {
            "Serve pages and an API that draw, restore and train with the models of some folders, until Ctrl-C.",
            "Only this machine reaches it, unless --host says otherwise. The API speaks OpenAI's images shape under /v1, and its own under"
                    + " /api; docs/api.md has both."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype studio",
            "  calotype studio --models runs --models ~/diffusers --port 8080",
            "  calotype studio --host 0.0.0.0 --name pictures.example.org --api-key-file key.txt"
        })
public final class StudioCommand implements Callable<Integer> {
    private static final long MEGABYTE = 1_000_000;
    private static final int MOST_WAITING = 100_000;

    @Option(names = "--port", paramLabel = "N", defaultValue = "7860", description = "Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description = "Where it listens; 0.0.0.0 for all networks (default: ${DEFAULT-VALUE}, this machine alone).")
    private String host;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "A name by which browsers and programs know this server; several are possible.")
    private List<String> names = List.of();

    @Option(
            names = "--models",
            paramLabel = "DIR",
            description =
                    "A folder of runs and models, and nothing else is read; several are possible (default: runs).")
    private List<Path> models = List.of(Path.of("runs"));

    @Option(
            names = "--home",
            paramLabel = "DIR",
            defaultValue = "runs/.studio",
            description = "Where jobs and their pictures are kept (default: ${DEFAULT-VALUE}).")
    private Path home;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description = "A file with a key of at least 16 characters that requests must give; default none.")
    private Path keyFile;

    @Option(
            names = "--memory",
            paramLabel = "MB",
            defaultValue = "0",
            description = "Weights that may be open at a time; 0 for what the machine has (default: ${DEFAULT-VALUE}).")
    private long memory;

    @Option(
            names = "--queue",
            paramLabel = "N",
            defaultValue = "128",
            description = "Jobs that may wait; others are told to try again (default: ${DEFAULT-VALUE}).")
    private int queue;

    @Option(
            names = "--results",
            paramLabel = "MB",
            defaultValue = "0",
            description =
                    "What jobs have made that is kept, at least 100; of more the oldest goes, 0 for all (default: ${DEFAULT-VALUE}).")
    private long results;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads of the engine; 0 for one per core (default: ${DEFAULT-VALUE}).")
    private int threads;

    @Option(names = "--json", description = "Print the address as one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (memory < 0) throw new IllegalArgumentException("memory must be at least 0 MB: " + memory);
        if (results != 0 && results < Limits.LEAST_RESULTS / MEGABYTE)
            throw new IllegalArgumentException("results must be 0 or at least 100 MB: " + results);
        if (queue < 1 || queue > MOST_WAITING)
            throw new IllegalArgumentException("queue must be in 1.." + MOST_WAITING + " jobs: " + queue);
        Console console = new Console(spec.commandLine().getErr());
        for (Path folder : models)
            if (!Files.isDirectory(folder))
                console.say("There is no folder %s yet: models are looked for there once it is", folder);
        if (!isLocal() && keyFile == null)
            console.say(
                    "Whoever reaches %s may draw and train here: --api-key-file lets in those who have a key", host);
        Studio studio = Studio.start(settings());
        CountDownLatch end = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(studio, console, end), "calotype-interrupt"));
        spec.commandLine().getOut().println(json ? JsonText.of(Map.of("url", studio.url())) : studio.url());
        spec.commandLine().getOut().flush();
        console.say("The studio is at %s; Ctrl-C ends it", studio.url());
        end.await();
        return 0;
    }

    private boolean isLocal() {
        return host.startsWith("127.") || host.equals("localhost") || host.equals("::1");
    }

    private StudioSettings settings() throws IOException {
        Limits usual = Limits.USUAL;
        Limits limits = new Limits(
                usual.pixels(),
                usual.steps(),
                usual.count(),
                queue,
                usual.uploadBytes(),
                usual.listeners(),
                results * MEGABYTE);
        return new StudioSettings(
                host,
                port,
                Set.copyOf(names),
                keyFile == null
                        ? Optional.empty()
                        : Optional.of(Files.readString(keyFile).strip()),
                models,
                home,
                threads,
                memory * MEGABYTE,
                limits,
                Optional.of(StudioCommand::process));
    }

    private static void close(Studio studio, Console console, CountDownLatch end) {
        console.say(
                "The studio ends: what runs stops at its next step or saves itself, and goes on with the next start");
        try {
            studio.close();
        } catch (IOException e) {
            System.err.println("calotype: " + e.getMessage());
        }
        end.countDown();
    }

    /** One of this program, which ends when this process does, and is as if it were started from the command line. */
    private static ProcessBuilder process(List<String> arguments) {
        return OwnProcesses.unserving(OwnProcesses.command(List.of("-Dcalotype.parent=input"), arguments));
    }
}
