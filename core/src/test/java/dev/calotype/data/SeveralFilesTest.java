package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeveralFilesTest {
    @TempDir
    Path folder;

    @Test
    void aPatternOfTablesIsOneDataSet() throws IOException {
        for (int i = 0; i < 2; i++) ParquetImagesTest.copy("train-0000" + i + "-of-00002.parquet", folder);
        String pattern = folder + "/train-{00000..00001}-of-00002.parquet";
        try (ImageDataset data = DataSource.open(pattern, 3)) {
            assertThat(data.size()).isEqualTo(9);
            assertThat(data.read(8).image()).isEqualTo(ParquetImagesTest.drawn(8));
            assertThat(data.name()).isEqualTo(pattern);
        }
        assertThatIOException()
                .isThrownBy(() -> DataSource.open(pattern.replace("00001}", "00003}"), 3))
                .withMessageContaining("stands for a file that is not there")
                .withMessageContaining("train-00002-of-00002.parquet");
    }

    @ParameterizedTest
    @CsvSource({"x{9..11}.a, x9.a x10.a x11.a", "x{08..10}{p;q}, x08p x08q x09p x09q x10p x10q", "x{b;a}, xb xa"})
    void aPatternStandsForFilesInItsOrder(String pattern, String names) throws IOException {
        for (String name : names.split(" ")) Files.createFile(folder.resolve(name));
        assertThat(FilePattern.files(folder + "/" + pattern.replace(';', ',')))
                .extracting(file -> file.getFileName().toString())
                .containsExactly(names.split(" "));
    }

    @Test
    void aRangeThatFallsOrIsTooLongIsRefused() {
        assertThatIOException().isThrownBy(() -> FilePattern.files("a{3..1}")).withMessageContaining("must rise");
        assertThatIOException()
                .isThrownBy(() -> FilePattern.files("a{1..999999}"))
                .withMessageContaining("by at most 100000: a{1..999999}");
        assertThat(FilePattern.is("a{b}")).isFalse();
    }

    @Test
    void cifar100IsReadWithTheNamesOfItsClasses() throws IOException {
        byte[] records = new byte[2 * 3074];
        for (int i = 0; i < 2; i++) {
            records[i * 3074] = (byte) (7 + i); // the superclass
            records[i * 3074 + 1] = (byte) (42 + i);
            records[i * 3074 + 2] = (byte) 200; // red of the first pixel
            records[i * 3074 + 2 + 1024] = 100;
        }
        Files.write(folder.resolve("train.bin"), records);
        Files.write(folder.resolve("test.bin"), Arrays.copyOf(records, 3074));
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < 100; i++) names.append("class ").append(i).append('\n');
        Files.writeString(folder.resolve("fine_label_names.txt"), names);
        Files.writeString(folder.resolve("coarse_label_names.txt"), "superclasses");
        try (ImageDataset data = DataSource.open(folder.toString(), 3)) {
            assertThat(data.size()).isEqualTo(2);
            Sample second = data.read(1);
            assertThat(data.classes().get(second.label())).isEqualTo("class 43");
            assertThat(second.image().at(0, 0, 0)).isEqualTo(200);
            assertThat(second.image().at(0, 0, 1)).isEqualTo(100);
        }
        try (ImageDataset data = DataSource.open(folder + ":test", 3)) {
            assertThat(data.size()).isEqualTo(1);
        }
    }
}
