package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentHashTest {
    @TempDir
    private Path folder;

    private static String hash(Path path) throws IOException {
        return new ContentHash().addFiles(path).hex();
    }

    /** As of a list that is named by its name alone. */
    @Test
    void aFileHasTheSameHashHoweverItIsNamed() throws IOException {
        assertThat(hash(Path.of("pom.xml"))).isEqualTo(hash(Path.of("pom.xml").toAbsolutePath()));
    }

    @Test
    void whatIsKeptBesideAFolderDoesNotCount() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "a");
        String before = hash(folder);
        Path beside = Files.createDirectory(folder.resolve(ContentHash.BESIDE));
        Files.writeString(beside.resolve("b.txt"), "b");
        assertThat(hash(folder)).isEqualTo(before);
        Files.writeString(folder.resolve("b.txt"), "b");
        assertThat(hash(folder)).isNotEqualTo(before);
    }

    @Test
    void aLinkHasTheHashOfWhatItLeadsTo() throws IOException {
        for (String version : List.of("v1", "v2"))
            Files.writeString(Files.createDirectory(folder.resolve(version)).resolve("a.txt"), version);
        Path link = Files.createSymbolicLink(folder.resolve("set"), folder.resolve("v1"));
        assertThat(hash(link)).isEqualTo(hash(folder.resolve("v1"))).isNotEqualTo(hash(folder.resolve("v2")));
        Files.delete(link);
        Files.createSymbolicLink(link, folder.resolve("v2"));
        assertThat(hash(link)).isEqualTo(hash(folder.resolve("v2")));
    }

    private static String hashOf(ImageDataset data) throws IOException {
        return new ContentHash().add(data).hex();
    }

    private Path pictures(String name, int count) throws IOException {
        Path pictures = Files.createDirectory(folder.resolve(name));
        for (int i = 0; i < count; i++)
            PngFile.write(pictures.resolve(i + ".png"), new Picture(1, 1, 1, new byte[] {(byte) i}));
        return pictures;
    }

    /** As captions of {@code ../metadata.csv}, which an encoder makes vectors of. */
    @Test
    void aListBesideAFolderCounts() throws IOException {
        Path pictures = pictures("train", 2), list = folder.resolve("metadata.csv");
        Set<String> hashes = new HashSet<>();
        for (String caption : List.of("a bird", "a cat")) {
            Files.writeString(list, "file_name,text\n0.png," + caption + "\n1.png,a dog\n");
            try (ImageDataset data = ImageFolder.of(pictures, ReadOptions.channels(1))) {
                assertThat(data.caption(0)).isEqualTo(caption);
                hashes.add(hashOf(data));
            }
        }
        Files.delete(list);
        try (ImageDataset data = ImageFolder.of(pictures, ReadOptions.channels(1))) {
            hashes.add(hashOf(data));
        }
        assertThat(hashes).hasSize(3);
    }

    @Test
    void eachFileOfTwoBlendedSetsCounts() throws IOException {
        Path first = pictures("first", 66), second = pictures("second", 2);
        Set<String> hashes = new HashSet<>();
        for (Path changed : List.of(first.resolve("9.png"), second.resolve("1.png"), folder)) {
            try (ImageDataset blended = new BlendedDataset(
                    ImageFolder.of(first, ReadOptions.channels(1)),
                    ImageFolder.of(second, ReadOptions.channels(1)),
                    0.5,
                    List.of())) {
                hashes.add(hashOf(blended));
            }
            if (!changed.equals(folder)) PngFile.write(changed, new Picture(1, 1, 1, new byte[] {99}));
        }
        assertThat(hashes).hasSize(3);
    }
}
