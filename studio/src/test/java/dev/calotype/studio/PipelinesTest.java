package dev.calotype.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.models.images.ImageCreateVariationParams;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageEditStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureFile;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.studio.draw.Reproduction;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of words, a pipeline of diffusers and a chain, behind OpenAI's images and the studio's own API. */
@Tag("slow")
class PipelinesTest {
    private static final int SIDE = 32;

    @TempDir
    private static Path folder;

    private static Studio studio;
    private static OpenAIClient openai;
    private static Path models;

    @BeforeAll
    static void started() throws IOException {
        models = Files.createDirectories(folder.resolve("models"));
        TinyPipeline.write(models.resolve("painter"));
        TinyChain.train(models, folder.resolve("recipes"));
        TinyRuns.labelled(models, "plain");
        studio = Studio.start(
                StudioSettings.of(folder.resolve("home"), models).atPort(0).with(2, 0));
        openai = OpenAIOkHttpClient.builder()
                .baseUrl(studio.url() + "/v1")
                .apiKey("none")
                .maxRetries(0)
                .build();
    }

    @AfterAll
    static void stopped() throws IOException {
        openai.close();
        studio.close();
    }

    private static ImageEditParams.Builder edit() {
        return ImageEditParams.builder()
                .model("painter")
                .prompt("a red bed")
                .putAdditionalBodyProperty("seed", JsonValue.from("7"))
                .putAdditionalBodyProperty("steps", JsonValue.from("4"));
    }

    private static Picture given() {
        byte[] pixels = new byte[3 * SIDE * SIDE];
        for (int i = 0; i < pixels.length; i++) pixels[i] = (byte) (40 + i / 3 % SIDE * 4 + i % 3 * 20);
        return new Picture(SIDE, SIDE, 3, pixels);
    }

    /** A file whose left half is clear. */
    private static byte[] clear(Picture picture) {
        byte[] alpha = new byte[SIDE * SIDE];
        for (int i = 0; i < alpha.length; i++) alpha[i] = (byte) (i % SIDE < SIDE / 2 ? 0 : 255);
        return PngFile.encode(new PictureFile(picture, alpha, new byte[0]), Map.of());
    }

    private static Picture picture(ImagesResponse answer, int index) throws IOException {
        String base64 = answer.data().orElseThrow().get(index).b64Json().orElseThrow();
        return ImageFiles.decode(Base64.getDecoder().decode(base64), 3);
    }

    /** Whether two pictures are equal in one half. */
    private static boolean same(Picture one, Picture other, boolean left) {
        for (int y = 0; y < SIDE; y++)
            for (int x = left ? 0 : SIDE / 2; x < (left ? SIDE / 2 : SIDE); x++)
                for (int c = 0; c < 3; c++) if (one.at(x, y, c) != other.at(x, y, c)) return false;
        return true;
    }

