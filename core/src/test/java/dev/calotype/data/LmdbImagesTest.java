package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.calotype.data.label.LabelRule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An environment by py-lmdb with 120 lossless WebP, a JPEG, a PNG, and a number under num-samples. */
class LmdbImagesTest {
    @TempDir
    Path folder;

    @BeforeEach
    void copy() throws IOException {
        try (InputStream in = LmdbImagesTest.class.getResourceAsStream("/data/lmdb/lsun.mdb")) {
            Files.copy(in, folder.resolve("data.mdb"));
        }
        Files.write(folder.resolve("lock.mdb"), new byte[8192]);
    }

    @Test
    void theFolderAndTheFileAreADataSet() throws IOException {
        for (Path path : new Path[] {folder, folder.resolve("data.mdb")})
            try (ImageDataset data = DataSource.open(path.toString(), 3)) {
                assertThat(data.size()).isEqualTo(122);
                assertThat(data.sampleName(1)).endsWith("data.mdb/0286dd552c9bea9a69ecb3759e7b94777635514b");
                assertPixel(data, 0, 197, 215, 20);
                assertPixel(data, 1, 43 * 37 % 256, 43 * 91 % 256, 43 * 11 % 256);
                assertPixel(data, 60, 55 * 37 % 256, 55 * 91 % 256, 55 * 11 % 256);
                assertPixel(data, 119, 46 * 37 % 256, 46 * 91 % 256, 46 * 11 % 256);
                assertThat(data.read(0).image().at(47, 47, 0)).isEqualTo(128);
                assertThat(data.read(121).image().width()).isEqualTo(8);
                assertThat(data.passedOver()).singleElement().satisfies(line -> {
                    assertThat(line.reason()).isEqualTo("values of an LMDB environment that are no pictures");
                    assertThat(line.example()).isEqualTo("num-samples");
                });
            }
    }

    @Test
    void whatLiesBesideIsCountedAndLabelsOfNamesAreRefused() throws IOException {
        Files.createFile(folder.resolve("README"));
        try (ImageDataset data = DataSource.open(folder.toString(), 3)) {
            assertThat(data.passedOver()).extracting(line -> line.example()).contains("README");
            assertThat(data.passedOver()).extracting(line -> line.example()).doesNotContain("lock.mdb");
        }
        ReadOptions options = ReadOptions.channels(3).withLabels(LabelRule.PREFIX);
        assertThatIOException()
                .isThrownBy(() -> DataSource.open(folder.toString(), options))
                .withMessageContaining(
                        "has no names of files that could be labels: data.labels must be auto or none, not prefix");
        assertThatIOException()
                .isThrownBy(() -> DataSource.open(folder + ":test", 3))
                .withMessageContaining("has no part test");
    }

    @ParameterizedTest
    @CsvSource({"12, DEC0EFBE", "12, BEEFC0DE", "16, BEEFC0DE"})
    void environmentsOfOtherMachinesAreNamed(int at, String magic) throws IOException {
        byte[] head = new byte[8192];
        for (int i = 0; i < 4; i++) head[at + i] = (byte) Integer.parseInt(magic.substring(2 * i, 2 * i + 2), 16);
        Files.write(folder.resolve("data.mdb"), head);
        assertThatIOException()
                .isThrownBy(() -> DataSource.open(folder.toString(), 3))
                .withMessageContaining("an LMDB environment of a machine of 32 bits or of the other byte order");
    }

    @Test
    void theTrainingPartOfSeveralFoldersIsTaken() throws IOException {
        for (String part : new String[] {"church_train_lmdb", "church_val_lmdb"}) {
            Path inner = Files.createDirectories(folder.resolve("lsun/" + part));
            Files.copy(folder.resolve("data.mdb"), inner.resolve("data.mdb"));
        }
        try (ImageDataset data = DataSource.open(folder.resolve("lsun").toString(), 3)) {
            assertThat(data.sampleName(0)).contains("church_train_lmdb");
        }
        try (ImageDataset data = DataSource.open(folder.resolve("lsun") + ":val", 3)) {
            assertThat(data.sampleName(0)).contains("church_val_lmdb");
        }
    }

    private static void assertPixel(ImageDataset data, long index, int red, int green, int blue) throws IOException {
        int[] expected = {red, green, blue};
        for (int c = 0; c < 3; c++)
            assertThat(data.read(index).image().at(0, 0, c)).isEqualTo(expected[c]);
    }
}
