package dev.calotype.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