    @Test
    void whatTheMaskLeavesClearIsDrawnAnewAndTheRestStaysToTheBit() throws IOException {
        Path image = folder.resolve("given.png"), mask = folder.resolve("mask.png");
        PngFile.write(image, given());
        Files.write(mask, clear(given()));
        ImagesResponse two =
                openai.images().edit(edit().image(image).mask(mask).n(2).build());
        assertThat(two.data().orElseThrow()).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertThat(same(picture(two, i), given(), false)).isTrue();
            assertThat(same(picture(two, i), given(), true)).isFalse();
        }
        assertThat(picture(two, 1)).isNotEqualTo(picture(two, 0));
        ImagesResponse again =
                openai.images().edit(edit().image(image).mask(mask).build());
        assertThat(picture(again, 0)).isEqualTo(picture(two, 0));
    }

    @Test
    void theAlphaOfThePictureItselfIsAMaskAndBytesNeedNoName() throws IOException {
        ImagesResponse answer =
                openai.images().edit(edit().image(clear(given())).build());
        assertThat(same(picture(answer, 0), given(), false)).isTrue();
        assertThat(same(picture(answer, 0), given(), true)).isFalse();
    }

    @Test
    void withoutAMaskTheWholeIsDrawnFromThePictureAsFarAsTheStrengthSays() throws IOException {
        byte[] image = PngFile.encode(given(), Map.of());
        double near = distance(image, "0.25"), far = distance(image, "1");
        assertThat(near)
                .as("two seeds differ less where the picture says more")
                .isPositive()
                .isLessThan(far);
    }

    /** How different what two seeds make of a picture is. */
    private static double distance(byte[] image, String strength) throws IOException {
        Picture[] drawn = new Picture[2];
        for (int seed = 0; seed < 2; seed++) {
            ImageEditParams params = edit().image(image)
                    .putAdditionalBodyProperty("strength", JsonValue.from(strength))
                    .putAdditionalBodyProperty("seed", JsonValue.from(String.valueOf(seed)))
                    .build();
            drawn[seed] = picture(openai.images().edit(params), 0);
            assertThat(drawn[seed].width()).isEqualTo(SIDE);
        }
        return distance(drawn[0], drawn[1]);
    }

    private static double distance(Picture one, Picture other) {
        double sum = 0;
        for (int i = 0; i < one.pixels().length; i++)
            sum += Math.abs((one.pixels()[i] & 0xFF) - (other.pixels()[i] & 0xFF));
        return sum / one.pixels().length;
    }

    @Test
    void anEditCanBeFollowed() throws IOException {
        ImageEditParams params =
                edit().image(PngFile.encode(given(), Map.of())).partialImages(2).build();
        try (StreamResponse<ImageEditStreamEvent> events = openai.images().editStreaming(params)) {
            List<ImageEditStreamEvent> all = events.stream().toList();
            assertThat(all.get(all.size() - 1).isCompleted()).isTrue();
            assertThat(all).hasSize(3);
            byte[] seen = Base64.getDecoder().decode(all.get(0).asPartialImage().b64Json());
            assertThat(ImageFiles.decode(seen, 3).width()).isEqualTo(SIDE);
        }
    }

    private static String wish(int seed, int steps, int count) {
        return String.format(
                Locale.ROOT,
                "{\"type\":\"draw\",\"model\":\"painter\",\"prompt\":\"a red bed\",\"seed\":%d,\"steps\":%d,\"count\":%d}",
                seed,
                steps,
                count);
    }

    private static Picture result(Client client, String id, int index) throws Exception {
        return ImageFiles.decode(
                client.get("/api/jobs/" + id + "/results/" + index).body(), 3);
    }

    /** One that holds the engine lets the others wait for each other. */
    @Test
    void requestsOfOnePipelineAreDrawnAtOnceAndEachPictureIsTheOneThatIsDrawnAlone() throws Exception {
        Client client = new Client(studio.url());
        JsonNode held = client.post("/api/jobs", wish(1, 900, 1)).json();
        List<String> together = new ArrayList<>();
        for (int i = 0; i < 4; i++)
            together.add(client.post("/api/jobs", wish(i, 4, 1 + i % 2))
                    .json()
                    .path("id")
                    .asText());
        client.send(client.request("/api/jobs/" + held.path("id").asText() + "/cancel")
                .header("X-Job-Token", held.path("token").asText())
                .POST(BodyPublishers.noBody()));
        for (int i = 0; i < 4; i++) {
            client.events(together.get(i));
            for (int k = 0; k <= i % 2; k++) {
                JsonNode alone = client.done(wish(i, 4, 1).replace("}", ",\"first\":" + k + "}"));
                assertThat(result(client, together.get(i), k))
                        .isEqualTo(result(client, alone.path("id").asText(), 0));
            }
        }
    }

    @Test
    void aPipelineDrawsWordsInTheSizeThatIsAskedForAndAgainFromItsFile() throws Exception {
        ImagesResponse answer = openai.images()
                .generate(ImageGenerateParams.builder()
                        .model("painter")
                        .prompt("a red bed with two lamps")
                        .n(2)
                        .size(ImageGenerateParams.Size.of("48x32"))
                        .putAdditionalBodyProperty("seed", JsonValue.from(7))
                        .putAdditionalBodyProperty("steps", JsonValue.from(4))
                        .putAdditionalBodyProperty("negative_prompt", JsonValue.from("a window"))
                        .build());
        Picture second = picture(answer, 1);
        assertThat(second.width()).isEqualTo(48);
        assertThat(second.height()).isEqualTo(32);
        Path file = folder.resolve("second.png");
        Files.write(
                file,
                Base64.getDecoder()
                        .decode(answer.data().orElseThrow().get(1).b64Json().orElseThrow()));
        Reproduction.Again again = Reproduction.of(file, List.of(models), Progress.SILENT);
        assertThat(again.isSame()).isTrue();
        assertThat(again.differences()).isEmpty();
    }

    @Test
    void aPageDrawsWordsAndFillsWhatIsClearInAPicture() throws IOException {
        Pages.chromium();
        try (Pages pages = new Pages(studio.url())) {
            Page page = pages.open(pages.examined(1280, ColorScheme.LIGHT), "draw?model=painter");
            page.locator("textarea[name=prompt]").fill("a red bed");
            page.locator("[name=steps]").first().fill("4");
            page.locator("[name=count]").fill("2");
            page.click("#draw");
            PlaywrightAssertions.assertThat(page.locator(".tile .open img")).hasCount(2);
            Path file = Files.write(folder.resolve("clear.png"), clear(given()));
            page.setInputFiles("#given", file);
            PlaywrightAssertions.assertThat(page.locator("#given")).hasText("clear.png");
            PlaywrightAssertions.assertThat(page.locator("[name=strength]")).hasValue("1");
            page.locator("[name=count]").fill("1");
            page.click("#draw");
            Locator image = page.locator(".grid.of1 .open img");
            PlaywrightAssertions.assertThat(image).hasCount(1);
            String address = studio.url() + image.getAttribute("src");
            Picture drawn = ImageFiles.decode(page.request().get(address).body(), 3);
            assertThat(same(drawn, given(), false)).isTrue();
            assertThat(same(drawn, given(), true)).isFalse();
            assertThat(Pages.faults(page)).isEmpty();
            page.click("#without");
            PlaywrightAssertions.assertThat(page.locator("#given")).hasAttribute("type", "file");
            pages.requireNoComplaints();
        }
    }

    @Test
    void aJobThatIsOpenedBringsItsModelAlong() throws Exception {
        Pages.chromium();
        JsonNode job = new Client(studio.url())
                .done("{\"type\":\"draw\",\"model\":\"plain-001\",\"class\":\"dark\",\"steps\":2}");
        try (Pages pages = new Pages(studio.url())) {
            Page page = pages.open(pages.visitor(), "draw?job=" + job.path("id").asText());
            PlaywrightAssertions.assertThat(page.locator("select[name=model]")).hasValue("plain-001");
            PlaywrightAssertions.assertThat(page.locator(".tile .open img")).hasCount(1);
        }
    }

    @Test
    void whatAPipelineCannotDrawIsRefusedBeforeItWaits() throws Exception {
        Client client = new Client(studio.url());
        String wish = wish(1, 4, 1).replace("}", ",%s}");
        String[] wrong = {
            "\"negative\":\"a window\",\"guidance\":1",
            "guidance must be above 1",
            "\"width\":33",
            "width",
            "\"strength\":0.1,\"image\":\""
                    + client.postForm("/api/uploads", Map.of("file", PngFile.encode(given(), Map.of())), Map.of())
                            .json()
                            .path("id")
                            .asText()
                    + "\"",
            "strength times 4 steps must be at least 1 step: 0.1"
        };
        for (int i = 0; i < wrong.length; i += 2) {
            Client.Answer answer = client.post("/api/jobs", String.format(Locale.ROOT, wish, wrong[i]));
            assertThat(answer.status()).as(answer.text()).isEqualTo(400);
            assertThat(answer.text()).contains(wrong[i + 1]);
        }
        assertThat(client.done(wish(1, 4, 1)).path("state").asText()).isEqualTo("done");
    }

    @Test
    void aChainDrawsVariationsOfAPicture() throws Exception {
        ImagesResponse two = variations();
        assertThat(two.data().orElseThrow()).hasSize(2);
        assertThat(picture(two, 0).width()).isEqualTo(SIDE);
        assertThat(picture(two, 0)).isNotEqualTo(picture(two, 1));
        assertThat(picture(variations(), 1)).isEqualTo(picture(two, 1));
        JsonNode job = new Client(studio.url())
                .done("{\"type\":\"draw\",\"model\":\"tiny\",\"prompt\":\"a red bed\",\"seed\":1,\"steps\":2}");
        assertThat(job.path("state").asText()).as(job.toString()).isEqualTo("done");
    }

    @Test
    void aVariationSaysWhatMakesItAlone() throws Exception {
        Client client = new Client(studio.url());
        String image = client.postForm("/api/uploads", Map.of("file", PngFile.encode(given(), Map.of())), Map.of())
                .json()
                .path("id")
                .asText();
        JsonNode two = client.done(
                "{\"type\":\"variations\",\"model\":\"tiny\",\"image\":\"" + image + "\",\"count\":2,\"seed\":3}");
        JsonNode settings = two.at("/results/1/settings");
        ObjectNode alone = (ObjectNode) settings.path("request").deepCopy();
        JsonNode again =
                client.done(alone.put("type", settings.path("type").asText()).toString());
        assertThat(result(client, again.path("id").asText(), 0))
                .isEqualTo(result(client, two.path("id").asText(), 1));
    }

    @Test
    void picturesAreReadWhenTheirTurnComes() throws Exception {
        Client client = new Client(studio.url());
        Path clip;
        try (Stream<Path> stages = Files.list(models.resolve("tiny"))) {
            clip = stages.filter(stage -> stage.getFileName().toString().startsWith("clip"))
                    .findFirst()
                    .orElseThrow();
        }
        String model = client.post("/api/models", "{\"path\":\"" + clip + "\"}")
                .json()
                .path("id")
                .asText();
        byte[] large = PngFile.encode(new Picture(5000, 5000, 3, new byte[75_000_000]), Map.of());
        String id = client.postForm("/api/uploads", Map.of("file", large), Map.of())
                .json()
                .path("id")
                .asText();
        String few = "{\"type\":\"embed\",\"model\":\"" + model + "\",\"images\":[\"" + id + "\",";
        JsonNode done = client.done(few + "\"" + id + "\"]}");
        JsonNode vectors = new ObjectMapper()
                .readTree(client.get(done.at("/results/0/url").asText()).body());
        assertThat(vectors.path("vectors")).hasSize(2);
        Client.Answer many = client.post("/api/jobs", few + ("\"" + id + "\",").repeat(254) + "\"" + id + "\"]}");
        assertThat(many.status()).as(many.text()).isEqualTo(202);
        String job = many.json().path("id").asText();
        client.send(client.request("/api/jobs/" + job + "/cancel")
                .header("X-Job-Token", many.json().path("token").asText())
                .POST(BodyPublishers.noBody()));
        assertThat(client.done(wish(1, 4, 1)).path("state").asText()).isEqualTo("done");
    }

    @SuppressWarnings("deprecation") // by OpenAI, whose older clients still call it
    private static ImagesResponse variations() {
        return openai.images()
                .createVariation(ImageCreateVariationParams.builder()
                        .model("tiny")
                        .image(PngFile.encode(given(), Map.of()))
                        .n(2)
                        .putAdditionalBodyProperty("seed", JsonValue.from("3"))
                        .build());
    }

    @Test
    @SuppressWarnings("deprecation")
    void whoCannotIsNamed() {
        byte[] image = PngFile.encode(given(), Map.of());
        assertThatThrownBy(() -> openai.images()
                        .edit(edit().image(image).model("plain-001").build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("the model plain-001 cannot edit pictures");
        assertThatThrownBy(() -> openai.images()
                        .createVariation(ImageCreateVariationParams.builder()
                                .model("painter")
                                .image(image)
                                .build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("the model painter cannot draw variations");
        byte[] whole = PngFile.encode(given(), Map.of());
        assertThatThrownBy(() ->
                        openai.images().edit(edit().image(image).mask(whole).build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("the mask must have pixels whose alpha is 0");
        byte[] alpha = new byte[72];
        alpha[0] = (byte) 255;
        byte[] small =
                PngFile.encode(new PictureFile(new Picture(8, 9, 1, new byte[72]), alpha, new byte[0]), Map.of());
        assertThatThrownBy(() ->
                        openai.images().edit(edit().image(image).mask(small).build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("the mask must have the size of the picture, 32 x 32: 8 x 9");
    }

    @Test
    void whatCannotBeDrawnIsRefusedBeforeThereIsAJob() {
        byte[] image = PngFile.encode(given(), Map.of());
        assertThatThrownBy(() -> openai.images().edit(with(Map.of("steps", "1000", "strength", "1"), image)))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("offset must be at most 0 for so many steps");
        assertThatThrownBy(() -> openai.images().edit(with(Map.of("steps", "4", "strength", "0.1"), image)))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("strength times 4 steps must be at least 1 step");
    }

    private static ImageEditParams with(Map<String, String> asked, byte[] image) {
        ImageEditParams.Builder edit = edit().image(image);
        asked.forEach((name, value) -> edit.putAdditionalBodyProperty(name, JsonValue.from(value)));
        return edit.build();
    }
}
