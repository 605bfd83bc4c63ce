package dev.calotype.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import dev.calotype.image.ImageFiles;
import dev.calotype.image.Picture;
import dev.calotype.image.PictureKind;
import dev.langchain4j.data.image.Image;
import dev.langchain4j.model.openai.OpenAiImageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that were written for OpenAI's images draw here. */
class OpenAiClientsTest {
    private static final String KEY = "a-key-of-the-test";

    @TempDir
    private static Path folder;

    private static Studio studio;
    private static OpenAIClient openai;

    @BeforeAll
    static void started() throws IOException {
        Path runs = Files.createDirectories(folder.resolve("runs"));
        TinyRuns.labelled(runs, "tiny");
        studio = Studio.start(StudioSettings.of(folder.resolve("home"), runs)
                .atPort(0)
                .with(2, 0)
                .withKey(KEY));
        openai = client(KEY);
    }

    @AfterAll
    static void stopped() throws IOException {
        openai.close();
        studio.close();
    }

    private static OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(studio.url() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    private static ImageGenerateParams.Builder dark() {
        return ImageGenerateParams.builder()
                .model("tiny-001")
                .prompt("dark")
                .putAdditionalBodyProperty("seed", JsonValue.from(7));
    }

    private static Picture picture(String base64) throws IOException {
        return ImageFiles.decode(Base64.getDecoder().decode(base64), 3);
    }

    @Test
    void theClientOfOpenAiDrawsTheSamePicturesOfASeed() throws IOException {
        ImagesResponse two = openai.images().generate(dark().n(2).build());
        assertThat(two.data().orElseThrow()).hasSize(2);
        String first = two.data().get().get(0).b64Json().orElseThrow();
        assertThat(picture(first).width()).isEqualTo(8);
        String again = openai.images()
                .generate(dark().build())
                .data()
                .orElseThrow()
                .get(0)
                .b64Json()
                .orElseThrow();
        assertThat(picture(again)).isEqualTo(picture(first));
    }

    @Test
    void langChain4jDraws() throws IOException {
        OpenAiImageModel model = OpenAiImageModel.builder()
                .baseUrl(studio.url() + "/v1")
                .apiKey(KEY)
                .modelName("tiny-001")
                .size("8x8")
                .maxRetries(0)
                .build();
        Image image = model.generate("bright").content();
        assertThat(picture(image.base64Data()).height()).isEqualTo(8);
        assertThat(model.generate("dark", 3).content()).hasSize(3);
    }

    @Test
    void picturesCanBeFollowedWhileTheyComeAbout() throws IOException {
        ImageGenerateParams params = dark().partialImages(2).build();
        try (StreamResponse<ImageGenStreamEvent> events = openai.images().generateStreaming(params)) {
            List<ImageGenStreamEvent> all = events.stream().toList();
            ImageGenStreamEvent last = all.get(all.size() - 1);
            assertThat(last.isGenerationCompleted()).isTrue();
            assertThat(picture(last.asGenerationCompleted().b64Json()).width()).isEqualTo(8);
            for (ImageGenStreamEvent event : all.subList(0, all.size() - 1))
                assertThat(picture(event.asGenerationPartialImage().b64Json()).width())
                        .isEqualTo(8);
        }
    }

    @Test
    void filesAreOfTheFormatThatIsAskedFor() {
        ImagesResponse jpeg = openai.images()
                .generate(dark().outputFormat(ImageGenerateParams.OutputFormat.JPEG)
                        .build());
        byte[] content = Base64.getDecoder()
                .decode(jpeg.data().orElseThrow().get(0).b64Json().orElseThrow());
        assertThat(PictureKind.ofContent(content)).contains(PictureKind.JPEG);
        ImagesResponse url = openai.images()
                .generate(dark().putAdditionalBodyProperty("response_format", JsonValue.from("url"))
                        .build());
        assertThat(url.data().orElseThrow().get(0).url().orElseThrow()).startsWith(studio.url());
        assertThat(url.data().get().get(0).b64Json()).isEmpty();
    }

    @Test
    void modelsAreListed() {
        assertThat(openai.models().list().data())
                .extracting(model -> model.id())
                .containsExactly("tiny-001");
    }

    @Test
    void errorsAreThoseThatTheClientKnows() {
        assertThatThrownBy(() -> openai.images().generate(dark().prompt("a cat").build()))
                .isInstanceOf(BadRequestException.class)
                .hasMessageContaining("prompt must be one of the classes of tiny-001");
        assertThatThrownBy(
                        () -> openai.images().generate(dark().model("dall-e-3").build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("there is no model dall-e-3");
        OpenAIClient other = client("another-key-of-it");
        assertThatThrownBy(() -> other.images().generate(dark().build())).isInstanceOf(UnauthorizedException.class);
        other.close();
    }
}
