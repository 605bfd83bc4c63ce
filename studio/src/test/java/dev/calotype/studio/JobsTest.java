package dev.calotype.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PictureFormat;
import dev.calotype.image.PictureKind;
import dev.calotype.image.PngFile;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of every type, over the web. */
class JobsTest {
    private static final int SIDE = 32;

    @TempDir
    private static Path folder;

    private static Studio studio;
    private static Client client;

    @BeforeAll
    static void started() throws IOException {
        studio = TinyRuns.studio(folder);
        client = new Client(studio.url());
    }

    @AfterAll
    static void stopped() throws IOException {
        studio.close();
    }

    private static Picture noisy() {
        Rng rng = Rng.of(1);
        byte[] pixels = new byte[3 * SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (100 + i / 3 % SIDE * 2 + rng.nextInt(30));
        return new Picture(SIDE, SIDE, 3, pixels);
    }

    private static String upload(byte[] content) throws Exception {
        Client.Answer sent = client.postForm("/api/uploads", Map.of("file", content), Map.of());
        assertThat(sent.status()).as(sent.text()).isEqualTo(201);
        return sent.json().path("id").asText();
    }

    private static byte[] result(JsonNode job, int index) throws Exception {
        assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("done");
        return client.get(job.at("/results/" + index + "/url").asText()).body();
    }

    @Test
    void aPictureIsRestoredInItsOwnFormat() throws Exception {
        byte[] jpeg = PictureFormat.JPEG.encode(PictureFile.of(noisy()), Map.of());
        JsonNode job = client.done(
                "{\"type\":\"restore\",\"task\":\"denoise\",\"image\":\"" + upload(jpeg) + "\",\"seconds\":2}");
        byte[] restored = result(job, 0);
        assertThat(PictureKind.ofContent(restored)).contains(PictureKind.JPEG);
        assertThat(ImageFiles.decode(restored, 3).width()).isEqualTo(SIDE);
        assertThat(job.at("/results/0/settings/made/method").asText()).isNotEmpty();
        assertThat(job.path("title").asText()).doesNotContain("/");
    }

    @Test
    void whatTheMaskSaysIsFilledAndTheRestStays() throws Exception {
        Picture picture = noisy();
        byte[] alpha = new byte[SIDE * SIDE];
        for (int i = 0; i < alpha.length; i++) alpha[i] = (byte) (i / SIDE > 12 && i / SIDE < 16 ? 0 : 255);
        byte[] mask = PngFile.encode(
                new PictureFile(new Picture(SIDE, SIDE, 1, new byte[SIDE * SIDE]), alpha, new byte[0]), Map.of());
        String image = upload(PngFile.encode(picture, Map.of()));
        JsonNode job = client.done("{\"type\":\"restore\",\"task\":\"inpaint\",\"image\":\"" + image + "\",\"mask\":\""
                + upload(mask) + "\",\"sigma\":0,\"seconds\":2}");
        Path file = Files.write(folder.resolve("filled.png"), result(job, 0));
        assertThat(PngFile.text(file)).containsEntry("restored", "inpaint");
        Picture filled = ImageFiles.decode(result(job, 0), 3);
        assertThat(filled.at(3, 3, 0)).isEqualTo(picture.at(3, 3, 0));
        assertThat(filled).isNotEqualTo(picture);
    }

    @Test
    void picturesLieBetweenThoseOfTwoSeeds() throws Exception {
        JsonNode job = client.done(
                "{\"type\":\"interpolate\",\"model\":\"tiny-001\",\"class\":\"dark\",\"from\":{\"seed\":1},\"to\":{\"seed\":2},\"frames\":3}");
        assertThat(job.path("results")).hasSize(3);
        JsonNode end = client.done("{\"type\":\"draw\",\"model\":\"tiny-001\",\"class\":\"dark\",\"seed\":1}");
        Picture first = ImageFiles.decode(result(job, 0), 3), drawn = ImageFiles.decode(result(end, 0), 3);
        assertThat(ImageFiles.decode(result(job, 2), 3)).isNotEqualTo(first);
        int largest = 0;
        for (int i = 0; i < first.pixels().length; i++)
            largest = Math.max(largest, Math.abs((first.pixels()[i] & 0xFF) - (drawn.pixels()[i] & 0xFF)));
        assertThat(largest).as("the first is the picture of the first seed").isLessThanOrEqualTo(1);
    }

    @Test
    void aGridHasAPictureOfEachPairOfValues() throws Exception {
        JsonNode job = client.done(
                "{\"type\":\"grid\",\"model\":\"tiny-001\",\"base\":{\"seed\":3},"
                        + "\"x\":{\"key\":\"steps\",\"values\":[2,3,4]},\"y\":{\"key\":\"class\",\"values\":[\"dark\",\"bright\"]}}");
        assertThat(job.path("results")).hasSize(7);
        Picture sheet = ImageFiles.decode(result(job, 6), 3);
        assertThat(sheet.width()).isEqualTo(3 * 8 + 2 * 2);
        assertThat(sheet.height()).isEqualTo(2 * 8 + 2);
        JsonNode cell =
                client.done("{\"type\":\"draw\",\"model\":\"tiny-001\",\"class\":\"bright\",\"seed\":3,\"steps\":2}");
        assertThat(ImageFiles.decode(result(job, 3), 3)).isEqualTo(ImageFiles.decode(result(cell, 0), 3));
    }

    @Test
    void aGridVariesTwoSettingsOfPicturesOfOneSize() throws Exception {
        String grid = "{\"type\":\"grid\",\"model\":\"tiny-001\",\"base\":{},"
                + "\"x\":{\"key\":\"KEY\",\"values\":[8]},\"y\":{\"key\":\"steps\",\"values\":[2,3]}}";
        for (String key : List.of("model", "count", "width", "height", "image", "mask", "preview", "previews"))
            assertThat(refusal(grid.replace("KEY", key)))
                    .startsWith("key must be one of prompt, negative, class,")
                    .endsWith(": " + key);
        assertThat(refusal(grid.replace("KEY", "steps"))).isEqualTo("x and y must have different keys: steps");
    }

    private String refusal(String job) throws Exception {
        Client.Answer answer = client.post("/api/jobs", job);
        assertThat(answer.status()).isEqualTo(400);
        return answer.json().path("error").path("message").asText();
    }

    private static byte[] grey(int width, int height, int shade) {
        byte[] pixels = new byte[width * height];
        Arrays.fill(pixels, (byte) shade);
        return PngFile.encode(new Picture(width, height, 1, pixels), Map.of());
    }

    @Test
    void whatCanBeKnownOfAMaskOrAFileIsToldAtOnce() throws Exception {
        String image = upload(PngFile.encode(noisy(), Map.of()));
        Map<String, String> wrong = Map.of(
                "\"task\":\"inpaint\"",
                "mask must be given",
                "\"task\":\"inpaint\",\"mask\":\"" + upload(grey(8, 9, 255)) + "\"",
                "the mask must have the size of the picture, 32 x 32: 8 x 9",
                "\"task\":\"inpaint\",\"mask\":\"" + upload(grey(SIDE, SIDE, 0)) + "\"",
                "the mask marks no pixel as missing",
                "\"task\":\"inpaint\",\"mask\":\"" + upload(grey(SIDE, SIDE, 255)) + "\"",
                "the mask marks every pixel as missing",
                "\"task\":\"jpeg\"",
                "quality must be given where the picture is not a JPEG file",
                "\"task\":\"jpeg\",\"quality\":0",
                "quality must be a whole number in 1..100: 0",
                "\"task\":\"deblur\",\"kernel\":\"xx\"",
                "kernel must be a blur such as blur:2 or motion:15:30: xx",
                "\"task\":\"deblur\",\"kernel\":\"mask:0.5\"",
                "kernel must be a blur");
        for (var entry : wrong.entrySet()) {
            Client.Answer answer = client.post(
                    "/api/jobs", "{\"type\":\"restore\",\"image\":\"" + image + "\"," + entry.getKey() + "}");
            assertThat(answer.status()).as(entry.getKey()).isEqualTo(400);
            assertThat(answer.text()).contains(entry.getValue()).doesNotContain(folder.toString());
        }
    }

    @Test
    void whatBelongsToAnotherTaskIsRefused() throws Exception {
        String image = upload(PngFile.encode(noisy(), Map.of()));
        Map<String, String> wrong = Map.of(
                "\"task\":\"denoise\",\"kernel\":\"blur:2\"", "kernel is of the task deblur alone: denoise",
                "\"task\":\"deblur\"", "kernel must be given",
                "\"task\":\"paint\"", "task must be one of inpaint, denoise, enlarge, deblur, jpeg: paint",
                "\"task\":\"enlarge\",\"scale\":17", "scale must be a whole number in 2..16: 17",
                "\"task\":\"denoise\",\"method\":\"magic\"", "magic",
                "\"task\":\"denoise\",\"model\":\"tiny-001\"",
                        "the model tiny-001 cannot restore, only draw, interpolate");
        for (var entry : wrong.entrySet()) {
            Client.Answer answer = client.post(
                    "/api/jobs", "{\"type\":\"restore\",\"image\":\"" + image + "\"," + entry.getKey() + "}");
            assertThat(answer.status()).as(entry.getKey()).isEqualTo(400);
            assertThat(answer.text()).contains(entry.getValue());
        }
    }
}
