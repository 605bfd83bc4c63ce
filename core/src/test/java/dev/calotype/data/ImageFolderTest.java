package dev.calotype.data;

import static dev.calotype.data.Fixtures.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.AnyScript;
import dev.calotype.data.label.LabelRule;
import dev.calotype.data.label.Labels;
import dev.calotype.data.video.ClipSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    private static final Map<String, byte[]> ANIMALS = new TreeMap<>(Map.of(
            "set/dog/b.png", png(20),
            "set/cat/z.png", png(30),
            "set/cat/a.png", png(10),
            "set/README.md", bytes("about"),
            "set/cat/.hidden.png", bytes("hidden"),
            "__MACOSX/set/cat/a.png", bytes("resource fork")));

    @TempDir
    Path temp;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private ReadOptions options() {
        return new ReadOptions(3, LabelRule.AUTO, temp.resolve("cache"), ClipSettings.PICTURES);
    }

    private ImageFolder folder(Map<String, byte[]> files, LabelRule rule) throws IOException {
        return ImageFolder.of(
                Fixtures.folder(temp.resolve("f"), files), options().withLabels(rule));
    }

    private ImageFolder archive(Path path) throws IOException {
        return ImageFolder.ofArchives(path.toString(), List.of(path), options());
    }

    /** Each sample as the grey of its picture, its class and its caption. */
    private static List<String> digest(ImageDataset data) throws IOException {
        List<String> digest = new ArrayList<>();
        for (long i = 0; i < data.size(); i++) {
            Sample s = data.read(i);
            String label = s.label() < 0 ? "-" : data.classes().get(s.label());
            digest.add(s.image().at(2, 1, 0) + " " + label + " " + s.caption());
        }
        return digest;
    }

    @Test
    void theSameFilesAreTheSameDataHoweverTheyArePacked() throws IOException {
        Path tar = Fixtures.tar(temp.resolve("a.tar"), ANIMALS);
        List<String> expected = List.of("10 cat ", "30 cat ", "20 dog ");
        try (ImageDataset folder = folder(ANIMALS, LabelRule.AUTO);
                ImageDataset zip = archive(Fixtures.zip(temp.resolve("a.zip"), ANIMALS));
                ImageDataset plain = archive(tar);
                ImageDataset gzipped = archive(Fixtures.gzip(tar, temp.resolve("a.tgz")))) {
            for (ImageDataset data : List.of(folder, zip, plain, gzipped)) {
                assertThat(digest(data)).as(data.name()).isEqualTo(expected);
                assertThat(data.classes()).containsExactly("cat", "dog");
            }
        }
    }

    @Test
    void labelsByFolderCountBelowTheSharedFolders() throws IOException {
        assertThat(labels(LabelRule.FOLDER, "train/cat/x/1.png", "train/dog/2.png", "train/3.png"))
                .containsExactly(-1, 0, 1);
    }

    private List<Integer> labels(LabelRule rule, String... names) throws IOException {
        Labels labels = Labels.byName(rule, Arrays.stream(names).sorted().toList());
        return Arrays.stream(labels.of()).boxed().toList();
    }

    @Test
    void oneFolderIsAClassOnlyIfAskedFor() throws IOException {
        assertThat(labels(LabelRule.AUTO, "cat/1.png", "cat/2.png")).containsExactly(-1, -1);
        assertThat(Labels.byName(LabelRule.FOLDER, List.of("a/cat/1.png", "a/cat/2.png"))
                        .classes())
                .containsExactly("cat");
        assertThatThrownBy(() -> labels(LabelRule.FOLDER, "1.png", "2.png")).hasMessageContaining("sub-folders");
    }

    @Test
    void automaticLabelsNeedEveryPictureInASubFolder() throws IOException {
        assertThat(labels(LabelRule.AUTO, "cat/1.png", "dog/1.png")).containsExactly(0, 1);
        assertThat(labels(LabelRule.AUTO, "cat/1.png", "dog/1.png", "x.png")).containsExactly(-1, -1, -1);
    }

    @Test
    void labelsByPrefixEndAtTheFirstUnderscore() throws IOException {
        assertThat(Labels.byName(LabelRule.PREFIX, List.of("a/cat_1_x.png", "b/ant_2.png")))
                .satisfies(l -> assertThat(l.classes()).containsExactly("ant", "cat"))
                .satisfies(l -> assertThat(l.of()).containsExactly(1, 0));
        assertThatThrownBy(() -> labels(LabelRule.PREFIX, "cat.png")).hasMessageContaining("cat.png");
    }

    @Test
    void aFolderWithoutPicturesSaysWhatItHoldsInstead() {
        assertThatThrownBy(
                        () -> folder(Map.of("a.xyz", bytes("x"), "b.xyz", bytes("x"), "c", bytes("x")), LabelRule.AUTO))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no pictures")
                .hasMessageContaining("no extension (1), .xyz (2)");
    }

    @Test
    void aCorruptPictureIsNamedAndTheOthersAreRead() throws IOException {
        try (ImageDataset data = folder(Map.of("a.png", png(1), "b.png", bytes("nonsense")), LabelRule.AUTO)) {
            assertThat(data.read(0).image().at(0, 0, 0)).isEqualTo(1);
            assertThatThrownBy(() -> data.read(1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("b.png: ");
            assertThatThrownBy(() -> data.read(2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void linksAreFollowedOnlyWithinTheFolder() throws IOException {
        Path outside = Files.write(temp.resolve("secret.png"), png(99));
        Path root = Fixtures.folder(temp.resolve("f"), Map.of("a.png", png(1)));
        Files.createSymbolicLink(root.resolve("evil.png"), outside);
        Files.createSymbolicLink(root.resolve("loop"), root);
        Files.createSymbolicLink(root.resolve("gone.png"), temp.resolve("nowhere.png"));
        Files.createSymbolicLink(root.resolve("z.png"), root.resolve("a.png"));
        try (ImageDataset data = ImageFolder.of(root, options())) {
            assertThat(digest(data)).containsExactly("1 - ", "1 - ");
        }
    }

    @Test
    void namesThatClimbOutOfAnArchiveAreOnlyNames() throws IOException {
        Map<String, byte[]> files = Map.of("../evil.png", png(5), "/abs/./x/../y.png", png(6), "..\\win.png", png(7));
        for (Path path :
                List.of(Fixtures.zip(temp.resolve("e.zip"), files), Fixtures.tar(temp.resolve("e.tar"), files)))
            try (ImageDataset data = archive(path)) {
                assertThat(data.size()).isEqualTo(3);
                for (int i = 0; i < 3; i++) assertThat(data.read(i).name()).doesNotContain("..");
                assertThat(digest(data)).containsExactly("6 - ", "5 - ", "7 - ");
            }
        try (var there = Files.list(temp)) {
            assertThat(there.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("e.zip", "e.tar");
        }
    }

    @Test
    void longNamesInTarsAreWhole() throws IOException {
        String name = "folder-".repeat(40) + "/é" + "x".repeat(120) + ".png";
        for (int mode : new int[] {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX}) {
            Path tar = Fixtures.tar(temp.resolve(mode + ".tar"), Map.of(name, png(8), "b.png", png(9)), mode);
            try (ImageDataset data = archive(tar)) {
                assertThat(data.read(1).name()).endsWith("/" + name);
                assertThat(digest(data)).containsExactly("9 - ", "8 - ");
            }
        }
    }

    @Test
    void webDatasetShardsHaveLabelsAndCaptionsBesideThePictures() throws IOException {
        Path first = Fixtures.tar(
                temp.resolve("0.tar"),
                Map.of(
                        "000.png",
                        png(1),
                        "000.cls",
                        bytes("2\n"),
                        "000.txt",
                        bytes("one room\n"),
                        "000.mask.png",
                        png(0)));
        Path second = Fixtures.tar(
                temp.resolve("1.tar"),
                Map.of("000.png", png(2), "000.cls", bytes("0"), "000.json", bytes("{\"caption\": \"two\"}")));
        try (ImageDataset data = ImageFolder.ofArchives("shards", List.of(first, second), options())) {
            assertThat(data.classes()).containsExactly("0", "1", "2");
            assertThat(digest(data)).containsExactly("1 2 one room", "2 0 two");
        }
    }

    @Test
    void writtenLabelsMayBeNames() throws IOException {
        Labels labels = Labels.written(new String[] {"dog", null, "ant"}, "");
        assertThat(labels.classes()).containsExactly("ant", "dog");
        assertThat(labels.of()).containsExactly(1, -1, 0);
    }

    @Test
    void theFirstCaptionOfAListCounts() throws IOException {
        Map<String, String> lists = Map.of(
                "captions.jsonl",
                "{\"file_name\": \"in/a.png\", \"captions\": [\"first\", \"second\"]}\n\n{\"image\": \"b.png\", \"text\": \"b, x\"}",
                "metadata.csv",
                "caption,file_name\r\nfirst,in/a.png\r\nsecond,a.png\r\n\"b, x\",./b.png\r\n",
                "captions.txt",
                "image,caption\na.png,first\na.png,second\nb.png,\"b, x\"\nc.png,gone\n",
                "x.token.txt",
                "a.png#0\tfirst\na.png#1\tsecond\nb.png#0\tb, x");
        for (Map.Entry<String, String> list : lists.entrySet()) {
            Path root = temp.resolve(list.getKey());
            Map<String, byte[]> files =
                    Map.of("in/a.png", png(1), "b.png", png(2), "d.png", png(3), list.getKey(), bytes(list.getValue()));
            try (ImageDataset data = ImageFolder.of(Fixtures.folder(root, files), options())) {
                assertThat(digest(data)).as(list.getKey()).containsExactly("2 - b, x", "3 - ", "1 - first");
            }
        }
    }

    @Test
    void badCaptionListsAreRefusedWithTheirLine() {
        Map<String, String> lists = Map.of(
                "captions.jsonl", "{\"file_name\": \"a.png\", \"text\": \"x\"}\n{nonsense",
                "metadata.jsonl", "{\"file_name\": \"elsewhere.png\", \"text\": \"x\"}",
                "captions.csv", "image,caption\na.png,\"never closed\n");
        Map<String, String> messages = Map.of(
                "captions.jsonl", "captions.jsonl: line 2 is not JSON",
                "metadata.jsonl", "names none of the 1 pictures",
                "captions.csv", "line 2: a quote is never closed");
        for (String list : lists.keySet()) {
            Map<String, byte[]> files = Map.of("a.png", png(1), list, bytes(lists.get(list)));
            assertThatThrownBy(() -> ImageFolder.of(Fixtures.folder(temp.resolve(list), files), options()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(messages.get(list));
        }
    }

    @Test
    void picturesWithOddNamesAreFound() throws IOException {
        AnyScript.assume();
        try (ImageDataset data = folder(Map.of("back\\slash.png", png(4), "späce é.png", png(5)), LabelRule.AUTO)) {
            assertThat(digest(data)).containsExactly("4 - ", "5 - ");
        }
    }

    @Test
    void manyThreadsReadWhatOneReads() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < 200; i++) files.put(String.format(Locale.ROOT, "%03d.png", i), png(i));
        try (ImageDataset tar = archive(Fixtures.tar(temp.resolve("a.tar"), files));
                ImageDataset zip = archive(Fixtures.zip(temp.resolve("a.zip"), files))) {
            for (ImageDataset data : List.of(tar, zip)) {
                List<Integer> greys = IntStream.range(0, 200)
                        .parallel()
                        .mapToObj(i -> grey(data, i))
                        .toList();
                assertThat(greys).isEqualTo(IntStream.range(0, 200).boxed().toList());
            }
        }
    }

    private static int grey(ImageDataset data, int index) {
        try {
            return data.read(index).image().at(0, 0, 0);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
