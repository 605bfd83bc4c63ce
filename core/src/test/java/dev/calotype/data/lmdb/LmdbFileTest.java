package dev.calotype.data.lmdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Golden by py-lmdb: 123 entries, one branch page, four leaves, one value of 7028 bytes in two pages of its own. */
class LmdbFileTest {
    private static final int PAGE = 4096;

    @TempDir
    Path folder;

    private ByteBuffer content;
    private int branch;
    private int leaf;

    @BeforeEach
    void read() throws IOException {
        try (InputStream in = LmdbFileTest.class.getResourceAsStream("/data/lmdb/lsun.mdb")) {
            content = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        }
        for (int page = 2 * PAGE; page < content.capacity(); page += PAGE) {
            if (content.getShort(page + 10) == 1) branch = page;
            if (content.getShort(page + 10) == 2) leaf = page;
        }
    }

    @Test
    void everyEntryIsReadInTheOrderOfKeys() throws IOException {
        try (LmdbFile file = open((key, value) -> true)) {
            assertThat(file.size()).isEqualTo(123);
            assertThat(file.key(0)).isEqualTo("0".repeat(40));
            assertThat(file.value(0))
                    .hasSize(7028)
                    .startsWith(0x89, 'P', 'N', 'G')
                    .endsWith(0xAE, 0x42, 0x60, 0x82);
            assertThat(file.key(1)).isEqualTo("0286dd552c9bea9a69ecb3759e7b94777635514b");
            assertThat(file.key(121)).isEqualTo("num-samples");
            assertThat(file.value(121)).asString().isEqualTo("122");
            assertThat(file.key(122)).isEqualTo("0xff00");
            for (int i = 2; i < 122; i++) assertThat(file.key(i)).isGreaterThan(file.key(i - 1));
        }
    }

    @Test
    void onlyWhatIsChosenIsKept() throws IOException {
        try (LmdbFile file = open((key, value) -> value == null)) {
            assertThat(file.size()).isEqualTo(1);
            assertThat(file.value(0)).hasSize(7028);
        }
    }

    @Test
    void theYoungerMetaPageCountsAndADamagedOneIsTold() throws IOException {
        long root = content.getLong(PAGE + 128);
        content.putLong(128, root).putLong(120, 123).putShort(94, (short) 2).putLong(144, 7);
        content.putLong(PAGE + 120, 5);
        try (LmdbFile file = open((key, value) -> true)) {
            assertThat(file.size()).isEqualTo(123);
        }
        content.putInt(PAGE + 16, 0);
        refused("no meta page stands at byte 4096");
    }

    @ParameterizedTest
    @CsvSource({
        "92, 4, several values of one key (dupsort) are not read",
        "92, 8, keys that are numbers or reversed are not read",
        "94, 33, its tree must be at most 32 pages deep: 33",
        "94, 3, lies at a wrong depth",
        "120, 122, it claims 122 entries and holds 123",
        "128, 9, page 9 lies outside the 9 pages that it has"
    })
    void aMetaPageThatLiesOrIsOfAnotherKindIsTold(int at, short value, String message) {
        content.putShort(PAGE + at, value);
        refused(message);
    }

    @Test
    void lyingPagesAreTold() {
        content.putShort(branch + content.getShort(branch + 16), (short) (branch / PAGE));
        refused("two ways lead to page " + branch / PAGE);
    }

    @Test
    void namedDatabasesAreTold() {
        int node = leaf + content.getShort(leaf + 16);
        content.putShort(node + 4, (short) 2);
        refused("it holds several databases (");
    }

    @Test
    void nodesBeyondTheirPageAreTold() {
        content.putShort(leaf + content.getShort(leaf + 16) + 6, (short) 5000);
        refused("page " + leaf / PAGE + " has a node beyond its bounds");
    }

    @Test
    void morePointersThanNodesFitAreTold() {
        content.putShort(leaf + 12, (short) 2000).putShort(leaf + 14, (short) 2000);
        refused("page " + leaf / PAGE + " claims nodes that do not fit into it");
    }

    @Test
    void aTruncatedFileIsToldWhereverItEnds() throws IOException {
        byte[] whole = content.array();
        for (int length = 0; length < whole.length; length += 509) {
            content = ByteBuffer.wrap(Arrays.copyOf(whole, length));
            refused("");
        }
    }

    /** Whatever stands in the file, it is read or refused in a sentence, and never by an accident of the reader. */
    @Test
    void mutatedBytesEndInASentence() throws IOException {
        byte[] whole = content.array().clone();
        Random random = new Random(5);
        int refused = 0;
        for (int round = 0; round < 1500; round++) {
            byte[] bytes = whole.clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                int page = random.nextInt(bytes.length / PAGE) * PAGE;
                int at = random.nextBoolean() ? random.nextInt(160) : random.nextInt(PAGE);
                bytes[page + at] = (byte) (random.nextBoolean() ? random.nextInt(256) : bytes[page + at] ^ 1);
            }
            content = ByteBuffer.wrap(bytes);
            try (LmdbFile file = open((key, value) -> true)) {
                for (int i = 0; i < file.size(); i += 7) file.value(i);
            } catch (IOException e) {
                refused++;
                assertThat(e).hasMessageNotContaining("null");
                assertThat(e.getCause() instanceof RuntimeException).isFalse();
            }
        }
        assertThat(refused).isBetween(300, 1400);
    }

    private void refused(String message) {
        assertThatIOException()
                .isThrownBy(() -> open((key, value) -> true))
                .withMessageContaining("data.mdb is no LMDB environment that can be read: ")
                .withMessageContaining(message);
    }

    private LmdbFile open(LmdbFile.Choice choice) throws IOException {
        return LmdbFile.open(Files.write(folder.resolve("data.mdb"), content.array()), choice);
    }
}
