package dev.calotype.kind.diffusion.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Deviation;
import dev.calotype.Golden;
import dev.calotype.checkpoint.DiffusersUNet;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.latent.DiffusersTextProjection;
import dev.calotype.checkpoint.latent.DiffusersUnclipUNet;
import dev.calotype.checkpoint.latent.MadeUnclip;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.GivenPicture;
import dev.calotype.experiment.offer.PipelineInventory;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipeline.Watcher;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.SamplingSettings;
import dev.calotype.kind.diffusion.pipeline.FirstPictures;
import dev.calotype.kind.diffusion.pipeline.ImageRequest;
import dev.calotype.kind.diffusion.pipeline.ImageRequest.AskedPicture;
import dev.calotype.model.Condition;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.UNet;
import dev.calotype.model.unclip.TextProjection;
import dev.calotype.model.unclip.UnclipUNet.Told;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against diffusers: bench/peers/golden_karlo.py made what is compared with. */
class KarloTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode GOLDEN = Golden.json("latent/karlo.json");
    private static final int WIDTH = 10;

    @TempDir
    Path folder;

    private Path made(String files) throws IOException {
        Path at = folder.resolve(files);
        MadeUnclip.write(GOLDEN.get(files), at);
        change(
                at,
                "super_res_last",
                weights -> weights.computeIfPresent("conv_in.bias", (name, bias) -> bias.add(new Scalar(0.25))));
        JsonNode processor = GOLDEN.get(files).get("processor");
        if (processor != null) MadeUnclip.json(at.resolve("feature_extractor/preprocessor_config.json"), processor);
        return at;
    }

    private Path karlo() throws IOException {
        return made("files");
    }

    private interface Change {
        void of(Map<String, Tensor> weights);
    }

    private static void change(Path at, String part, Change change) throws IOException {
        Path file = at.resolve(part).resolve("diffusion_pytorch_model.safetensors");
        Map<String, Tensor> weights = new LinkedHashMap<>(SafeTensors.read(file).tensors());
        change.of(weights);
        SafeTensors.write(file, weights, Map.of("format", "pt"));
    }

    private static void setting(Path at, String part, String name, Object value) throws IOException {
        Path config = at.resolve(part).resolve(part.endsWith("scheduler") ? "scheduler_config.json" : "config.json");
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(config.toFile());
        MadeUnclip.json(config, json.putPOJO(name, value));
    }

    private static Karlo open(Path path) throws IOException {
        return Karlo.open(UnclipFolder.open(path, Optional.empty()));
    }

    private static Map<String, String> asked(JsonNode made) {
        Map<String, String> asked = new LinkedHashMap<>();
        for (String name : List.of("prior-steps", "prior-guidance", "steps", "guidance", "enlarging-steps"))
            asked.put(name, made.get(name.replace('-', '_')).asText());
        return asked;
    }

    private static Wishes wishes(Map<String, String> asked) {
        Prompt prompt = new Prompt(GOLDEN.get("prompt").asText(), Optional.empty(), 0);
        return new Wishes(prompt, asked, GOLDEN.get("seed").asLong(), 16, 16, Optional.empty());
    }

    private static Tensor joined(List<Tensor> rows) {
        return Tensors.cat(0, rows.toArray(Tensor[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "unguided"})
    void aTextBecomesTheSmallAndTheLargePicturesOfDiffusersByTheSameNoise(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        Karlo model = open(karlo());
        assertThat(model.notes()).isEmpty();
        Map<String, String> asked = asked(made);
        ImageRequest request = ImageRequest.of(wishes(asked), settings(model, asked), 8);
        List<AskedPicture> some = FirstPictures.of(request, 2);
        List<Told[]> told = model.told(some, asked, EXACT, Progress.SILENT, new ArrayList<>());
        List<Tensor> small = model.small(some, 0, told, EXACT, Watcher.of(Progress.SILENT));
        FormulaWeights.check(joined(small), made.get("small"), 1e-4);
        List<Tensor> large = model.enlarged(some, small, asked, EXACT, Progress.SILENT);
        FormulaWeights.check(Tensors.clip(joined(large)), made.get("images"), 1e-3);
    }

    private static SamplingSettings settings(Karlo model, Map<String, String> asked) {
        return model.settings(asked);
    }

    @Test
    void whatItsDecoderIsToldAndAnswersIsThatOfDiffusersWithoutWhatItMasks() throws IOException {
        UnclipFolder parts = UnclipFolder.open(karlo(), Optional.empty());
        JsonNode golden = GOLDEN.get("parts");
        TextVectors.Text text = TextVectors.read(
                        parts, List.of(GOLDEN.get("prompt").asText()), WIDTH, EXACT, new ArrayList<>())
                .get(0);
        try (var projection = DiffusersTextProjection.read(parts.network("text_proj"), Precision.FP32);
                var decoder = DiffusersUnclipUNet.read(parts.network("decoder"), Precision.FP32)) {
            Told told = projection
                    .value()
                    .told(
                            FormulaWeights.unit("image", 2, WIDTH),
                            text.vector().expand(2, -1),
                            text.tokens().expand(2, -1, -1));
            FormulaWeights.check(told.added(), golden.get("added"), 1e-4);
            FormulaWeights.check(told.tokens(), golden.get("tokens"), 1e-4);
            Tensor x = FormulaWeights.unit("x", 2, 3, 8, 12);
            FormulaWeights.check(decoder.value().forward(x, Tensors.of(3.0, 740.0), told), golden.get("decoder"), 1e-4);
        }
    }

    @ParameterizedTest
    @CsvSource({"super_res_first, first, 3, 740", "super_res_last, last, 0, 0"})
    void whatMakesPicturesLargeAnswersAsInDiffusers(String part, String name, double one, double other)
            throws IOException {
        try (UNet network = DiffusersUNet.read(karlo().resolve(part))) {
            Tensor out = Scope.inference(() -> network.forward(
                    FormulaWeights.unit("large", 2, 6, 16, 24), Tensors.of(one, other), Condition.NONE));
            FormulaWeights.check(out, GOLDEN.get("parts").get(name), 1e-4);
        }
    }

    @Test
    void aPictureBecomesTheVectorAndTheVariationsOfDiffusersByTheSameNoise() throws IOException {
        Path at = made("variation_files");
        JsonNode made = GOLDEN.get("variation");
        Picture given = new Picture(24, 16, 3, Tensors.bytes(FormulaWeights.pixels("given", 16, 24, 3)));
        UnclipFolder parts = UnclipFolder.open(at, Optional.empty());
        FormulaWeights.check(PictureVectors.of(parts, given, WIDTH, EXACT), made.get("vector"), 1e-4);
        Map<String, String> asked = Map.of("steps", "6", "enlarging-steps", "4");
        Wishes wishes = new Wishes(
                new Prompt("", Optional.empty(), 0), asked, GOLDEN.get("seed").asLong(), 16, 16, Optional.empty());
        TextPipeline model = TextPipelines.installed().open(at, Additions.NONE);
        List<Picture> drawn =
                model.vary(given, wishes, 2, EXACT, Progress.SILENT).pictures();
        double[] first = Golden.doubles(made.get("images").get("values"));
        double scale = made.get("images").get("deviation").asDouble();
        Tensor all =
                Scope.tidy(() -> joined(drawn.stream().map(Images::toTensor).toList()));
        double[] values = Tensors.doubles(all);
        for (int i = 0; i < first.length; i++)
            assertThat(values[i * (values.length / 16)]).isCloseTo(first[i], within(1.0 / 255 + 1e-3 * scale));
        assertThatThrownBy(() -> model.draw(wishes, 1, EXACT, Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("draws variations of a picture, and knows no texts");
    }

    @Test
    void aPictureOfASeedIsTheSameHoweverManyAreDrawnAndHasTheSidesThatAreAskedFor() throws IOException {
        TextPipeline model = TextPipelines.installed().open(karlo(), Additions.NONE);
        assertThat(model.size()).containsExactly(16, 16);
        Map<String, String> asked = Map.of("steps", "2", "prior-steps", "2", "enlarging-steps", "2");
        Wishes wishes = new Wishes(new Prompt("a bed", Optional.of("a rug"), 0), asked, 3, 24, 16, Optional.empty());
        List<Picture> two = model.draw(wishes, 2, EXACT, Progress.SILENT).pictures();
        assertThat(two).hasSize(2).doesNotHaveDuplicates();
        assertThat(model.draw(wishes, 1, EXACT, Progress.SILENT).pictures()).containsExactly(two.get(0));
        assertThat(two.get(0).width()).isEqualTo(24);
        assertThat(two.get(0).height()).isEqualTo(16);
    }

    @Test
    void inBf16ItDrawsNearlyTheSameSmallPictures() throws IOException {
        Karlo model = open(karlo());
        Map<String, String> asked = Map.of("steps", "2", "prior-steps", "2", "prior-guidance", "1", "guidance", "1");
        ImageRequest request = ImageRequest.of(wishes(asked), model.settings(asked), 8);
        List<AskedPicture> some = FirstPictures.of(request, 1);
        List<Tensor> made = new ArrayList<>();
        for (Precision precision : Precision.values()) {
            Placement placement = new Placement(Device.CPU, precision);
            List<Told[]> told = model.told(some, asked, placement, Progress.SILENT, new ArrayList<>());
            List<Tensor> small = model.small(some, 0, told, placement, Watcher.of(Progress.SILENT));
            made.add(small.get(0));
            List<Tensor> large =
                    model.enlarged(some, small, Map.of("enlarging-steps", "2"), placement, Progress.SILENT);
            assertThat(Tensors.shape(large.get(0))).containsExactly(1, 3, 16, 16);
        }
        assertThat(Deviation.relative(made.get(0), made.get(1))).isLessThan(0.1);
    }

    @Test
    void itsInventoryHasAllPartsAndItsSampling() throws IOException {
        PipelineInventory told = TextPipelines.installed().inventory(karlo());
        assertThat(told.parts().stream().map(PipelineInventory.Part::name))
                .containsExactlyInAnyOrder(
                        "prior", "decoder", "text_proj", "text_encoder", "super_res_first", "super_res_last");
        assertThat(told.missing()).isEmpty();
        assertThat(told.toString()).contains("UnCLIPPipeline").contains("16 x 16 px, ancestral, 25 steps");
    }

    @Test
    void itDrawsIn25And25And7StepsWhereNobodySaysOtherwise() throws IOException {
        TextPipeline model = TextPipelines.installed().open(karlo(), Additions.NONE);
        assertThat(model.type()).isEqualTo("UnCLIPPipeline");
        assertThat(model.sampling(Map.of()))
                .isEqualTo(
                        "ancestral, 25 steps, guidance 8.0, spacing linspace; enlarged by ancestral, 7 steps, spacing"
                                + " linspace; prior ancestral, 25 steps, guidance 4.0, spacing linspace, clip clamp 5.0");
    }

    @Test
    void thePriorOfEclipseTakesThePlaceOfItsOwn() throws IOException {
        JsonNode eclipse = MadeUnclip.GOLDEN.get("eclipse");
        MadeUnclip.write(eclipse.get("files"), folder, "");
        UnclipFolder parts = UnclipFolder.open(karlo(), Optional.of(folder.resolve("eclipse")));
        Karlo model = Karlo.open(parts);
        List<AskedPicture> some = FirstPictures.of(model.request(wishes(Map.of())), 2);
        List<TextVectors.Text> texts =
                TextVectors.read(parts, List.of(GOLDEN.get("prompt").asText(), ""), WIDTH, EXACT, new ArrayList<>());
        Tensor vectors = model.vectors(texts.get(0), texts.get(1), some, Map.of(), EXACT, Progress.SILENT);
        FormulaWeights.check(vectors, eclipse.get("vectors"), 1e-4);
        assertThat(model.sampling(Map.of())).endsWith("; a prior of one call");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            enlarging-steps | 1  | 16 | the enlarging's steps must be in 2..1000: 1
            prior-steps     | 1  | 16 | the prior's steps must be in 2..1000: 1
            clip            | 0  | 16 | of a diffusion model these can be asked for
            steps           | 2  | 20 | width must be a multiple of 8 up to 16384, and the nearest are 16 and 24: 20
            """)
    void whatCannotBeAskedForIsRefusedInOneSentence(String name, String value, int width, String reason)
            throws IOException {
        TextPipeline model = TextPipelines.installed().open(karlo(), Additions.NONE);
        Wishes wishes =
                new Wishes(new Prompt("a", Optional.empty(), 0), Map.of(name, value), 0, width, 16, Optional.empty());
        assertThatThrownBy(() -> model.draw(wishes, 1, EXACT, Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(reason);
    }

    @Test
    void aPictureToBeginWithAndAPriorForVariationsAreRefused() throws IOException {
        Picture picture = new Picture(16, 16, 3, new byte[768]);
        Wishes wishes = new Wishes(
                new Prompt("a", Optional.empty(), 0),
                Map.of(),
                0,
                16,
                16,
                Optional.of(new GivenPicture(picture, Optional.empty(), 1)));
        TextPipeline karlo = TextPipelines.installed().open(karlo(), Additions.NONE);
        assertThatThrownBy(() -> karlo.draw(wishes, 1, EXACT, Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Karlo draws from noise alone: a picture to begin with would do nothing");
        assertThatThrownBy(() -> karlo.vary(picture, wishes, 1, EXACT, Progress.SILENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has no image encoder: name the folder of Karlo's variations");
        Path variations = made("variation_files");
        assertThatThrownBy(() -> TextPipelines.installed().open(variations, Additions.NONE.with(folder)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a prior would do nothing: " + variations + " draws variations of pictures");
    }

    @ParameterizedTest
    @CsvSource({
        "text_proj, cross_attention_dim, 8, its text_proj makes tokens of 8 values and adds 64",
        "text_proj, clip_embeddings_dim, 8, 'its prior makes vectors of 10 values, and its text_proj wants 8'",
        "decoder, class_embed_type, , addition_embed_type must be",
        "decoder, out_channels, 3, variance_type must not be learned_range with a denoiser of 3 channels",
        "super_res_first, sample_size, 20, 'must be a multiple of that of the decoder, 8: 20'",
        "super_res_scheduler, _class_name, DDPMScheduler, super_res_scheduler must be UnCLIPScheduler: DDPMScheduler",
    })
    void partsThatDoNotFitAreNamed(String part, String name, String value, String reason) throws IOException {
        Path at = karlo();
        setting(at, part, name, value != null && value.matches("\\d+") ? (Object) Integer.valueOf(value) : value);
        assertThatThrownBy(() -> open(at)).isInstanceOf(IOException.class).hasMessageContaining(reason);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text_proj", "decoder", "super_res_first", "super_res_last"})
    void aWeightThatIsLackingIsNamedWithItsFolder(String part) throws IOException {
        Path at = karlo();
        String weight = part.equals("text_proj") ? "embedding_proj.bias" : "conv_out.bias";
        change(at, part, weights -> weights.remove(weight));
        Map<String, String> asked = Map.of("steps", "2", "prior-steps", "2", "enlarging-steps", "2");
        TextPipeline model = TextPipelines.installed().open(at, Additions.NONE);
        assertThatThrownBy(() -> model.draw(wishes(asked), 1, EXACT, Progress.SILENT))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(part)
                .hasMessageContaining("1 missing: ");
    }

    @Test
    void aProjectionIsTooLargeForItsFileBeforeItIsMade() throws IOException {
        Path at = karlo();
        setting(at, "text_proj", "cross_attention_dim", 60_000);
        setting(at, "text_proj", "time_embed_dim", 60_000);
        StoredNetwork stored = StoredNetwork.in(at.resolve("text_proj"));
        TextProjection.Config config = DiffusersTextProjection.config(stored);
        assertThat(config.tokens()).isEqualTo(60_000);
        assertThatThrownBy(() -> DiffusersTextProjection.read(stored, Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("text_proj");
    }
}
