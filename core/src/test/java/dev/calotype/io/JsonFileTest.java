package dev.calotype.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonFileTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("config.json"), text);
    }

    @Test
    void anObjectIsRead() throws IOException {
        assertThat(JsonFile.object(JSON, file("{\"size\": 32}"), 12)
                        .path("size")
                        .asInt())
                .isEqualTo(32);
        assertThat(JsonFile.read(JSON, file("[1, 2]"), 100)).hasSize(2);
    }

    @Test
    void whatIsNoneIsToldInOneSentence() throws IOException {
        Path absent = folder.resolve("absent.json");
        assertThatThrownBy(() -> JsonFile.read(JSON, absent, 100)).hasMessage("there is no file " + absent);
        Path large = file("{\"size\": 32}");
        assertThatThrownBy(() -> JsonFile.read(JSON, large, 11)).hasMessage(large + " has more than 11 bytes");
        Path broken = file("{\"size\": ");
        assertThatThrownBy(() -> JsonFile.read(JSON, broken, 100))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(broken + " is not JSON: ")
                .message()
                .doesNotContain("\n");
        Path list = file("[]");
        assertThatThrownBy(() -> JsonFile.object(JSON, list, 100)).hasMessage(list + " is not a JSON object");
    }
}
