package dev.calotype.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.junit.jupiter.api.Test;

class ReasonTest {
    @Test
    void whatJavaLeavesUnsaidIsSaid() {
        assertThat(Reason.of(new NoSuchFileException("a.png"))).isEqualTo("there is no file a.png");
        assertThat(Reason.of(new AccessDeniedException("a.png")))
                .isEqualTo("a.png may not be read or written by this user");
        assertThat(Reason.of(new FileAlreadyExistsException("a.png"))).isEqualTo("a.png is there already");
        assertThat(Reason.of(new NotDirectoryException("a"))).isEqualTo("a is no folder");
        assertThat(Reason.of(new FileSystemException("a", null, null)))
                .isEqualTo("a cannot be used (FileSystemException)");
        assertThat(Reason.of(new MalformedInputException(1))).isEqualTo("it is not text in UTF-8");
        assertThat(Reason.of(new EOFException())).isEqualTo("it ends early");
        assertThat(Reason.of(new IOException(" "))).isEqualTo("IOException");
    }

    @Test
    void whatIsSaidIsRepeated() {
        assertThat(Reason.of(new FileSystemException("a", null, "No space left on device")))
                .isEqualTo("a: No space left on device");
        assertThat(Reason.of(new IOException("it is cut off"))).isEqualTo("it is cut off");
        assertThat(Reason.of(new UncheckedIOException(new IOException("it is cut off"))))
                .isEqualTo("it is cut off");
    }
}
