package dev.calotype.cluster;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A host that notes what it is asked for: it has every picture whose name ends in {@code .png}. */
final class Host implements AutoCloseable {
    private final HttpServer server;
    final Queue<String> asked = new ConcurrentLinkedQueue<>();
    String elsewhere = ""; // where what is called moved lies

    Host() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(path);
        byte[] body = path.endsWith(".png") ? picture(path) : new byte[0];
        boolean moved = path.startsWith("/moved");
        if (moved) exchange.getResponseHeaders().add("Location", elsewhere + path.replace("/moved", "/came"));
        exchange.sendResponseHeaders(
                moved ? 302 : body.length > 0 ? 200 : 404, moved || body.length == 0 ? -1 : body.length);
        if (!moved && body.length > 0) exchange.getResponseBody().write(body);
        exchange.close();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Coarse noise that depends on the last number of a name. */
    private static byte[] picture(String path) {
        Random random = new Random(Integer.parseInt(path.replaceAll("\\D", "")));
        byte[] coarse = new byte[3 * 8 * 8], pixels = new byte[3 * 32 * 32];
        random.nextBytes(coarse);
        for (int i = 0; i < pixels.length; i++) {
            int channel = i / 1024, y = i % 1024 / 32, x = i % 32;
            pixels[i] = coarse[channel * 64 + y / 4 * 8 + x / 4];
        }
        return PngFile.encode(new Picture(32, 32, 3, pixels), Map.of());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
