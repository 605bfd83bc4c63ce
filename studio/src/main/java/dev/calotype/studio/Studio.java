package dev.calotype.studio;

import dev.calotype.studio.job.JobQueue;
import dev.calotype.studio.model.AllowedFolders;
import dev.calotype.studio.model.ModelCatalog;
import dev.calotype.studio.model.OpenModels;
import dev.calotype.studio.upload.Uploads;
import dev.calotype.studio.web.EngineState;
import dev.calotype.studio.web.EventStream;
import dev.calotype.studio.web.WebServer;
import dev.calotype.studio.web.WebSettings;
import dev.calotype.studio.web.Workshop;
import dev.calotype.tensor.Engine;
import dev.calotype.tensor.ProcessMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A studio in this process: pages and an API that draw, restore and train, until it is closed.
 *
 * <pre>{@code
 * try (Studio studio = Studio.start(StudioSettings.of(Path.of("studio"), Path.of("runs")))) {
 *     System.out.println(studio.url());
 *     ...
 * }
 * }</pre>
 */
public final class Studio implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(30), REST = Duration.ofSeconds(10);

    private final StudioSettings settings;
    private final JobQueue jobs;
    private final OpenModels open;
    private final WebServer server;

    private Studio(StudioSettings settings, JobQueue jobs, OpenModels open, WebServer server) {
        this.settings = settings;
        this.jobs = jobs;
        this.open = open;
        this.server = server;
    }

    private static void load(int threads, OpenModels open, AtomicReference<EngineState> engine) {
        try {
            Engine.load(threads);
            engine.set(engine.get().up(open.placement().toString()));
        } catch (RuntimeException | LinkageError e) {
            engine.set(engine.get().failed("the engine does not start: " + e.getMessage()));
            throw e;
        }
    }

    /**
     * Starts one. It answers at once, and draws when the engine is up.
     *
     * @throws IOException if the address cannot be listened at, its home is another studio's, or a folder is a file
     */
    public static Studio start(StudioSettings settings) throws IOException {
        if (Files.isRegularFile(settings.home()))
            throw new IOException("the home of a studio must be a folder, and this is a file: " + settings.home());
        for (Path folder : settings.models())
            if (Files.isRegularFile(folder))
                throw new IOException("models must lie in a folder, and this is a file: " + folder);
        Path home = Files.createDirectories(settings.home());
        Optional<Path> first = settings.models().stream().findFirst(); // where new runs go
        if (first.isPresent() && Files.notExists(first.get())) Files.createDirectories(first.get());
        AllowedFolders folders = new AllowedFolders(settings.models());
        JobQueue jobs = new JobQueue(
                home, settings.limits().waiting(), settings.limits().resultBytes());
        try {
            OpenModels open = new OpenModels(settings.memory());
            Workshop workshop = new Workshop(
                    home,
                    folders,
                    new ModelCatalog(folders, home.resolve("models.txt")),
                    open,
                    jobs,
                    new Uploads(home.resolve("uploads"), settings.limits().uploadBytes()),
                    settings.limits(),
                    settings.launcher(),
                    new EventStream(settings.limits().listeners()),
                    Workshop.Versions.current());
            WebSettings web = new WebSettings(settings.host(), settings.port(), settings.names(), settings.key());
            int threads = settings.threads() == 0 ? Runtime.getRuntime().availableProcessors() : settings.threads();
            AtomicReference<EngineState> engine = new AtomicReference<>(EngineState.starting(threads));
            WebServer server = WebServer.start(web, workshop, engine::get);
            jobs.start(() -> load(settings.threads(), open, engine), ProcessMemory::giveBack, REST);
            return new Studio(settings, jobs, open, server);
        } catch (IOException | RuntimeException e) {
            jobs.close();
            throw e;
        }
    }

    /** Where pages and API are, such as {@code http://127.0.0.1:7860}. */
    public String url() {
        String host = settings.host();
        if (host.equals("0.0.0.0") || host.equals("::")) host = "localhost";
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /** The port that it listens at. */
    public int port() {
        return server.port();
    }

    /** All routes, such as {@code GET /api/jobs}. */
    List<String> routes() {
        return server.routes();
    }

    /** Ends it: what runs is finished if that takes a few seconds, trainings have 30 to save themselves; the rest waits for the next start in the same home. */
    @Override
    public void close() throws IOException {
        close(GRACE);
    }

    /** Ends it, giving what runs so much time. */
    public void close(Duration grace) throws IOException {
        server.close();
        jobs.close(grace);
        open.close();
    }
}
