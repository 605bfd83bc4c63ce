package dev.calotype.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpHandler;
import dev.calotype.collect.HostShare.Fetched;
import dev.calotype.collect.HostShare.Row;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostShareTest {
    private static final int SHARES = 2, TRIES = 100;

    @TempDir
    private Path folder;

    private static CollectSettings settings() {
        return new CollectSettings(
                16,
                CollectSettings.Resizing.CENTER_CROP,
                0,
                4,
                2,
                2,
                0,
                300,
                0,
                1_000_000,
                1_000_000,
                -1,
                "calotype-test",
                List.of("127.0.0.1"));
    }

    private static Row row(long number, String url) {
        return new Row(number, url, "text", url, 0);
    }

    /** A server whose rows are those of a share. */
    private static Web web(int share, Map<String, HttpHandler> pages) throws IOException {
        List<Web> others = new ArrayList<>();
        try {
            for (int tries = 0; tries < TRIES; tries++) {
                Web web = new Web(pages);
                if (HostShare.owner(row(0, web.at("/")), SHARES) == share) return web;
                others.add(web); // kept, so that another port comes
            }
            throw new AssertionError("no port is of share " + share);
        } finally {
            others.forEach(Web::close);
        }
    }

    private List<Fetched> fetched(int share, Row... rows) throws IOException {
        List<Fetched> fetched = new ArrayList<>();
        try (HostShare of = HostShare.fetch(List.of(rows), share, SHARES, settings(), folder.resolve("spool"))) {
            of.forEach(fetched::add);
        }
        return fetched;
    }

    private static byte[] picture() {
        return PngFile.encode(new Picture(16, 16, 3, new byte[3 * 16 * 16]), Map.of());
    }

    @Test
    void whatIsSentOnToADomainOfAnotherShareIsHandedOver() throws IOException {
        try (Web second = web(1, Map.of("/there", Web.file(picture())));
                Web first = web(
                        0,
                        Map.of(
                                "/own", Web.file(picture()),
                                "/near", Web.status(302, "Location", "/own"),
                                "/far", Web.status(302, "Location", second.at("/there"))))) {
            List<Fetched> here =
                    fetched(0, row(0, first.at("/own")), row(1, first.at("/near")), row(2, first.at("/far")));
            assertThat(here).extracting(Fetched::isElsewhere).containsExactly(false, false, true);
            assertThat(here.get(1).hash()).isPresent();
            assertThat(second.asked("/there") + second.asked("/robots.txt")).isZero();
            Row sent = here.get(2).row();
            assertThat(sent).isEqualTo(new Row(2, first.at("/far"), "text", second.at("/there"), 1));
            assertThat(HostShare.owner(sent, SHARES)).isEqualTo(1);
            List<Fetched> there = fetched(1, sent);
            assertThat(there).extracting(Fetched::isElsewhere).containsExactly(false);
            assertThat(there.get(0).hash()).isPresent();
            assertThat(first.asked("/far")).isEqualTo(1);
        }
    }

    @Test
    void aShardWantsEachOfItsRowsOnce() throws IOException {
        List<Fetched> rows = new ArrayList<>();
        try (Web web = web(0, Map.of("/a", Web.file(picture())))) {
            rows.addAll(fetched(0, row(4, web.at("/a")), row(5, web.at("/a")), row(6, web.at("/a"))));
        }
        HostShare.write(folder, 1, 4, 3, rows.iterator(), Map.of(), 1);
        assertThat(folder.resolve("00001_stats.json")).exists();
        Files.delete(folder.resolve("00001_stats.json"));
        List<Fetched> shifted = List.of(rows.get(0), rows.get(2)), twice = List.of(rows.get(0), rows.get(0));
        for (List<Fetched> wrong : List.of(shifted, twice, rows.subList(0, 1), rows.subList(1, 3)))
            assertThatThrownBy(() -> HostShare.write(folder, 1, 4, 2, wrong.iterator(), Map.of(), 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("shard 00001 is not written: row ");
        assertThat(folder.resolve("00001_stats.json")).doesNotExist();
    }
}
