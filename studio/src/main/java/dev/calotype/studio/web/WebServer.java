package dev.calotype.studio.web;

import dev.calotype.io.TemporaryFolder;
import dev.calotype.studio.job.Refusal;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.config.SizeUnit;
import io.javalin.http.staticfiles.Location;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.MinimumDataRateHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The web server of a studio: few threads, strict limits, pages out of the jar. */
public final class WebServer implements AutoCloseable {
    private static final int IDLE_MILLIS = 30_000,
            OTHER_THREADS = 24,
            CONNECTIONS = 512,
            SLOWEST_BYTES_PER_SECOND = 256;
    private static final int HEADER_BYTES = 8192;
    private static final String PAGES = "/dev/calotype/studio/pages";

    private final Javalin server;
    private final List<String> routes;

    private WebServer(Javalin server, List<String> routes) {
        this.server = server;
        this.routes = routes;
    }

    /**
     * Opens all rooms and starts to listen.
     *
     * @throws IOException if the address cannot be listened at
     */
    public static WebServer start(WebSettings settings, Workshop workshop, Supplier<EngineState> engine)
            throws IOException {
        requireFree(settings);
        Path temporary = Files.createDirectories(workshop.home().resolve("temporary"));
        new TemporaryFolder(temporary).close(); // what a killed process left
        Files.createDirectories(temporary);
        Guard guard = new Guard(settings.host(), settings.names(), settings.key());
        Routes[] all = new Routes[1];
        Javalin server = Javalin.create(config -> {
            configure(config, settings, workshop.limits(), temporary);
            config.routes.before(guard::look);
            Answers.register(config.routes);
            Routes routes = new Routes(config.routes);
            all[0] = routes;
            new StatusRoom(workshop, guard, engine).open(routes);
            new ModelsRoom(workshop.models(), workshop.open()).open(routes);
            new UploadsRoom(workshop.uploads()).open(routes);
            new JobsRoom(workshop.jobs(), workshop.streams()).open(routes);
            for (Room room : ServiceLoader.load(Room.class, Room.class.getClassLoader())) room.open(routes, workshop);
        });
        workshop.jobs().takeUp(); // before somebody asks for them
        try {
            server.start();
        } catch (JavalinBindException e) {
            throw notFree(settings, e);
        }
        return new WebServer(server, all[0].all());
    }

    /** Asks before the server does, which would log a trace. */
    private static void requireFree(WebSettings settings) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(settings.host(), settings.port()));
        } catch (SocketException e) {
            throw notFree(settings, e);
        }
    }

    private static IOException notFree(WebSettings settings, Exception cause) {
        return new IOException(
                "cannot listen at " + settings.host() + ":" + settings.port()
                        + ": the port is taken, or the address is not this machine's",
                cause);
    }

    private static void configure(JavalinConfig config, WebSettings settings, Limits limits, Path temporary) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.http.asyncTimeout = 0;
        config.jetty.threadPool = pool(limits.listeners() + OTHER_THREADS);
        config.jetty.multipartConfig.cacheDirectory(temporary.toString());
        config.jetty.multipartConfig.maxFileSize(limits.uploadBytes(), SizeUnit.BYTES);
        config.jetty.multipartConfig.maxTotalRequestSize(2 * limits.uploadBytes(), SizeUnit.BYTES);
        config.jetty.multipartConfig.maxInMemoryFileSize(1, SizeUnit.MB);
        config.jetty.modifyHttpConfiguration(WebServer::bound);
        config.jetty.addConnector((server, http) -> connector(server, http, settings));
        config.jetty.modifyServer(server -> {
            server.addBean(new NetworkConnectionLimit(CONNECTIONS, server));
            server.setErrorHandler(WebServer::refuse);
            server.setHandler(new MinimumDataRateHandler(SLOWEST_BYTES_PER_SECOND, 0));
        });
        config.staticFiles.add(files -> {
            files.hostedPath = "/";
            files.directory = PAGES;
            files.location = Location.CLASSPATH;
            files.headers = Map.of("Cache-Control", "no-cache");
        });
    }

    private static QueuedThreadPool pool(int most) {
        QueuedThreadPool pool = new QueuedThreadPool(most, 4, IDLE_MILLIS);
        pool.setName("calotype-web");
        pool.setDaemon(true);
        return pool;
    }

    private static void bound(HttpConfiguration http) {
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, WebSettings settings) {
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        return connector;
    }

    /** What Jetty itself refuses, in one sentence. */
    private static boolean refuse(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8");
        String answer = Answers.error(status, "http_" + status, Answers.sentence(status))
                .toString();
        Content.Sink.write(response, true, answer, callback);
        return true;
    }

    /** The port that it listens at. */
    public int port() {
        return server.port();
    }

    /** All routes, such as {@code GET /api/jobs}. */
    public List<String> routes() {
        return routes;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (RuntimeException e) {
            throw new Refusal(500, "not_stopped", "the web server did not stop: " + e.getMessage());
        }
    }
}
