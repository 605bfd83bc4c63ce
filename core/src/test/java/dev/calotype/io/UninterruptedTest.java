package dev.calotype.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UninterruptedTest {
    @TempDir
    private Path folder;

    @AfterEach
    void nobodyElseIsInterrupted() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void filesAreWrittenByAThreadThatIsInterrupted() throws IOException {
        Thread.currentThread().interrupt();
        AtomicFile.write(folder.resolve("x"), "text");
        try (EventFile events = EventFile.create(folder.resolve("events"), 1)) {
            assertThat(Thread.interrupted()).isTrue();
            assertThat(events).isNotNull();
        }
        assertThat(folder.resolve("x")).hasContent("text");
    }

    @Test
    void whatAnInterruptBrokeOffIsDoneAgain() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        Path file = folder.resolve("y");
        Uninterrupted.run(() -> AtomicFile.write(file, channel -> {
            if (tries.incrementAndGet() == 1) Thread.currentThread().interrupt();
            channel.write(java.nio.ByteBuffer.wrap(new byte[3]));
        }));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(tries).hasValue(2);
        assertThat(Files.size(file)).isEqualTo(3);
    }

    @Test
    void otherFailuresAreTold() {
        assertThatThrownBy(() -> Uninterrupted.run(() -> {
                    throw new CancellationException("by somebody");
                }))
                .hasMessage("by somebody");
    }
}
