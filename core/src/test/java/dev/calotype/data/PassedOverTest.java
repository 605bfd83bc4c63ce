package dev.calotype.data;

import static dev.calotype.data.Fixtures.png;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.data.label.LabelRule;
import dev.calotype.data.store.PassedOver;
import dev.calotype.data.video.ClipSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of every file: it is read, or counted with an example and a reason. */
class PassedOverTest {
    @TempDir
    Path temp;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private ImageDataset open(Object path) throws IOException {
        return DataSource.open(
                path.toString(), new ReadOptions(3, LabelRule.AUTO, temp.resolve("cache"), ClipSettings.PICTURES));
    }

    /** Each line as its count, its example and the beginning of its reason. */
    private static List<String> lines(ImageDataset data) {
        return data.passedOver().stream()
                .map(p -> p.count() + " " + p.example() + " " + p.reason().replaceAll("[,:].*", ""))
                .toList();
    }

    @Test
    void captionsThatAreNotTextAreLeftOutAndCounted() throws IOException {
        byte[] latin = "a caf\u00E9".getBytes(StandardCharsets.ISO_8859_1);
        Path folder = Files.createDirectories(temp.resolve("latin"));
        for (String name : List.of("a", "b", "c")) Files.write(folder.resolve(name + ".png"), png(1));
        Files.write(folder.resolve("a.txt"), latin);
        Files.write(folder.resolve("b.txt"), bytes("a caf\u00E9"));
        try (ImageDataset data = open(folder)) {
            assertThat(List.of(data.caption(0), data.read(1).caption())).containsExactly("", "a caf\u00E9");
            assertThat(data.read(0).caption()).isEmpty();
            assertThat(lines(data)).containsExactly("1 a.txt captions that are not text in UTF-8");
        }
        Path listed = Files.createDirectories(temp.resolve("listed"));
        for (String name : List.of("a", "b")) Files.write(listed.resolve(name + ".png"), png(1));
        byte[] list = "file_name,text\na.png,a caf\u00E9\nb.png,tea\n".getBytes(StandardCharsets.ISO_8859_1);
        Files.write(listed.resolve("metadata.csv"), list);
        try (ImageDataset data = open(listed)) {
            assertThat(List.of(data.caption(0), data.caption(1))).containsExactly("", "tea");
            assertThat(lines(data)).containsExactly("1 metadata.csv captions that are not text in UTF-8");
        }
    }

    @Test
    void everyFileIsReadOrCountedHoweverItIsPacked() throws IOException {
        Map<String, byte[]> files = new TreeMap<>(Map.of(
                "cat/a.JPG", png(1),
                "cat/b.jfif", png(2),
                "cat/c.jxl", bytes("x"),
                "cat/d.PSD", bytes("x"),
                "dog/e.jxl", bytes("x"),
                "notes.txt", bytes("x"),
                "cat/Thumbs.db", bytes("x"),
                ".DS_Store", bytes("x"),
                "inner.zip", bytes("x"),
                "arr.npy", bytes("x")));
        String[] expected = {
            "2 cat/c.jxl JPEG XL pictures are not read",
            "1 cat/d.PSD Photoshop pictures are not read",
            "1 notes.txt files that are not pictures",
            "2 .DS_Store hidden files and those that a system keeps for itself",
            "1 inner.zip archives among other files",
            "1 arr.npy NumPy arrays among other files"
        };
        Path folder = Fixtures.folder(temp.resolve("f"), files);
        Path tar = Fixtures.tar(temp.resolve("f.tar"), files);
        try (ImageDataset inFolder = open(folder);
                ImageDataset inTar = open(tar);
                ImageDataset inGzip = open(Fixtures.gzip(tar, temp.resolve("f.tar.gz")));
                ImageDataset inZip = open(Fixtures.zip(temp.resolve("f.zip"), files))) {
            for (ImageDataset data : List.of(inTar, inGzip, inZip)) {
                assertThat(data.size()).as(data.name()).isEqualTo(2);
                assertThat(lines(data)).as(data.name()).containsExactlyInAnyOrder(expected);
            }
            assertThat(inFolder.size()).isEqualTo(2);
            assertThat(inFolder.passedOver().stream()
                            .mapToLong(PassedOver::count)
                            .sum())
                    .isEqualTo(9);
            assertThat(inFolder.passedOver())
                    .anyMatch(p -> p.reason().startsWith("folders without a picture")
                            && p.example().equals("dog/"));
        }
    }

