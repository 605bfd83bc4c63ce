package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.calotype.data.store.PassedOver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives whose files are numbered in their order, as samples "name number caption"; golden by webdataset 1.0.2. */
class WebDatasetNamesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        // [a: png] [b: png] [a: txt] [c: png txt cls]
        "a.png b.png a.txt c.png c.TXT c.cls, a.png 0;b.png 1;c.png 3 4, 1 a.txt",
        // [a: png txt] [b: png txt] [a: png txt]
        "a.png a.txt b.png b.txt a.png a.txt, a.png 0 1;a.png 4 5;b.png 2 3, ",
        // [./a: png] [a: txt] [./b: png txt]
        "./a.png a.txt ./b.png ./b.txt, a.png 0;b.png 2 3, 1 a.txt",
        // [x.y/a: png txt] [z/a: png txt]
        "x.y/a.png x.y/a.txt z/a.png z/a.txt, x.y/a.png 0 1;z/a.png 2 3, ",
        // [a: png txt] [b: mask.png png txt]
        "a.PNG a.Txt b.mask.png b.png b.txt, a.PNG 0 1;b.png 3 4, ",
        // [a: png npy txt] [b: png txt] [x/d: png] [x/: e] [x/d: txt]
        "a.png a.npy README __meta__/a.json a.txt b.png .c b.txt x/d.png x/.e x/d.txt,"
                + " a.png 0 4;b.png 5 7;x/d.png 8, 1 x/d.txt"
    })
    void aSampleIsNeighboursOfOneKey(String files, String samples, String apart) throws IOException {
        try (ImageDataset data = DataSource.open(tar(files).toString(), 3)) {
            List<String> read = new ArrayList<>();
            for (long i = 0; i < data.size(); i++) {
                String name = data.sampleName(i).replaceFirst(".*\\.tar/", "");
                read.add((name + " " + data.read(i).image().at(0, 0, 0) + " " + data.caption(i)).strip());
            }
            assertThat(String.join(";", read)).isEqualTo(samples);
            assertThat(counted(data, "captions and labels that do not stand next to"))
                    .isEqualTo(apart);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a.png a.txt a.PNG, the WebDataset sample a has the field png twice",
        "x/a.png x/a.mask.Png x/a.txt x/a.mask.png, the WebDataset sample x/a has the field mask.png twice",
        "./a.npy ./a.npy b.png b.txt, the WebDataset sample ./a has the field npy twice"
    })
    void aFieldThatIsThereTwiceIsNamedWithItsKey(String files, String message) throws IOException {
        Path tar = tar(files);
        assertThatIOException()
                .isThrownBy(() -> DataSource.open(tar.toString(), 3))
                .withMessageContaining(tar + ": " + message);
    }

    @ParameterizedTest
    @CsvSource({
        "St. A.png St. A.txt St. B.png St. B.txt, 2, 2 St. A.png",
        "a.jpg a.png a.txt b.png b.txt, 3, 2 a.jpg",
        "a.left.png a.right.png, 2, 1 a.right.png",
        "a.png a.txt b.png b.txt, 2, "
    })
    void severalSamplesOfOneKeyAreTold(String files, long size, String told) throws IOException {
        try (ImageDataset data = DataSource.open(tar(files).toString(), 3)) {
            assertThat(data.size()).isEqualTo(size);
            assertThat(counted(data, "WebDataset keys of pictures")).isEqualTo(told);
        }
    }

    @Test
    void samplesDoNotReachFromOneArchiveIntoTheNext() throws IOException {
        Files.move(tar("a.txt b.png b.txt"), folder.resolve("2.tar"));
        Files.move(tar("c.png c.txt a.png"), folder.resolve("1.tar"));
        try (ImageDataset data = DataSource.open(folder + "/{1,2}.tar", 3)) {
            assertThat(data.size()).isEqualTo(3);
            assertThat(data.caption(0)).isEmpty();
        }
    }

    private static String counted(ImageDataset data, String reason) {
        for (PassedOver line : data.passedOver())
            if (line.reason().startsWith(reason)) return line.count() + " " + line.example();
        return null;
    }

    private Path tar(String files) throws IOException {
        Path path = folder.resolve("w.tar");
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(path), "UTF-8")) {
            int number = 0;
            for (String name : files.replace("St. ", "St.\t").split(" ")) {
                boolean picture = name.matches("(?i).*\\.(png|jpg)");
                byte[] content = picture
                        ? Fixtures.png(number)
                        : Integer.toString(number).getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(name.replace('\t', ' '), true);
                entry.setSize(content.length);
                out.putArchiveEntry(entry);
                out.write(content);
                out.closeArchiveEntry();
                number++;
            }
        }
        return path;
    }
}
