package dev.calotype.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.parquet.ParquetTable;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairListTest {
    private static final List<Pair> TWO = List.of(
            new Pair(0, "http://a.example/1.jpg", "a red, \"big\" bed"), new Pair(1, "http://a.example/2.jpg", ""));

    @TempDir
    Path folder;

    private List<Pair> read(Path file, String url, String caption) throws IOException {
        List<Pair> pairs = new ArrayList<>();
        try (PairList list = PairList.open(file, url, caption, folder.resolve("scratch"))) {
            for (Optional<Pair> next; (next = list.next()).isPresent(); ) pairs.add(next.get());
        }
        return pairs;
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void listsOfEveryKindSayTheSame() throws IOException {
        String csv = "id,URL,TEXT\n7,http://a.example/1.jpg,\"a red, \"\"big\"\" bed\"\n8,http://a.example/2.jpg,\n";
        assertThat(read(file("a.csv", csv), "", "")).isEqualTo(TWO);
        assertThat(read(
                        file(
                                "bom.csv",
                                "\uFEFF"
                                        + csv.substring(3).replace("\n7,", "\n").replace("\n8,", "\n")),
                        "",
                        ""))
                .isEqualTo(TWO);
        String tsv = "caption\turl\n\"a red, \"\"big\"\" bed\"\thttp://a.example/1.jpg\n\thttp://a.example/2.jpg\n";
        assertThat(read(file("a.tsv", tsv), "", "")).isEqualTo(TWO);
        String jsonl =
                "{\"url\":\"http://a.example/1.jpg\",\"alt\":\"a red, \\\"big\\\" bed\"}\n{\"url\":\"http://a.example/2.jpg\",\"alt\":null}\n";
        assertThat(read(file("a.jsonl", jsonl.replace("null", "\"\"")), "", "")).isEqualTo(TWO);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(csv.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(read(Files.write(folder.resolve("a.csv.gz"), packed.toByteArray()), "", ""))
                .isEqualTo(TWO);
        byte[] parquet = new ParquetTable(2)
                .texts("url", List.of(TWO.get(0).url(), TWO.get(1).url()))
                .texts("caption", List.of(TWO.get(0).caption(), ""))
                .bytes();
        assertThat(read(Files.write(folder.resolve("a.parquet"), parquet), "", ""))
                .isEqualTo(TWO);
    }

    @Test
    void aColumnMayBeCalledOtherwise() throws IOException {
        Path file = file("a.csv", "where,url,what\nhttp://a.example/1.jpg,x,bed\n");
        assertThat(read(file, "where", "what")).containsExactly(new Pair(0, "http://a.example/1.jpg", "bed"));
        assertThatThrownBy(() -> read(file, "nowhere", ""))
                .hasMessage(file + " has no column nowhere for the address: it has [where, url, what]");
    }

    @Test
    void eachObjectTellsItsTextByANameOfItsOwn() throws IOException {
        String list =
                """
                {"url": "http://a.example/1"}
                {"url": "http://a.example/2", "Caption": "a bed"}
                {"url": "http://a.example/3", "caption": null, "alt": "a lamp"}
                """;
        Path file = file("a.jsonl", list);
        assertThat(read(file, "", "")).extracting(Pair::caption).containsExactly("", "a bed", "a lamp");
        assertThatThrownBy(() -> read(file, "", "what"))
                .hasMessage(file + " has no column what for the text: it has [url]");
    }

    @Test
    void aListOfAddressesAloneHasNoTexts() throws IOException {
        assertThat(read(file("a.txt", "http://a.example/1.jpg\n\n http://b.example/ \n"), "", ""))
                .containsExactly(new Pair(0, "http://a.example/1.jpg", ""), new Pair(1, "http://b.example/", ""));
    }

    @Test
    void whatIsNoListIsOneSentence() throws IOException {
        Path none = file("none.csv", "a,b\n1,2\n");
        assertThatThrownBy(() -> read(none, "", ""))
                .hasMessage(none + " has no column of addresses, such as url: it has [a, b]");
        Path other = file("list.xlsx", "x");
        assertThatThrownBy(() -> read(other, "", "")).hasMessageContaining("must end in .csv, .tsv, .jsonl, .txt");
        Path broken = file("broken.jsonl", "{\"url\":\"http://a.example/1\"}\n{\"url\":");
        assertThatThrownBy(() -> read(broken, "", "")).hasMessageStartingWith("the list cannot be read further: ");
    }
}
