package dev.calotype.data.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.data.store.UnpackedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** pyarrow 25 and pandas 2.3.3 read the same files; here the reader of this project does. */
class ParquetTableTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 9, 1000})
    void textsComeBackAndAbsentOnesStayAbsent(int rows) throws IOException {
        List<String> texts = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            texts.add(i % 3 == 2 ? null : "täxt " + i);
            numbers.add(i % 5 == 4 ? null : i - 3);
        }
        Path file = folder.resolve("t.parquet");
        Files.write(
                file,
                new ParquetTable(rows).texts("a", texts).numbers("n", numbers).bytes());
        try (ParquetFile table = ParquetFile.open(file)) {
            assertThat(table.rows()).isEqualTo(rows);
            assertThat(table.columns().stream().map(ParquetColumn::name)).containsExactly("a", "n");
            PageCache cache = PageCache.ofHeap(new UnpackedFiles(folder));
            ColumnReader a = table.column(table.columns().get(0), cache);
            ColumnReader n = table.column(table.columns().get(1), cache);
            for (int i = 0; i < rows; i++) {
                assertThat(a.text(i)).isEqualTo(texts.get(i));
                assertThat(n.text(i)).isEqualTo(numbers.get(i) == null ? null : String.valueOf(numbers.get(i)));
            }
        }
    }
}
