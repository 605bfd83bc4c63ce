package dev.calotype.data;

import static dev.calotype.data.Fixtures.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.label.LabelRule;
import dev.calotype.data.video.ClipSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZipStoreTest {
    private static final int BZIP2 = 12;
    private static final int LZMA = 14;

    @TempDir
    Path temp;

    private ImageDataset open(Path path) throws IOException {
        return DataSource.open(path, new ReadOptions(3, LabelRule.AUTO, temp.resolve("cache"), ClipSettings.PICTURES));
    }

    /** A zip of stored entries {@code 0.png, 1.png, ...} whose headers claim another method or flag. */
    private Path zip(int method, int flag, byte[][] packed, byte[][] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream out = new ZipOutputStream(bytes)) {
            for (int i = 0; i < packed.length; i++) {
                ZipEntry entry = new ZipEntry(i + ".png");
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(packed[i].length);
                CRC32 crc = new CRC32();
                crc.update(packed[i]);
                entry.setCrc(crc.getValue());
                out.putNextEntry(entry);
                out.write(packed[i]);
            }
        }
        byte[] zip = bytes.toByteArray();
        for (int at = 0, i = 0; at + 4 < zip.length; at++) {
            if (zip[at] != 'P' || zip[at + 1] != 'K' || zip[at + 2] != 1 || zip[at + 3] != 2) continue;
            zip[at + 8] |= flag;
            zip[at + 10] = (byte) method;
            CRC32 crc = new CRC32();
            crc.update(content[i]);
            put(zip, at + 16, (int) crc.getValue());
            put(zip, at + 24, content[i].length);
            i++;
        }
        return Files.write(temp.resolve("method-" + method + "-" + flag + ".zip"), zip);
    }

    private static void put(byte[] bytes, int at, int value) {
        for (int i = 0; i < 4; i++) bytes[at + i] = (byte) (value >> 8 * i);
    }

    private static byte[] bzip2(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (BZip2CompressorOutputStream out = new BZip2CompressorOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    @Test
    void filesPackedWithBzip2AreRead() throws IOException {
        Path zip = zip(BZIP2, 0, new byte[][] {bzip2(png(5)), bzip2(png(6))}, new byte[][] {png(5), png(6)});
        try (ImageDataset data = open(zip)) {
            assertThat(data.read(1).image().at(0, 0, 0)).isEqualTo(6);
            assertThat(data.passedOver()).isEmpty();
        }
    }

    @Test
    void filesPackedOtherwiseAreNamedWithTheirMethodAndNotCalledDamaged() throws IOException {
        byte[][] one = {png(1)};
        assertThatThrownBy(() -> open(zip(LZMA, 0, one, one)))
                .hasMessageContaining("compressed with LZMA")
                .hasMessageContaining("pack it anew with deflate")
                .hasMessageContaining("1, for example 0.png")
                .hasMessageNotContaining("damaged");
        assertThatThrownBy(() -> open(zip(93, 0, one, one))).hasMessageContaining("Zstandard");
        assertThatThrownBy(() -> open(zip(77, 0, one, one))).hasMessageContaining("number 77");
        assertThatThrownBy(() -> open(zip(0, 1, one, one)))
                .hasMessageContaining("encrypted")
                .hasMessageNotContaining("damaged");
    }

    @Test
    void aChangedBitIsFoundByTheChecksum() throws IOException {
        byte[][] one = {png(1)};
        byte[][] other = {png(2)};
        try (ImageDataset data = open(zip(0, 0, one, other))) {
            assertThatThrownBy(() -> data.read(0)).hasMessageContaining("0.png").hasMessageContaining("checksum");
        }
    }

    @Test
    void aZipThatEndsAnywhereHasAMessage() throws IOException {
        Map<String, byte[]> files = new TreeMap<>(Map.of("a.png", png(1), "b/c.png", png(2)));
        byte[] whole = Files.readAllBytes(Fixtures.zip(temp.resolve("a.zip"), files));
        for (int length = 4; length < whole.length; length++) {
            Path cut = Files.write(temp.resolve("cut.zip"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> open(cut))
                    .as("the first " + length + " bytes")
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cut.zip")
                    .hasMessageMatching("(?s).*(incomplete|ends early).*")
                    .hasMessageNotContaining("null");
        }
    }

    @Test
    void namesOfAnOldCodePageStayDifferent() throws IOException {
        Path path = temp.resolve("old.zip");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(path), Charset.forName("IBM437"))) {
            for (String name : new String[] {"é/1.png", "ü/2.png"}) {
                out.putNextEntry(new ZipEntry(name));
                out.write(png(1));
            }
        }
        try (ImageDataset data = open(path)) {
            assertThat(data.classes()).hasSize(2);
        }
    }
}
