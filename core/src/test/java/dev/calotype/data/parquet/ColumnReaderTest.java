package dev.calotype.data.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.calotype.data.store.UnpackedFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnReaderTest {
    private static final int IMAGE = 1;

    @TempDir
    Path folder;

    private Path table(String name) throws IOException {
        try (InputStream in = getClass().getResourceAsStream("/data/parquet/" + name)) {
            Files.copy(in, folder.resolve(name));
            return folder.resolve(name);
        }
    }

    private PageCache cache(long most, int small) {
        return new PageCache(most, small, new UnpackedFiles(folder.resolve("cache")));
    }

    private static List<String> values(ParquetFile file, PageCache cache) throws IOException {
        List<String> values = new ArrayList<>();
        for (ParquetColumn column :
                List.of(file.columns().get(0), file.columns().get(IMAGE))) {
            ColumnReader reader = file.column(column, cache);
            for (long k = 0; k < 2 * file.rows(); k++) values.add(reader.text(k * 7 % file.rows()));
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({"none-pages, 0", "snappy, 2", "gzip-2, 2", "deltas, 2"})
    void largePagesAreLeftInFilesAndPagesThatDoNotFitAreReadAgain(String name, int unpacked) throws IOException {
        try (ParquetFile file = ParquetFile.open(table(name + ".parquet"))) {
            List<String> usual = values(file, cache(1 << 20, 1 << 20));
            assertThat(values(file, cache(1 << 20, 16))).isEqualTo(usual);
            assertThat(values(file, cache(1 << 12, 16))).isEqualTo(usual);
            String[] files = folder.resolve("cache").toFile().list();
            assertThat(files == null ? 0 : files.length).isEqualTo(unpacked);
        }
    }

    @Test
    void aPageThatJavasMemoryCannotHoldIsRefused() throws IOException {
        try (ParquetFile file = ParquetFile.open(table("snappy.parquet"))) {
            ColumnReader reader = file.column(file.columns().get(IMAGE), cache(100, 16));
            assertThatIOException()
                    .isThrownBy(() -> reader.bytes(0))
                    .withMessageContaining("column img, row 0: a page of it takes")
                    .withMessageContaining("fewer rows in a page");
        }
    }
}