    @Test
    void linksOfAFolderAreToldByWhereTheyLead() throws IOException {
        Path root = Fixtures.folder(temp.resolve("f"), Map.of("a.png", png(1)));
        Path outside = Files.write(temp.resolve("secret.png"), png(99));
        Files.createSymbolicLink(root.resolve("evil.png"), outside);
        Files.createSymbolicLink(root.resolve("gone.png"), temp.resolve("nowhere.png"));
        Files.createSymbolicLink(root.resolve("loop"), root);
        try (ImageDataset data = open(root)) {
            assertThat(lines(data))
                    .containsExactlyInAnyOrder(
                            "1 evil.png links that lead out of the folder",
                            "1 gone.png links that lead nowhere",
                            "1 loop links to folders");
        }
        Files.delete(root.resolve("a.png"));
        assertThatThrownBy(() -> open(root)).hasMessageContaining("evil.png").hasMessageContaining("out of the folder");
    }

    @Test
    void aSnapshotOfTheHubsCacheIsReadThroughItsLinks() throws IOException {
        Path repository = temp.resolve("hub/datasets--some--pictures");
        Path snapshot = Files.createDirectories(repository.resolve("snapshots/0123abc/data"));
        Path blobs = Files.createDirectories(repository.resolve("blobs"));
        for (int i = 0; i < 3; i++) {
            Files.write(blobs.resolve("hash" + i), png(10 + i));
            Files.createSymbolicLink(snapshot.resolve(i + ".jpg"), Path.of("../../../blobs/hash" + i));
        }
        Files.write(temp.resolve("secret.png"), png(99));
        Files.createSymbolicLink(snapshot.resolve("evil.png"), temp.resolve("secret.png"));
        for (Path path : List.of(snapshot, snapshot.getParent(), repository))
            try (ImageDataset data = open(path)) {
                assertThat(data.size()).as(path.toString()).isEqualTo(3);
                assertThat(data.read(2).image().at(0, 0, 0)).isEqualTo(12);
                assertThat(data.passedOver()).hasSize(1);
                assertThat(data.passedOver().get(0).example()).endsWith("evil.png");
            }
        Files.createDirectories(repository.resolve("snapshots/4567def"));
        assertThatThrownBy(() -> open(repository)).hasMessageContaining("0123abc, 4567def");
        Files.writeString(Files.createDirectories(repository.resolve("refs")).resolve("main"), "0123abc");
        try (ImageDataset data = open(repository)) {
            assertThat(data.size()).isEqualTo(3);
        }
    }

