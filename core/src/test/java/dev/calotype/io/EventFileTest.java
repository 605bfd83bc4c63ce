package dev.calotype.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bytes are those that Python's tensorboard 2.21 writes for the same events. */
class EventFileTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_700_000_000L, 500_000_000), ZoneOffset.UTC);
    private static final String VERSION =
            "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b353110";
    private static final String START = "0f000000000000006d532b090900002040fc54d941101f3a020801217f8372";
    private static final String SCALARS =
            "2d000000000000003c418afb0900002040fc54d94110ac022a1f0a0a0a0366696415000014410a11"
                    + "0a0a747261696e2f6c6f737315cdcccc3d3de9006e";
    private static final String PNG = "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd"
            + "0000000f49444154789c63f8cfc0c0f0ff3f00060002fe";
    private static final String IMAGE =
            "5b000000000000001b01028a0900002040fc54d94110ac022a4d0a4b0a0773616d706c65732240080110021803223889504e470d0a1a0a"
                    + "0000000d49484452000000020000000108020000007b40e8dd0000000f49444154789c63f8cfc0c0f0ff3f00060002fe"
                    + "d0811906";

    @TempDir
    private Path folder;

    @Test
    void recordsAreThoseOfTensorBoardItself() throws IOException {
        try (EventFile file = EventFile.create(folder, 31, CLOCK)) {
            file.scalars(300, new TreeMap<>(Map.of("fid", 9.25, "train/loss", 0.1, "gone", Double.NaN)));
            file.image(300, "samples", HexFormat.of().parseHex(PNG));
        }
        assertThat(hex(files().get(0))).isEqualTo(VERSION + START + SCALARS + IMAGE);
    }

    @Test
    void aRecordIsThereAsSoonAsItIsWritten() throws IOException {
        try (EventFile file = EventFile.create(folder, 0, CLOCK)) {
            assertThat(hex(files().get(0))).isEqualTo(VERSION);
            file.scalars(300, new TreeMap<>(Map.of("fid", 9.25, "train/loss", 0.1)));
            assertThat(hex(files().get(0))).isEqualTo(VERSION + SCALARS);
        }
    }

    @Test
    void twoFilesOfOneSecondAreReadInTheirOrder() throws IOException {
        EventFile.create(folder, 0, CLOCK).close();
        EventFile.create(folder, 31, CLOCK).close();
        assertThat(files())
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "events.out.tfevents.1700000000.000.calotype", "events.out.tfevents.1700000000.001.calotype");
        assertThat(hex(files().get(1))).endsWith(START);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private static String hex(Path file) throws IOException {
        return HexFormat.of().formatHex(Files.readAllBytes(file));
    }
}
