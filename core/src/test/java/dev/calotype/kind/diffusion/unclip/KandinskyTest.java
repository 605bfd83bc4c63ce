package dev.calotype.kind.diffusion.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Deviation;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.checkpoint.latent.DiffusersPrior;
import dev.calotype.checkpoint.latent.MadeUnclip;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline.Watcher;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.image.HoleMask;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.pipeline.FirstPictures;
import dev.calotype.kind.diffusion.pipeline.ImageRequest;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against diffusers: bench/peers/golden_unclip.py made what is compared with. */
class KandinskyTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode GOLDEN = MadeUnclip.GOLDEN.get("kandinsky22");

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    /** A folder with a decoder and its prior beside it, which no test changes. */
    private static Path decoder() throws IOException {
        Path decoder = made.resolve("kandinsky-decoder");
        if (Files.exists(decoder)) return decoder;
        MadeUnclip.write(GOLDEN.get("files").get("prior"), made.resolve("kandinsky-prior"));
        MadeUnclip.write(GOLDEN.get("files").get("decoder"), decoder);
        return decoder;
    }

    private static Kandinsky open(Path path) throws IOException {
        return Kandinsky.open(UnclipFolder.open(path, Optional.empty()));
    }

    private static Prompt prompt(JsonNode made) {
        Optional<String> negative =
                Optional.ofNullable(made.get("negative_prompt")).map(JsonNode::asText);
        return new Prompt(MadeUnclip.GOLDEN.get("prompt").asText(), negative, 0);
    }

    private static Map<String, String> asked(JsonNode made) {
        Map<String, String> asked = new LinkedHashMap<>();
        for (String stage : List.of("prior", "decoder")) {
            String before = stage.equals("prior") ? "prior-" : "";
            asked.put(
                    before + "steps", made.get(stage).get("num_inference_steps").asText());
            asked.put(before + "guidance", made.get(stage).get("guidance_scale").asText());
        }
        return asked;
    }

    private static Optional<GivenPicture> given(JsonNode made) {
        if (!made.has("strength")) return Optional.empty();
        byte[] pixels = Tensors.bytes(FormulaWeights.pixels("given", 16, 24, 3));
        return Optional.of(new GivenPicture(
                new Picture(24, 16, 3, pixels),
                Optional.empty(),
                made.get("strength").asDouble()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "negative", "unguided", "image"})
    void aTextBecomesTheVectorsAndTheLatentsOfDiffusersByTheSameNoise(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        Path copy = folder.resolve("a-decoder");
        MadeUnclip.write(GOLDEN.get("files").get("decoder"), copy);
        MadeUnclip.json(copy.resolve("scheduler/scheduler_config.json"), made.get("scheduler"));
        decoder();
        Kandinsky model =
                Kandinsky.open(UnclipFolder.open(copy, Optional.of(KandinskyTest.made.resolve("kandinsky-prior"))));
        assertThat(model.notes()).isEmpty();
        Map<String, String> asked = asked(made);
        ImageRequest request = model.request(
                new Wishes(prompt(made), asked, MadeUnclip.GOLDEN.get("seed").asLong(), 24, 16, given(made)));
        Kandinsky.Vectors vectors =
                model.vectors(FirstPictures.of(request, 2), asked, EXACT, Progress.SILENT, new ArrayList<>());
        FormulaWeights.check(vectors.wanted(), made.get("vectors"), 1e-4);
        if (vectors.unwanted() != null) FormulaWeights.check(vectors.unwanted(), made.get("unwanted"), 1e-4);
        List<Tensor> drawn =
                model.latents(FirstPictures.of(request, 2), 0, vectors, EXACT, Watcher.of(Progress.SILENT));
        Tensor latents = Tensors.cat(0, drawn.toArray(Tensor[]::new));
        FormulaWeights.check(latents, made.get("latents"), 1e-3);
        try (var movq = DiffusersAutoencoder.read(copy.resolve("movq"), Precision.FP32)) {
            FormulaWeights.check(movq.value().decode(latents), made.get("images"), 1e-3);
        }
    }

    @Test
    void aTextIsReadAndItsVectorMadeOfNoiseAsByDiffusersWithoutWhatItMasks() throws IOException {
        UnclipFolder parts = UnclipFolder.open(decoder(), Optional.empty());
        JsonNode golden = GOLDEN.get("parts");
        List<String> texts = List.of(MadeUnclip.GOLDEN.get("prompt").asText());
        TextVectors.Text text =
                TextVectors.read(parts, texts, 10, EXACT, new ArrayList<>()).get(0);
        FormulaWeights.check(text.vector(), golden.get("text"), 1e-4);
        FormulaWeights.check(text.tokens(), golden.get("tokens"), 1e-4);
        try (var prior = DiffusersPrior.of(parts.network("prior")).read(Precision.FP32)) {
            Tensor noisy = FormulaWeights.unit("image", 2, 10).narrow(0, 0, 1);
            Tensor vector = prior.network().value().forward(noisy, Tensors.of(740.0), text.vector(), text.tokens());
            FormulaWeights.check(vector, golden.get("prior"), 1e-4);
        }
    }

    @Test
    void whatIsNotWantedIsWhereNobodySaysItThePictureOfZerosAfterTheyAreStandardised() throws IOException {
        UnclipFolder parts = UnclipFolder.open(decoder(), Optional.empty());
        FormulaWeights.check(
                PictureVectors.ofNothing(parts, 10, EXACT), GOLDEN.get("parts").get("zero"), 1e-4);
    }

    private static Wishes wishes(Optional<GivenPicture> given, int width, int height, Map<String, String> asked) {
        Map<String, String> few = new LinkedHashMap<>(Map.of("steps", "2", "prior-steps", "2"));
        few.putAll(asked);
        return new Wishes(new Prompt("a bed", Optional.empty(), 0), few, 3, width, height, given);
    }

    @Test
    void aPictureOfASeedIsTheSameHoweverManyAreDrawn() throws IOException {
        Kandinsky model = open(decoder());
        Wishes wishes = wishes(Optional.empty(), 16, 24, Map.of());
        List<Picture> two = model.draw(wishes, 2, EXACT, Progress.SILENT).pictures();
        assertThat(two).hasSize(2).doesNotHaveDuplicates();
        assertThat(model.draw(wishes, 1, EXACT, Progress.SILENT).pictures()).containsExactly(two.get(0));
        assertThat(two.get(0).width()).isEqualTo(16);
        assertThat(two.get(0).height()).isEqualTo(24);
    }

    @Test
    void variationsHaveTheVectorOfThePictureAndAreTheSameHoweverManyAreDrawn() throws IOException {
        Kandinsky model = open(decoder());
        Picture picture = new Picture(24, 16, 3, Tensors.bytes(FormulaWeights.pixels("given", 16, 24, 3)));
        Map<String, String> asked = Map.of("steps", "2");
        Wishes wishes = new Wishes(new Prompt("", Optional.empty(), 0), asked, 3, 16, 16, Optional.empty());
        List<Picture> two =
                model.vary(picture, wishes, 2, EXACT, Progress.SILENT).pictures();
        assertThat(two).hasSize(2).doesNotHaveDuplicates();
        assertThat(model.vary(picture, wishes, 1, EXACT, Progress.SILENT).pictures())
                .containsExactly(two.get(0));
        UnclipFolder parts = UnclipFolder.open(decoder(), Optional.empty());
        Kandinsky.Vectors vectors = new Kandinsky.Vectors(
                PictureVectors.of(parts, picture, 10, EXACT), PictureVectors.ofNothing(parts, 10, EXACT), null);
        Tensor latents = model.latents(
                        FirstPictures.of(model.request(wishes), 1), 0, vectors, EXACT, Watcher.of(Progress.SILENT))
                .get(0);
        try (var movq = DiffusersAutoencoder.read(decoder().resolve("movq"), Precision.FP32)) {
            assertThat(Images.pictures(movq.value().decode(latents))).containsExactly(two.get(0));
        }
        assertThat(model.varying(asked)).doesNotContain("prior");
        Wishes told = new Wishes(new Prompt("a fox", Optional.empty(), 0), asked, 3, 16, 16, Optional.empty());
        assertThatThrownBy(() -> model.vary(picture, told, 1, EXACT, Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("variations are told no text: `a fox`");
    }

    @Test
    void outsideOfAHoleEveryPixelStays() throws IOException {
        Picture picture = new Picture(16, 16, 3, Tensors.bytes(FormulaWeights.pixels("given", 16, 16, 3)));
        byte[] missing = new byte[256];
        Arrays.fill(missing, 0, 64, (byte) 255);
        HoleMask hole = HoleMask.found(new Picture(16, 16, 1, missing));
        GivenPicture given = new GivenPicture(picture, Optional.of(hole), 1);
        byte[] drawn = open(decoder())
                .draw(wishes(Optional.of(given), 16, 16, Map.of()), 1, EXACT, Progress.SILENT)
                .pictures()
                .get(0)
                .pixels();
        assertThat(Arrays.copyOfRange(drawn, 192, 768)).isEqualTo(Arrays.copyOfRange(picture.pixels(), 192, 768));
        assertThat(Arrays.copyOf(drawn, 192)).isNotEqualTo(Arrays.copyOf(picture.pixels(), 192));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            prior-steps    | 1  | 16 | the prior's steps must be in 2..1000: 1
            prior-guidance | no | 16 | the prior's guidance must be a number: no
            steps          | 0  | 16 | steps must be in 1..100000: 0
            clip           | 0  | 16 | of a diffusion model these can be asked for
            steps          | 2  | 20 | width must be a multiple of 8 up to 16384, and the nearest are 16 and 24: 20
            """)
    void whatCannotBeAskedForIsRefusedInOneSentence(String name, String value, int width, String reason)
            throws IOException {
        Kandinsky model = open(decoder());
        assertThatThrownBy(() ->
                        model.draw(wishes(Optional.empty(), width, 16, Map.of(name, value)), 1, EXACT, Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(reason);
    }

    @Test
    void itDrawsInAHundredStepsAndItsPriorIn25WhereNobodySaysOtherwise() throws IOException {
        assertThat(open(decoder()).sampling(Map.of()))
                .isEqualTo("ancestral, 100 steps, guidance 4.0, spacing leading, clip dynamic 0.995 up to 2.0; prior"
                        + " ancestral, 25 steps, guidance 4.0, spacing linspace, clip clamp 5.0");
    }

    @Test
    void thePriorOfEclipseMakesAVectorInOneCallAndSaysWhatWouldDoNothing() throws IOException {
        JsonNode eclipse = MadeUnclip.GOLDEN.get("eclipse");
        MadeUnclip.write(eclipse.get("files"), folder, "");
        Kandinsky model = Kandinsky.open(UnclipFolder.open(decoder(), Optional.of(folder.resolve("eclipse"))));
        Map<String, String> asked = Map.of("steps", "2", "guidance", "1");
        Wishes wishes = new Wishes(
                new Prompt(MadeUnclip.GOLDEN.get("prompt").asText(), Optional.empty(), 0),
                asked,
                7,
                16,
                16,
                Optional.empty());
        Kandinsky.Vectors vectors = model.vectors(
                FirstPictures.of(model.request(wishes), 2), asked, EXACT, Progress.SILENT, new ArrayList<>());
        FormulaWeights.check(vectors.wanted(), eclipse.get("vectors"), 1e-4);
        assertThat(model.sampling(asked)).endsWith("; a prior of one call");
        assertThatThrownBy(() -> model.sampling(Map.of("prior-steps", "9")))
                .hasMessage("prior-steps would do nothing: this prior makes a vector in one call, without guidance: 9");
    }

    @Test
    void inBf16ItDrawsNearlyTheSameVectors() throws IOException {
        Kandinsky model = open(decoder());
        Wishes wishes = wishes(Optional.empty(), 16, 16, Map.of("prior-guidance", "1"));
        List<Tensor> made = new ArrayList<>();
        for (Precision precision : Precision.values())
            made.add(model.vectors(
                            FirstPictures.of(model.request(wishes), 1),
                            wishes.sampling(),
                            new Placement(Device.CPU, precision),
                            Progress.SILENT,
                            new ArrayList<>())
                    .wanted());
        assertThat(Deviation.relative(made.get(0), made.get(1))).isLessThan(3e-2);
    }
}
