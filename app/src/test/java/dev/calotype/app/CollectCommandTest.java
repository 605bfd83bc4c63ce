package dev.calotype.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.calotype.app.MainTest.Run;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectCommandTest {
    @TempDir
    private Path folder;

    /** The same list, from a host that may not be asked and from one that may. */
    @Test
    void aCollectionWithoutAnyPictureHasFailed() throws IOException {
        Path picture = folder.resolve("bed.png");
        PngFile.write(picture, new Picture(40, 40, 3, new byte[3 * 40 * 40]), Map.of());
        byte[] bytes = Files.readAllBytes(picture);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/bed.png", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "image/png");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        try {
            Path list = Files.writeString(
                    folder.resolve("list.txt"),
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/bed.png\n");
            Run none = collect(list, "none");
            assertThat(none.out()).contains("0 pictures of 1 rows");
            assertThat(none.exit()).isEqualTo(1);
            Run one = collect(list, "one", "--allow-host", "127.0.0.1");
            assertThat(one.out()).contains("1 pictures of 1 rows");
            assertThat(one.exit()).isZero();
        } finally {
            server.stop(0);
        }
    }

    private Run collect(Path list, String out, String... more) {
        String[] first = {
            "collect", list.toString(), "--out", folder.resolve(out).toString(), "--size", "32", "--retries", "0"
        };
        String[] all = java.util.Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return Run.of(all);
    }
}
