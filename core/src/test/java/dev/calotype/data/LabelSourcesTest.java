package dev.calotype.data;

import static dev.calotype.data.Fixtures.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.label.LabelRule;
import dev.calotype.data.store.PassedOver;
import dev.calotype.data.video.ClipSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Labels where people keep them. */
class LabelSourcesTest {
    @TempDir
    Path temp;

    private ImageDataset open(Object path) throws IOException {
        return DataSource.open(
                path.toString(), new ReadOptions(3, LabelRule.AUTO, temp.resolve("cache"), ClipSettings.PICTURES));
    }

    private static Map<String, byte[]> pictures(String... names) {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < names.length; i++) files.put(names[i], png(i));
        return files;
    }

    private static Map<String, byte[]> with(Map<String, byte[]> files, String list, String text) {
        Map<String, byte[]> more = new TreeMap<>(files);
        more.put(list, text.getBytes(StandardCharsets.UTF_8));
        return more;
    }

    private ImageDataset folder(Map<String, byte[]> files) throws IOException {
        return open(Fixtures.folder(temp.resolve("f" + folders++), files));
    }

    private int folders;

    private static List<String> labels(ImageDataset data) throws IOException {
        List<String> labels = new ArrayList<>();
        for (long i = 0; i < data.size(); i++) {
            int label = data.read(i).label();
            assertThat(data.label(i)).isEqualTo(label);
            labels.add(label < 0 ? "-" : data.classes().get(label));
        }
        return labels;
    }

    private static final Map<String, byte[]> STYLEGAN = pictures(
            "00000/img00000000.png", "00000/img00000001.png", "00001/img00000002.png", "00001/img00000003.png");

    @Test
    void styleGansDataSetHasTheLabelsOfItsFile() throws IOException {
        Map<String, String> files = Map.of(
                "pairs",
                        "{\"labels\": [[\"00000/img00000000.png\", 0], [\"00000/img00000001.png\", 2],"
                                + " [\"00001/img00000002.png\", 1], [\"00001/img00000003.png\", 0]]}",
                "object",
                        "{\"size\": {\"w\": [3]}, \"labels\": {\"00000/img00000000.png\": 0,"
                                + " \"00000/img00000001.png\": 2, \"00001/img00000002.png\": 1, \"00001/img00000003.png\": 0}}");
        for (Map.Entry<String, String> file : files.entrySet()) {
            Map<String, byte[]> all = with(STYLEGAN, "dataset.json", file.getValue());
            try (ImageDataset zip = open(Fixtures.zip(temp.resolve(file.getKey() + ".zip"), all));
                    ImageDataset folder = folder(all)) {
                for (ImageDataset data : List.of(zip, folder)) {
                    assertThat(labels(data)).containsExactly("0", "2", "1", "0");
                    assertThat(data.classes()).containsExactly("0", "1", "2");
                    assertThat(data.labelSource()).isEqualTo("dataset.json");
                    assertThat(data.passedOver()).isEmpty();
                }
            }
        }
    }

    @Test
    void nullMeansNoLabelsAndVectorsAreNone() throws IOException {
        Map<String, byte[]> folders = pictures("a/1.png", "b/2.png");
        try (ImageDataset data = folder(with(folders, "dataset.json", "{\"labels\": null}"))) {
            assertThat(labels(data)).containsExactly("-", "-");
            assertThat(data.labelSource()).contains("dataset.json says that there are none");
        }
        String vectors = "{\"labels\": [[\"a/1.png\", [0.5, 1]]]}";
        try (ImageDataset data = folder(with(folders, "dataset.json", vectors))) {
            assertThat(labels(data)).containsExactly("a", "b");
            assertThat(data.passedOver()).hasSize(1);
        }
    }

    @Test
    void chunksThroughWhichNumbersGoOnAreNoClasses() throws IOException {
        for (Map<String, byte[]> files : List.of(
                STYLEGAN,
                pictures("00000/00000.png", "00000/00001.png", "01000/01000.png", "69000/69999.png"),
                pictures("000/7.png", "001/8.png")))
            try (ImageDataset data = folder(files)) {
                assertThat(data.classes()).isEmpty();
                assertThat(data.labelSource()).contains("are chunks");
            }
        for (Map<String, byte[]> files : List.of(
                pictures("0/1.png", "1/2.png"),
                pictures("00000/00000.png", "00001/00000.png"),
                pictures("00000/00000_00001.png", "00001/00001_00000.png"),
                pictures("000/1.png", "x/2.png")))
            try (ImageDataset data = folder(files)) {
                assertThat(data.classes()).hasSize(2);
                assertThat(data.labelSource()).isEqualTo("sub-folders");
            }
    }

    @Test
    void foldersThatSpreadFilesByDigitsOfHashesAreNoClasses() throws IOException {
        for (Map<String, byte[]> files : List.of(
                pictures("bedroom/0/0/f/00fa.png", "bedroom/a/3/1/a31b.png"), pictures("0f/a1/x.png", "c3/00/y.png")))
            try (ImageDataset data = folder(files)) {
                assertThat(data.classes()).isEmpty();
                assertThat(data.labelSource()).contains("spread files");
            }
        try (ImageDataset data = folder(pictures("0/1.png", "a/2.png"))) {
            assertThat(data.classes()).as("one level").containsExactly("0", "a");
        }
        try (ImageDataset data = folder(pictures("bedroom/0/0/1.png", "church/0/a/2.png"))) {
            assertThat(data.classes()).containsExactly("bedroom", "church");
        }
    }

    @Test
    void aTableOfNamesAndLabelsIsEnough() throws IOException {
        Map<String, byte[]> three = pictures("0.png", "1.png", "2.png");
        Map<String, String> numbers = Map.of(
                "metadata.csv", "file_name,label\n0.png,0\n1.png,1\n2.png,0\n",
                "metadata.jsonl",
                        "{\"file_name\":\"0.png\",\"label\":0}\n{\"file_name\":\"1.png\",\"label\":1}\n"
                                + "{\"file_name\":\"2.png\",\"label\":0}\n",
                "labels.csv", "Id;Whatever\n0;0\n1;1\n2;0\n",
                "train.csv", "image_id\tother\ttarget\n0.png\tx\t0\n1.png\ty\t1\n2.png\tz\t0\n");
        for (Map.Entry<String, String> list : numbers.entrySet())
            try (ImageDataset data = folder(with(three, list.getKey(), list.getValue()))) {
                assertThat(labels(data)).as(list.getKey()).containsExactly("0", "1", "0");
                assertThat(data.labelSource()).startsWith(list.getKey());
                assertThat(data.passedOver()).isEmpty();
            }
        String names = "text,file_name,label\na cat,0.png,katze\na dog,1.png,犬\n,9.png,katze\n";
        try (ImageDataset data = folder(with(three, "metadata.csv", names))) {
            assertThat(labels(data)).containsExactly("katze", "犬", "-");
            assertThat(data.read(1).caption()).isEqualTo("a dog");
            assertThat(data.passedOver())
                    .extracting(PassedOver::count, PassedOver::example)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(1L, "9.png"),
                            org.assertj.core.groups.Tuple.tuple(1L, "2.png"));
        }
    }

    @Test
    void kagglesTableLiesBesideItsFolder() throws IOException {
        Map<String, byte[]> files = pictures("train/a1.jpg", "train/b2.jpg", "test/c3.jpg");
        files = with(files, "labels.csv", "id,breed\na1,pug\nb2,boxer\n");
        files = with(files, "sample_submission.csv", "id,pug,boxer\nc3,0.5,0.5\n");
        Path root = Fixtures.folder(temp.resolve("dogs"), files);
        for (Path path : List.of(root, root.resolve("train")))
            try (ImageDataset data = open(path)) {
                assertThat(labels(data)).containsExactly("pug", "boxer");
                assertThat(data.labelSource()).isEqualTo("../labels.csv, column breed");
            }
        try (ImageDataset data = open(root + ":test")) {
            assertThat(data.classes()).isEmpty();
        }
    }

    @Test
    void theColumnThatNamesPicturesIsFoundAmongSeveral() throws IOException {
        Map<String, byte[]> whales = pictures("0.jpg", "1.jpg", "2.jpg");
        String table = "Image,Id\n0.jpg,w_1\n1.jpg,w_2\n2.jpg,w_1\n";
        try (ImageDataset data = folder(with(whales, "train.csv", table))) {
            assertThat(labels(data)).containsExactly("w_1", "w_2", "w_1");
        }
    }

    @Test
    void aTableOfOtherThingsHindersNothing() throws IOException {
        Map<String, byte[]> one = pictures("0.png", "1.png");
        for (String text : List.of(
                "patientid,finding\n1,x\n", "filename,age\n0.png,3\n", "", "{\"labels\": {\"0\": \"sky\"}}", "\n\n")) {
            String list = text.startsWith("{") ? "dataset.json" : "metadata.csv";
            try (ImageDataset data = folder(with(one, list, text))) {
                assertThat(data.size()).isEqualTo(2);
                assertThat(data.passedOver()).as(text).hasSize(1);
            }
        }
        assertThatThrownBy(() -> folder(with(one, "metadata.csv", "file_name,label\nx.png,1\n")))
                .hasMessageContaining("names none of the 2 pictures");
    }

    @Test
    void aGuessedColumnWithoutRepeatsIsNoClass() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        StringBuilder table = new StringBuilder("id,score\n");
        for (int i = 0; i < 30; i++) {
            files.put("p" + i + ".png", png(i));
            table.append("p").append(i).append(",").append(i * 1.5).append("\n");
        }
        try (ImageDataset data = folder(with(files, "train.csv", table.toString()))) {
            assertThat(data.classes()).isEmpty();
            assertThat(data.passedOver()).hasSize(1);
        }
    }
}
