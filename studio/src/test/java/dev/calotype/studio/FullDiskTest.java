package dev.calotype.studio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.studio.job.BrokenStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A studio whose own files cannot be written says that it is its own fault, and nothing of these files. */
class FullDiskTest {
    @TempDir
    private Path folder;

    private void assertOurs(Client.Answer answer) throws Exception {
        assertThat(answer.status()).as(answer.text()).isEqualTo(503);
        assertThat(answer.json().at("/error/type").asText()).isEqualTo("server_error");
        assertThat(answer.text())
                .doesNotContain(folder.toString())
                .doesNotContain("sql")
                .doesNotContain("h2");
    }

    @Test
    void itSaysSoAndGoesOnOnceThereIsRoom() throws Exception {
        Path home = folder.resolve("home"), left = home.resolve("temporary/restore1");
        Files.writeString(Files.createDirectories(left).resolve("restored.png"), "left by a kill");
        try (Studio studio = Studio.start(
                StudioSettings.of(home, folder.resolve("runs")).atPort(0).with(1, 0))) {
            assertThat(home.resolve("temporary")).isEmptyDirectory();
            assertThat(folder.resolve("runs")).as("where new runs go").isDirectory();
            Client client = new Client(studio.url());
            Map<String, byte[]> picture = Map.of("file", PngFile.encode(new Picture(8, 8, 3, new byte[192]), Map.of()));
            Path uploads = home.resolve("uploads");
            Files.delete(uploads);
            Files.writeString(uploads, "no folder");
            assertOurs(client.postForm("/api/uploads", picture, Map.of()));
            Files.delete(uploads);
            Files.createDirectory(uploads);
            Path parts = home.resolve("temporary"); // where larger ones lie until the form is whole
            Files.delete(parts);
            Files.writeString(parts, "no folder");
            assertOurs(client.postForm("/api/uploads", Map.of("file", new byte[2_000_000]), Map.of()));
            Files.delete(parts);
            Files.createDirectory(parts);
            try (BrokenStore broken = BrokenStore.of(home)) {
                assertOurs(client.get("/api/jobs"));
                assertOurs(client.get("/api/jobs/none"));
            }
            assertThat(client.get("/api/jobs").status()).isEqualTo(200);
            assertThat(client.postForm("/api/uploads", picture, Map.of()).status())
                    .isEqualTo(201);
        }
    }
}
