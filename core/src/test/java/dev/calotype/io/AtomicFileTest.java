package dev.calotype.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    @Test
    void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = folder.resolve("x");
        Files.writeString(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    channel.write(ByteBuffer.wrap(new byte[100]));
                    assertThat(folder.toFile().list()).hasSize(2);
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("cannot write .*x: No space left on device \\(\\d+ MB free in .*\\)");
        assertThat(file).hasContent("old");
        assertThat(folder.toFile().list()).containsExactly("x");
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    throw new IllegalStateException("bug");
                }))
                .hasMessage("bug");
        assertThat(folder.toFile().list()).containsExactly("x");
    }

    @Test
    void aFullWriteReplacesTheOldFile() throws IOException {
        Path file = folder.resolve("x");
        Files.writeString(file, "a longer old text");
        AtomicFile.write(
                file,
                channel -> AtomicFile.writeAll(channel, ByteBuffer.wrap("new".getBytes(StandardCharsets.US_ASCII))));
        assertThat(file).hasContent("new");
        assertThat(folder.toFile().list()).containsExactly("x");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() {
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("no/x"), channel -> {}))
                .hasMessageContaining("there is no folder " + folder.resolve("no"));
        assertThatThrownBy(() -> AtomicFile.write(folder, channel -> {})).hasMessageContaining("it is a folder");
        assertThatThrownBy(() -> AtomicFile.write(folder.resolve("x"), channel -> {
                    throw new AccessDeniedException("x");
                }))
                .hasMessage("cannot write " + folder.resolve("x") + ": the folder " + folder + " does not allow it");
    }
}
