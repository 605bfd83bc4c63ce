package dev.calotype.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpHandler;
import dev.calotype.collect.CollectSettings.Resizing;
import dev.calotype.collect.Collection.Result;
import dev.calotype.data.DataSource;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.parquet.ColumnReader;
import dev.calotype.data.parquet.PageCache;
import dev.calotype.data.parquet.ParquetFile;
import dev.calotype.data.store.UnpackedFiles;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import dev.calotype.io.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a web server of this machine that does all that the web does. */
class CollectionTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    private static CollectSettings settings(int perShard, Resizing resize) {
        return new CollectSettings(
                24,
                resize,
                16,
                perShard,
                8,
                3,
                0,
                60,
                1,
                200_000,
                1_000_000,
                4,
                "calotype-test/1.0",
                List.of("127.0.0.1"));
    }

    @Test
    void aHostThatDoesNotAnswerIsLeftAloneAfterSomeTries() throws IOException {
        CollectSettings hurried = new CollectSettings(
                24,
                Resizing.NO,
                16,
                50,
                8,
                3,
                0,
                1,
                0,
                200_000,
                1_000_000,
                4,
                "calotype-test/1.0",
                List.of("127.0.0.1"));
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            List<String> urls = IntStream.range(0, 30)
                    .mapToObj(i -> "http://127.0.0.1:" + silent.getLocalPort() + "/" + i)
                    .toList();
            Result result = collect(list(urls), folder.resolve("out"), hurried);
            assertThat(result.failures()).containsOnlyKeys(Cause.SILENT, Cause.HOST);
            assertThat(result.failures().get(Cause.SILENT)).isBetween(10L, 12L);
        }
    }

    /** Blocks of colours that no other number has. */
    private static byte[] picture(int number) throws IOException {
        Random random = new Random(number);
        byte[] pixels = new byte[40 * 32 * 3], blocks = new byte[5 * 4 * 3];
        random.nextBytes(blocks);
        for (int i = 0; i < pixels.length; i++) {
            int x = i / 3 % 40, y = i / 120;
            pixels[i] = blocks[(y / 8 * 5 + x / 8) * 3 + i % 3];
        }
        return PictureFormat.PNG.encode(PictureFile.of(new Picture(40, 32, 3, pixels)), Map.of());
    }

    private static HttpHandler body(int promised, byte[] bytes) {
        return exchange -> {
            exchange.sendResponseHeaders(200, promised);
            OutputStream out = exchange.getResponseBody();
            out.write(bytes);
            out.flush();
        };
    }

    private Result collect(Path list, Path out, CollectSettings settings) throws IOException {
        return new Collection(list, "", "", out, settings).run(Progress.SILENT);
    }

    private Path list(List<String> urls) throws IOException {
        StringBuilder text = new StringBuilder("url,caption\n");
        for (int i = 0; i < urls.size(); i++)
            text.append(urls.get(i)).append(",picture ").append(i).append('\n');
        return Files.writeString(folder.resolve("list.csv"), text);
    }

    private static Map<String, byte[]> tar(Path file) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(file))) {
            for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; )
                files.put(entry.getName(), tar.readAllBytes());
        }
        return files;
    }

    @Test
    void picturesBecomeShardsInTheLayoutOfImg2dataset() throws IOException {
        Map<String, HttpHandler> pages = new HashMap<>();
        for (int i = 0; i < 5; i++) pages.put("/" + i, Web.file(picture(i)));
        try (Web web = new Web(pages)) {
            List<String> urls = new ArrayList<>();
            for (int i = 0; i < 5; i++) urls.add(web.at("/" + i));
            Path list = Files.writeString(
                    folder.resolve("list.tsv"),
                    "url\tcaption\n" + urls.get(0) + "\t<b>one</b>  &amp; &quot;two&quot;\n"
                            + String.join("\tx\n", urls.subList(1, 5)) + "\tx\n");
            Path out = folder.resolve("out");
            Result result = collect(list, out, settings(4, Resizing.CENTER_CROP));
            assertThat(result.shards()).isEqualTo(2);
            assertThat(result.pictures()).isEqualTo(5);
            assertThat(result.failures()).isEmpty();
            Map<String, byte[]> first = tar(out.resolve("00000.tar"));
            assertThat(first.keySet())
                    .containsExactly(
                            "000000.jpg",
                            "000000.txt",
                            "000000.json",
                            "000001.jpg",
                            "000001.txt",
                            "000001.json",
                            "000002.jpg",
                            "000002.txt",
                            "000002.json",
                            "000003.jpg",
                            "000003.txt",
                            "000003.json");
            assertThat(tar(out.resolve("00001.tar"))).hasSize(3).containsKey("000010.jpg");
            assertThat(new String(first.get("000000.txt"), StandardCharsets.UTF_8))
                    .isEqualTo("one & \"two\"");
            Picture stored = ImageFiles.decode(first.get("000000.jpg"), 3);
            assertThat(new int[] {stored.width(), stored.height()}).containsExactly(24, 24);
            JsonNode row = JSON.readTree(first.get("000000.json"));
            assertThat(row.path("original_width").asInt()).isEqualTo(40);
            assertThat(row.path("status").asText()).isEqualTo("success");
            assertThat(row.path("error_message").isNull()).isTrue();
            assertThat(row.path("sha256").asText()).hasSize(64);
            JsonNode statistics = JSON.readTree(out.resolve("00000_stats.json").toFile());
            assertThat(statistics.path("successes").asInt()).isEqualTo(4);
            assertThat(web.asked("/robots.txt")).isEqualTo(1);
            try (ImageDataset data = DataSource.open(out.resolve("00000.tar").toString(), 3)) {
                assertThat(data.size()).isEqualTo(4);
            }
        }
    }

    /** A web of things that go wrong. */
    private static Map<String, HttpHandler> troubles() throws IOException {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            gzip.write(new byte[10_000_000]);
        }
        Map<String, HttpHandler> pages = new LinkedHashMap<>();
        pages.put("/good", Web.file(picture(1)));
        pages.put("/again", Web.file(picture(1)));
        pages.put(
                "/html.jpg",
                Web.file("<html>no</html>".getBytes(StandardCharsets.UTF_8), "Content-Type", "image/jpeg"));
        pages.put("/cut.png", Web.file(Arrays.copyOf(picture(2), 200)));
        pages.put("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) exchange.getResponseBody().write(new byte[1 << 16]);
        });
        pages.put("/wall", exchange -> {
            exchange.sendResponseHeaders(403, 0);
            while (true) exchange.getResponseBody().write(new byte[1 << 16]);
        });
        pages.put("/promised", body(300_000, new byte[10]));
        pages.put("/short", body(5000, picture(3)));
        pages.put("/bomb", Web.file(bomb.toByteArray(), "Content-Encoding", "gzip"));
        pages.put("/loop", Web.status(302, "Location", "/loop"));
        pages.put("/inside", Web.status(302, "Location", "http://localhost:1/"));
        pages.put("/elsewhere", Web.status(302, "Location", "file:///etc/hosts"));
        pages.put("/gone", Web.status(410));
        pages.put("/forbidden", Web.status(403));
        pages.put("/noai", Web.file(picture(4), "X-Robots-Tag", "other: none", "X-Robots-Tag", "noai, max-snippet:5"));
        pages.put("/foreign", Web.file(picture(5), "X-Robots-Tag", "googlebot: noindex"));
        pages.put("/private/a", Web.file(picture(6)));
        pages.put("/robots.txt", Web.file("User-agent: *\nDisallow: /private/\n".getBytes(StandardCharsets.UTF_8)));
        pages.put(
                "/tiny",
                Web.file(PictureFormat.PNG.encode(PictureFile.of(new Picture(8, 8, 3, new byte[192])), Map.of())));
        pages.put(
                "/huge",
                Web.file(PictureFormat.PNG.encode(
                        PictureFile.of(new Picture(2000, 600, 3, new byte[3_600_000])), Map.of())));
        pages.put("/later", Web.status(429, "Retry-After", "7200"));
        return pages;
    }

    @Test
    void everyFailureIsARowWithItsCauseAndStopsNothing() throws IOException {
        try (Web web = new Web(troubles())) {
            Map<String, Cause> expected = new LinkedHashMap<>();
            expected.put(web.at("/good"), null);
            expected.put(web.at("/again"), Cause.DUPLICATE);
            expected.put(web.at("/html.jpg"), Cause.NO_PICTURE);
            expected.put(web.at("/cut.png"), Cause.DAMAGED);
            expected.put(web.at("/endless"), Cause.BYTES);
            expected.put(web.at("/promised"), Cause.BYTES);
            expected.put(web.at("/short"), Cause.CONNECTION);
            expected.put(web.at("/bomb"), Cause.ENCODED);
            expected.put(web.at("/loop"), Cause.REDIRECTS);
            expected.put(web.at("/inside"), Cause.PRIVATE);
            expected.put(web.at("/elsewhere"), Cause.ADDRESS);
            expected.put(web.at("/gone"), Cause.MISSING);
            expected.put(web.at("/nothing"), Cause.MISSING);
            expected.put(web.at("/forbidden"), Cause.REFUSED);
            expected.put(web.at("/wall"), Cause.REFUSED);
            expected.put(web.at("/noai"), Cause.NO_AI);
            expected.put(web.at("/foreign"), null);
            expected.put(web.at("/private/a"), Cause.ROBOTS);
            expected.put(web.at("/tiny"), Cause.SMALL);
            expected.put(web.at("/huge"), Cause.PIXELS);
            expected.put(web.at("/later"), Cause.BUSY);
            expected.put("http://localhost:1/x", Cause.PRIVATE);
            expected.put("http://[::1]/x", Cause.PRIVATE);
            expected.put("http://no-such-host.invalid/x", Cause.HOST);
            expected.put("ftp://127.0.0.1/x", Cause.ADDRESS);
            Path out = folder.resolve("out");
            CollectSettings settings = settings(1000, Resizing.BORDER);
            Result result = collect(list(List.copyOf(expected.keySet())), out, settings);
            Map<String, String> became = new HashMap<>();
            try (ParquetFile table = ParquetFile.open(out.resolve("00000.parquet"))) {
                PageCache cache = PageCache.ofHeap(new UnpackedFiles(folder));
                ColumnReader url = table.column(table.columns().get(0), cache);
                ColumnReader message = table.column(table.columns().get(3), cache);
                for (int i = 0; i < table.rows(); i++) became.put(url.text(i), message.text(i));
            }
            expected.forEach((url, cause) -> {
                if (cause == null) assertThat(became.get(url)).as(url).isNull();
                else assertThat(became.get(url)).as(url).startsWith(cause.toString());
            });
            assertThat(result.pictures()).isEqualTo(2);
            assertThat(result.failures()).containsEntry(Cause.PRIVATE, 3L).containsEntry(Cause.BYTES, 2L);
            assertThat(result.failures().values().stream().mapToLong(n -> n).sum())
                    .isEqualTo(expected.size() - 2);
            assertThat(web.asked("/private/a")).isZero();
        }
    }

    @Test
    void aHostThatIsBusyIsAskedAgain() throws IOException {
        Map<String, HttpHandler> pages = new HashMap<>();
        AtomicInteger asked = new AtomicInteger();
        HttpHandler busy = Web.status(503), good = Web.file(picture(1));
        pages.put("/a", exchange -> (asked.incrementAndGet() == 1 ? busy : good).handle(exchange));
        try (Web web = new Web(pages)) {
            Result result = collect(list(List.of(web.at("/a"))), folder.resolve("out"), settings(10, Resizing.NO));
            assertThat(result.pictures()).isEqualTo(1);
            assertThat(web.asked("/a")).isEqualTo(2);
        }
    }

    /** As after a kill: the shard that was begun is made anew, whole ones are not asked for again, and all is as if nothing had happened. */
    @Test
    void aCollectionGoesOnWhereItWasBrokenOff() throws IOException {
        Map<String, HttpHandler> pages = new HashMap<>();
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            pages.put("/" + i, Web.file(picture(i == 7 ? 2 : i)));
            paths.add("/" + i);
        }
        try (Web web = new Web(pages)) {
            Path list = list(paths.stream().map(web::at).toList());
            CollectSettings settings = settings(3, Resizing.CENTER_CROP);
            Path whole = folder.resolve("whole"), broken = folder.resolve("broken");
            Result undisturbed = collect(list, whole, settings);
            int before = web.asked("/0");
            Collection collection = new Collection(list, "", "", broken, settings);
            assertThatThrownBy(() -> collection.run((what, done, total) -> {
                        if (done >= 4) throw new IllegalStateException("killed");
                    }))
                    .hasMessageContaining("killed");
            Result result = collection.run(Progress.SILENT);
            assertThat(web.asked("/0")).isEqualTo(before + 1);
            assertThat(result.pictures()).isEqualTo(undisturbed.pictures()).isEqualTo(8);
            assertThat(result.failures()).isEqualTo(Map.of(Cause.DUPLICATE, 1L));
            for (String name : List.of("00000", "00001", "00002"))
                for (String ending : List.of(".tar", ".parquet"))
                    assertThat(broken.resolve(name + ending)).hasSameBinaryContentAs(whole.resolve(name + ending));
            try (Stream<Path> files = Files.list(broken)) {
                assertThat(files.filter(file -> file.toString().endsWith(".spool")))
                        .isEmpty();
            }
        }
    }

    @Test
    void anotherListOrOtherSettingsDoNotMixIntoAFolder() throws IOException {
        try (Web web = new Web(Map.of("/a", Web.file(picture(1))))) {
            Path list = list(List.of(web.at("/a"))), out = folder.resolve("out");
            collect(list, out, settings(3, Resizing.CENTER_CROP));
            assertThatThrownBy(() -> collect(list, out, settings(3, Resizing.NO)))
                    .hasMessage(out
                            + " was begun with resize CENTER_CROP and not NO: say it again, or take another folder");
            Files.writeString(list, Files.readString(list).replace("picture 0", "picture 1")); // of the same length
            assertThatThrownBy(() -> collect(list, out, settings(3, Resizing.CENTER_CROP)))
                    .hasMessageMatching(".* was begun with list [0-9a-f]{12} and not [0-9a-f]{12}: .*");
        }
    }

    @Test
    void anEmptyListIsOneSentence() throws IOException {
        Path list = list(List.of());
        assertThatThrownBy(() -> collect(list, folder.resolve("out"), settings(3, Resizing.NO)))
                .hasMessage(list + " has no rows");
    }
}