    @Test
    void linksInATarStandForTheFileThatTheyName() throws IOException {
        Path tar = temp.resolve("links.tar");
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
            out.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
            byte[] png = png(7);
            String folder = "long-".repeat(30);
            TarArchiveEntry entry = new TarArchiveEntry("./" + folder + "/a.png");
            entry.setSize(png.length);
            out.putArchiveEntry(entry);
            out.write(png);
            out.closeArchiveEntry();
            link(out, "b.png", TarConstants.LF_LINK, "./" + folder + "/a.png");
            link(out, folder + "/c.png", TarConstants.LF_SYMLINK, "a.png");
            link(out, "d.png", TarConstants.LF_SYMLINK, "b.png");
            link(out, "e.png", TarConstants.LF_SYMLINK, "/etc/passwd");
            link(out, "f.png", TarConstants.LF_SYMLINK, "../../" + folder + "/a.png");
            link(out, "g.png", TarConstants.LF_LINK, "nowhere.png");
            link(out, "pipe", TarConstants.LF_FIFO, "");
        }
        try (ImageDataset data = open(tar)) {
            assertThat(data.size()).isEqualTo(4);
            for (int i = 0; i < 4; i++)
                assertThat(data.read(i).image().at(0, 0, 0)).isEqualTo(7);
            assertThat(data.read(1).name()).endsWith("d.png");
            assertThat(lines(data))
                    .containsExactlyInAnyOrder(
                            "3 e.png links that lead to no file of the archive",
                            "1 pipe entries of a tar archive that are neither files nor links");
        }
    }

    private static void link(TarArchiveOutputStream out, String name, byte kind, String target) throws IOException {
        TarArchiveEntry link = new TarArchiveEntry(name, kind);
        link.setLinkName(target);
        out.putArchiveEntry(link);
        out.closeArchiveEntry();
    }

    @Test
    void ofTwoFilesOfOneNameTheLastIsReadAndToldOf() throws IOException {
        Path tar = temp.resolve("twice.tar");
        try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(tar))) {
            for (String name : List.of("a.png", "b.png", "./a.png")) {
                byte[] png = png(name.length());
                TarArchiveEntry entry = new TarArchiveEntry(name, true);
                entry.setSize(png.length);
                out.putArchiveEntry(entry);
                out.write(png);
                out.closeArchiveEntry();
            }
        }
        try (ImageDataset data = open(tar)) {
            assertThat(data.size()).isEqualTo(2);
            assertThat(data.read(0).image().at(0, 0, 0)).isEqualTo(7);
            assertThat(lines(data)).containsExactly("1 a.png files that an archive holds twice under one name");
        }
    }

    @Test
    void dottedNamesOfAWebDatasetAreSamplesOfTheirOwn() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        for (int i = 0; i < 3; i++) {
            files.put("00" + i + ".png", png(i));
            files.put("00" + i + ".txt", bytes("plain " + i));
            files.put("St. Ives 00" + i + ".png", png(10 + i));
            files.put("St. Ives 00" + i + ".txt", bytes("dotted " + i));
            files.put("v1.x." + i + ".png", png(20 + i));
            files.put("v1.x." + i + ".cls", bytes("" + i));
        }
        files.put("000.mask.png", png(99));
        files.put("alone.v2.png", png(30));
        files.put("pair.image.png", png(31));
        files.put("pair.mask.png", png(99));
        files.put("pair.cls", bytes("2"));
        files.put("vague.left.png", png(99));
        files.put("vague.right.png", png(99));
        files.put("vague.cls", bytes("2"));
        try (ImageDataset data = open(Fixtures.tar(temp.resolve("w.tar"), files))) {
            assertThat(data.size()).isEqualTo(11);
            assertThat(data.read(3).caption()).isEqualTo("dotted 0");
            assertThat(data.read(6).image().at(0, 0, 0)).isEqualTo(30);
            assertThat(data.read(7).image().at(0, 0, 0)).isEqualTo(31);
            assertThat(data.read(7).label()).isEqualTo(2);
            assertThat(data.read(9).label()).isEqualTo(1);
            assertThat(lines(data))
                    .containsExactlyInAnyOrder(
                            "2 000.mask.png pictures that belong to another one of the same WebDataset key",
                            "6 St. Ives 000.png WebDataset keys of pictures",
                            "2 vague.left.png pictures of a WebDataset sample that has several",
                            "7 000.png pictures without a label");
        }
    }

    @Test
    void partsInsideAnArchiveAreNoClasses() throws IOException {
        Map<String, byte[]> files = Map.of(
                "d/train/cat/1.png",
                png(1),
                "d/train/dog/2.png",
                png(2),
                "d/test/cat/3.png",
                png(3),
                "d/x/4.png",
                png(4));
        Path zip = Fixtures.zip(temp.resolve("parts.zip"), files);
        for (Path path : List.of(zip, Fixtures.folder(temp.resolve("p"), files)))
            try (ImageDataset train = open(path);
                    ImageDataset test = open(path + ":test")) {
                assertThat(train.size()).isEqualTo(2);
                assertThat(train.classes()).containsExactly("cat", "dog");
                assertThat(lines(train))
                        .containsExactly(
                                "1 d/x/4.png pictures that lie in no part",
                                "1 d/test/cat/3.png what belongs to another part");
                assertThat(test.read(0).image().at(0, 0, 0)).isEqualTo(3);
            }
        assertThatThrownBy(() -> open(zip + ":val")).hasMessageContaining("has no part val: it holds test, train, x");
    }

    @Test
    void filesBesideTheOnesOfAFormatAreTold() throws IOException {
        byte[] images = Fixtures.idxImages(1, 1, 1, new byte[1]);
        Path root = Fixtures.folder(
                temp.resolve("idx"),
                Map.of(
                        "train-images-idx3-ubyte",
                        images,
                        "train-labels-idx1-ubyte",
                        Fixtures.idxLabels((byte) 0),
                        "t10k-images-idx3-ubyte",
                        images,
                        "README",
                        bytes("x")));
        try (ImageDataset data = open(root)) {
            assertThat(lines(data))
                    .containsExactly(
                            "1 README files that are not pictures",
                            "1 t10k-images-idx3-ubyte what belongs to another part");
        }
    }
}
