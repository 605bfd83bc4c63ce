package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.calotype.data.label.LabelRule;
import dev.calotype.data.store.PassedOver;
import dev.calotype.image.Picture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables that pyarrow 26 and datasets 5.2 wrote of drawn pictures: number i has i * 10 of red in every pixel. */
class ParquetImagesTest {
    private static final List<String> HUB =
            List.of("train-00000-of-00002.parquet", "train-00001-of-00002.parquet", "test-00000-of-00001.parquet");

    @TempDir
    Path folder;

    static Path copy(String name, Path into) throws IOException {
        try (InputStream in = ParquetImagesTest.class.getResourceAsStream("/data/parquet/" + name)) {
            Files.createDirectories(into);
            Files.copy(in, into.resolve(name));
            return into.resolve(name);
        }
    }

    private static ImageDataset open(Path path) throws IOException {
        return DataSource.open(path.toString(), 3);
    }

    static Picture drawn(int i) {
        byte[] pixels = new byte[4 * 4 * 3];
        for (int p = 0; p < 16; p++) {
            pixels[3 * p] = (byte) (i * 10);
            pixels[3 * p + 1] = (byte) (p / 4 * 20);
            pixels[3 * p + 2] = (byte) (p % 4 * 20 + i);
        }
        return new Picture(4, 4, 3, pixels);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none-pages", "snappy", "gzip-2", "zstd-2", "lz4", "deltas"})
    void everyCodecAndEncodingGivesTheSameSamplesInAnyOrder(String name) throws IOException {
        try (ImageDataset data = open(copy(name + ".parquet", folder))) {
            assertThat(data.size()).isEqualTo(20);
            assertThat(data.classes()).containsExactly("cat", "dog", "emu");
            assertThat(data.labelSource()).isEqualTo("column category");
            for (int k = 0; k < 40; k++) {
                int i = k * 13 % 20;
                Sample sample = data.read(i);
                assertThat(sample.image()).isEqualTo(drawn(i));
                assertThat(sample.label()).isEqualTo(i == 7 ? Sample.UNLABELLED : i % 3);
                assertThat(data.label(i)).isEqualTo(sample.label());
                assertThat(sample.caption()).isEqualTo(i == 3 ? "" : "a caption of picture " + i);
            }
            assertThat(data.passedOver()).extracting(PassedOver::example).containsExactly("id");
            assertThat(data.passedOver()).extracting(PassedOver::count).containsExactly(2L);
        }
    }

    @Test
    void theFilesOfARepositoryAreOneDataSetWithItsPartsAndTheNamesOfItsClasses() throws IOException {
        for (String name : HUB) copy(name, folder.resolve("data"));
        Files.writeString(folder.resolve("README.md"), "a card");
        try (ImageDataset train = open(folder)) {
            assertThat(train.size()).isEqualTo(9);
            assertThat(train.classes()).containsExactly("zebra", "ant", "cow");
            for (int i = 0; i < 9; i++) {
                assertThat(train.read(i).image()).isEqualTo(drawn(i));
                assertThat(train.read(i).label()).isEqualTo(i == 4 ? Sample.UNLABELLED : i % 3);
            }
            assertThat(train.read(7).caption()).isEqualTo("picture 7");
            assertThat(train.sampleName(7)).endsWith("train-00001-of-00002.parquet#1");
        }
        try (ImageDataset test = DataSource.open(folder + ":test", 3)) {
            assertThat(test.size()).isEqualTo(2);
            assertThat(test.read(0).image()).isEqualTo(drawn(9));
        }
    }

    @Test
    void whatCannotBeReadIsNamed() throws IOException {
        assertThatIOException()
                .isThrownBy(() -> open(copy("brotli.parquet", folder)))
                .withMessageContaining("compressed by BROTLI; read are uncompressed, snappy, gzip, zstd and lz4_raw");
        assertThatIOException()
                .isThrownBy(() -> open(copy("paths.parquet", folder)))
                .withMessageContaining("holds paths (a/1.png) instead of pictures");
        Path table = copy("snappy.parquet", folder);
        assertThatIOException()
                .isThrownBy(() -> DataSource.open(
                        table.toString(), ReadOptions.channels(3).withLabels(LabelRule.FOLDER)))
                .withMessageContaining("data.labels must be auto or none, not folder");
        copy("train-00000-of-00002.parquet", folder);
        Files.delete(folder.resolve("brotli.parquet"));
        Files.delete(folder.resolve("paths.parquet"));
        assertThatIOException()
                .isThrownBy(() -> open(folder))
                .withMessageContaining("has other columns or classes than");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip-2.parquet", "snappy.parquet", "deltas.parquet", "train-00000-of-00002.parquet"})
    void aFileThatWasCutOffOrChangedAnywhereIsReadOrEndsInASentence(String name) throws IOException {
        Path file = copy(name, folder);
        byte[] whole = Files.readAllBytes(file);
        int refused = 0;
        for (int at = 4; at < whole.length; at += 23) {
            byte[] changed = whole.clone();
            changed[at] ^= (byte) (at % 2 == 0 ? 0xFF : 1 << at % 8);
            Files.write(file, changed);
            refused += readable(file) ? 0 : 1;
            if (at % 5 != 0) continue;
            Files.write(file, Arrays.copyOf(whole, at));
            assertThat(readable(file)).isFalse();
        }
        assertThat(refused).isPositive();
    }

    private static boolean readable(Path file) {
        try (ImageDataset data = open(file)) {
            for (long i = 0; i < data.size(); i += 3) data.read(i);
            return true;
        } catch (IOException e) {
            assertThat(e.getMessage()).contains(file.toString()).doesNotContain("null");
            return false;
        }
    }
}
