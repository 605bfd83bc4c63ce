package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.image.HoleMask;
import dev.calotype.image.HoleMask.Told;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Image to image and holes against diffusers: bench/peers/golden_guided.py made what is compared with. */
class GivenPictureTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);

    @TempDir
    static Path made;

    static List<String> names() {
        return Golden.names(MadePipeline.GUIDED).stream()
                .filter(name -> name.startsWith("image") || name.startsWith("hole"))
                .toList();
    }

    private static Path once(String name) throws IOException {
        Path folder = made.resolve(name);
        if (!Files.exists(folder)) MadePipeline.writeGuided(name, folder);
        return folder;
    }

    private static Picture picture(int width, int height) {
        Tensor pixels = FormulaWeights.pixels("picture", 1, 3, height, width);
        return Images.pictures(Images.ofPixels(pixels)).get(0);
    }

    private static HoleMask hole(int width, int height, int left, int top, int right, int bottom) {
        byte[] missing = new byte[width * height];
        for (int y = top; y < bottom; y++) for (int x = left; x < right; x++) missing[y * width + x] = (byte) 255;
        long count = (long) (right - left) * (bottom - top);
        return new HoleMask(new Picture(width, height, 1, missing), Told.SHADE, count, 0);
    }

    private static ImageRequest request(TextToImage model, JsonNode made, boolean marked) {
        JsonNode arguments = made.get("arguments");
        Map<String, String> asked = Map.of(
                "steps", arguments.get("num_inference_steps").asText(),
                "guidance", arguments.get("guidance_scale").asText());
        Prompt prompt = new Prompt(
                MadePipeline.GUIDED.get("prompt").asText(),
                Optional.ofNullable(arguments.get("negative_prompt")).map(JsonNode::asText),
                0);
        Optional<HoleMask> hole = marked ? Optional.of(hole(24, 16, 8, 4, 20, 12)) : Optional.empty();
        GivenPicture given = new GivenPicture(
                picture(24, 16), hole, arguments.get("strength").asDouble());
        return new ImageRequest(prompt, model.settings(asked), 0, Canvas.of(24, 16, 8), Optional.of(given), List.of());
    }

    @ParameterizedTest
    @MethodSource("names")
    void theSameNoiseEndsAsInDiffusersAfterAsManyCalls(String name) throws IOException {
        Path folder = once(name);
        TextToImage model = TextToImage.open(folder);
        JsonNode made = MadePipeline.GUIDED.get(name);
        ImageRequest request = request(model, made, name.startsWith("hole"));
        Tensor noise = Tensors.scale(1.7, FormulaWeights.unit("noise", 2, 4, 8, 12));
        Tensor posterior = FormulaWeights.unit("posterior", 1, 4, 8, 12).expand(2, 4, 8, 12);
        Tensor around = name.contains("told")
                ? FormulaWeights.unit("around", 1, 4, 8, 12).expand(2, 4, 8, 12)
                : null;
        SeenPicture seen;
        try (var autoencoder = DiffusersAutoencoder.read(folder.resolve("vae"), Precision.FP32)) {
            seen = SeenPicture.of(
                    autoencoder.value(), request.canvas(), request.given().get(), posterior, around);
        }
        try (var denoiser = DiffusersLatentUNet.read(folder.resolve("unet"), Precision.FP32)) {
            Conditions conditions = FirstPictures.conditions(model, request, EXACT);
            long[] calls = {0};
            Watched watched = new Watched((what, done, total) -> calls[0]++, 1);
            var evaluations = new Drawing.Evaluations(denoiser.value(), conditions, Controls.none(), watched);
            Tensor latents = model.drawing(request).latents(evaluations, seen, noise, Rng.images(0, 0, 2));
            FormulaWeights.check(latents, made.get("latents"), 1e-3);
            assertThat(calls[0])
                    .isEqualTo(made.get("calls").size())
                    .isEqualTo(model.drawing(request).calls());
        }
    }

    private static Wishes wishes(GivenPicture given, int width, int height) {
        Prompt prompt = new Prompt("a bed", Optional.empty(), 0);
        return new Wishes(prompt, Map.of("steps", "3"), 7, width, height, Optional.of(given));
    }

    private static List<Picture> draw(String name, GivenPicture given, int width, int height, int count)
            throws IOException {
        TextToImage model = TextToImage.open(once(name));
        return model.draw(wishes(given, width, height), count, EXACT, Progress.SILENT)
                .pictures();
    }

    @Test
    void aPictureOfASeedIsTheSameHoweverManyAreDrawn() throws IOException {
        for (String name : List.of("image_euler_a", "hole_told_1.0")) {
            Optional<HoleMask> hole =
                    name.startsWith("hole") ? Optional.of(hole(24, 16, 8, 4, 20, 12)) : Optional.empty();
            GivenPicture given = new GivenPicture(picture(24, 16), hole, 0.7);
            List<Picture> two = draw(name, given, 24, 16, 2);
            assertThat(two).doesNotHaveDuplicates();
            assertThat(draw(name, given, 24, 16, 1)).containsExactly(two.get(0));
        }
    }

    @ParameterizedTest
    @CsvSource({"24, 16", "21, 13", "12, 20"})
    void outsideTheHoleEveryPixelStaysToTheBitWhateverTheSides(int width, int height) throws IOException {
        Picture given = picture(21, 13);
        HoleMask hole = hole(21, 13, 3, 2, 9, 7);
        Picture drawn = draw("hole_euler", new GivenPicture(given, Optional.of(hole), 1), width, height, 1)
                .get(0);
        assertThat(drawn.width()).isEqualTo(21);
        assertThat(drawn.height()).isEqualTo(13);
        int changed = 0;
        for (int y = 0; y < 13; y++)
            for (int x = 0; x < 21; x++)
                for (int c = 0; c < 3; c++) {
                    boolean same = drawn.at(x, y, c) == given.at(x, y, c);
                    if (hole.missing().at(x, y, 0) == 0) assertThat(same).isTrue();
                    else if (!same) changed++;
                }
        assertThat(changed).isGreaterThan(80); // of 90
    }

    @Test
    void aPictureIsDrawnWithItsOwnSidesEvenIfTheDenoiserCannotTakeThem() throws IOException {
        Picture drawn = draw("image_euler", new GivenPicture(picture(21, 13), Optional.empty(), 0.7), 21, 13, 1)
                .get(0);
        assertThat(drawn.width()).isEqualTo(21);
        assertThat(drawn.height()).isEqualTo(13);
        TextToImage model = TextToImage.open(once("image_euler"));
        assertThat(model.size()).containsExactly(16, 16);
        assertThat(model.size(picture(21, 13))).containsExactly(21, 13);
        assertThat(model.size(picture(80, 20))).containsExactly(64, 16); // four times 16 x 16
    }

    @Test
    void aHoleThatIsThinnerThanALatentIsSeen() {
        Canvas canvas = Canvas.of(24, 16, 8);
        Tensor cells = canvas.hole(hole(24, 16, 5, 3, 6, 4), 4);
        assertThat(Tensors.doubles(cells.sum())[0]).isEqualTo(1);
        assertThat(cells.select(2, 0).select(2, 1).item_double()).isEqualTo(1);
    }

    @Test
    void whatCannotBeBegunIsRefusedInOneSentence() throws IOException {
        Picture picture = picture(24, 16);
        assertThatThrownBy(() -> new GivenPicture(picture, Optional.empty(), 1.5))
                .hasMessage("strength must be in 0..1: 1.5");
        assertThatThrownBy(() -> draw("image_euler", new GivenPicture(picture, Optional.empty(), 0.2), 24, 16, 1))
                .hasMessage("strength times 3 steps must be at least 1 step: 0.2");
        assertThatThrownBy(() -> draw("hole_told_1.0", new GivenPicture(picture, Optional.empty(), 0.7), 24, 16, 1))
                .hasMessage("this pipeline fills holes: it wants a picture and a mask, or a picture with a transparent"
                        + " hole: " + once("hole_told_1.0"));
    }
}
