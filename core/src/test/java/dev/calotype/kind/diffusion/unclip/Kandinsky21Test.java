package dev.calotype.kind.diffusion.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Deviation;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.clip.DiffusersMultilingualText;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.checkpoint.latent.DiffusersUnclipUNet;
import dev.calotype.checkpoint.latent.MadeUnclip;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipeline.Watcher;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.image.Picture;
import dev.calotype.io.Progress;
import dev.calotype.kind.diffusion.pipeline.FirstPictures;
import dev.calotype.kind.diffusion.pipeline.ImageRequest;
import dev.calotype.kind.diffusion.unclip.TextVectors.Text;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.clip.MultilingualText;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against diffusers: bench/peers/golden_kandinsky21.py made what is compared with. */
class Kandinsky21Test extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode GOLDEN = Golden.json("latent/kandinsky21.json");

    @TempDir
    Path folder;

    private Path decoder, prior;

    @BeforeEach
    void write() throws IOException {
        decoder = folder.resolve("k-decoder");
        prior = folder.resolve("k-prior");
        MadeUnclip.write(GOLDEN.get("files").get("prior"), prior);
        MadeUnclip.write(GOLDEN.get("files").get("decoder"), decoder);
        Files.delete(decoder.resolve("tokenizer/merges.txt"));
        MadeUnclip.json(decoder.resolve("tokenizer/tokenizer.json"), GOLDEN.get("tokenizer"));
    }

    private UnclipFolder parts() throws IOException {
        return UnclipFolder.open(decoder, Optional.empty());
    }

    @Test
    void aTextIsReadAndToldAsByDiffusersWithWhatFillsItsRow() throws IOException {
        JsonNode golden = GOLDEN.get("parts");
        UnclipFolder parts = parts();
        try (var unet = DiffusersUnclipUNet.read(parts.network("unet"), Precision.FP32)) {
            Text text = SpokenTexts.read(
                            parts,
                            List.of(GOLDEN.get("prompt").asText()),
                            unet.value().config().heard(),
                            EXACT,
                            new ArrayList<>())
                    .get(0);
            FormulaWeights.check(text.vector(), golden.get("vector"), 1e-4);
            FormulaWeights.check(text.tokens(), golden.get("tokens"), 1e-4);
            var told = unet.value()
                    .told(
                            FormulaWeights.unit("image", 2, 10),
                            text.vector().expand(2, -1),
                            text.tokens().expand(2, -1, -1));
            Tensor out = unet.value().forward(FormulaWeights.unit("x", 2, 4, 8, 12), Tensors.of(3.0, 740.0), told);
            FormulaWeights.check(out, golden.get("unet"), 1e-4);
            assertThatThrownBy(() -> unet.value().told(FormulaWeights.unit("image", 2, 10)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("texts must be told to a network that hears of them, and to no other");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "negative"})
    void aTextBecomesTheVectorsAndTheLatentsOfDiffusersByTheSameNoise(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        MadeUnclip.json(decoder.resolve("scheduler/scheduler_config.json"), made.get("scheduler"));
        Kandinsky model = Kandinsky.open(parts());
        assertThat(model.notes()).isEmpty();
        Map<String, String> asked =
                Map.of("prior-steps", "5", "prior-guidance", "4.0", "steps", "6", "guidance", "4.0");
        Optional<String> negative =
                Optional.ofNullable(made.get("negative_prompt")).map(JsonNode::asText);
        Prompt prompt = new Prompt(GOLDEN.get("prompt").asText(), negative, 0);
        ImageRequest request =
                model.request(new Wishes(prompt, asked, GOLDEN.get("seed").asLong(), 24, 16, Optional.empty()));
        Kandinsky.Vectors vectors =
                model.vectors(FirstPictures.of(request, 2), asked, EXACT, Progress.SILENT, new ArrayList<>());
        FormulaWeights.check(vectors.wanted(), made.get("vectors"), 1e-4);
        FormulaWeights.check(vectors.unwanted(), made.get("unwanted"), 1e-4);
        List<Tensor> drawn =
                model.latents(FirstPictures.of(request, 2), 0, vectors, EXACT, Watcher.of(Progress.SILENT));
        Tensor latents = Tensors.cat(0, drawn.toArray(Tensor[]::new));
        FormulaWeights.check(latents, made.get("latents"), 1e-3);
        try (var movq = DiffusersAutoencoder.read(decoder.resolve("movq"), Precision.FP32)) {
            FormulaWeights.check(movq.value().decode(latents), made.get("images"), 1e-3);
        }
    }

    @Test
    void itDrawsAndVariesFromItsFoldersHoweverTheyLieAndAlikeHoweverMany() throws IOException {
        Map<String, String> asked = Map.of("steps", "2", "prior-steps", "2");
        Wishes wishes = new Wishes(new Prompt("a bed", Optional.empty(), 0), asked, 3, 16, 16, Optional.empty());
        TextPipeline model = TextPipelines.installed().open(folder, Additions.NONE);
        assertThat(model.type()).isEqualTo("KandinskyPipeline");
        List<Picture> two = model.draw(wishes, 2, EXACT, Progress.SILENT).pictures();
        assertThat(two).hasSize(2).doesNotHaveDuplicates();
        assertThat(model.draw(wishes, 1, EXACT, Progress.SILENT).pictures()).containsExactly(two.get(0));
        Wishes nothing =
                new Wishes(new Prompt("", Optional.empty(), 0), Map.of("steps", "2"), 3, 16, 16, Optional.empty());
        assertThat(model.vary(two.get(0), nothing, 1, EXACT, Progress.SILENT).pictures())
                .doesNotContain(two.get(0));
        for (String part : List.of("prior", "text_encoder", "image_encoder", "tokenizer", "scheduler"))
            Files.move(prior.resolve(part), decoder.resolve("prior_" + part));
        MadeUnclip.json(
                decoder.resolve("model_index.json"),
                GOLDEN.get("files").get("together").get("index"));
        TextPipeline together = TextPipelines.installed().open(decoder, Additions.NONE);
        assertThat(together.type()).isEqualTo("KandinskyCombinedPipeline");
        assertThat(together.draw(wishes, 1, EXACT, Progress.SILENT).pictures()).containsExactly(two.get(0));
    }

    @Test
    void aPriorOfTheOtherFamilyAndAMissingVocabularyAreNamed() throws IOException {
        Path other = folder.resolve("other");
        MadeUnclip.write(MadeUnclip.GOLDEN.get("kandinsky22").get("files").get("prior"), other);
        assertThatThrownBy(() -> UnclipFolder.open(decoder, Optional.of(other)))
                .isInstanceOf(IOException.class)
                .hasMessage(other + " is the prior of another family, 'KandinskyV22PriorPipeline': what draws is one of"
                        + " KandinskyPipeline, KandinskyImg2ImgPipeline");
        Files.delete(decoder.resolve("tokenizer/tokenizer.json"));
        assertThatThrownBy(() -> Kandinsky.open(parts()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("lacks tokenizer/tokenizer.json, which AutoTokenizer of transformers writes");
    }

    @Test
    void aLongTextIsCutAndThatIsSaid() throws IOException {
        Kandinsky model = Kandinsky.open(parts());
        Map<String, String> asked = Map.of("steps", "2", "prior-steps", "2");
        Wishes wishes =
                new Wishes(new Prompt("bed ".repeat(90), Optional.empty(), 0), asked, 3, 16, 16, Optional.empty());
        assertThat(model.draw(wishes, 1, EXACT, Progress.SILENT).notes())
                .anyMatch(note -> note.startsWith("The text is longer than the 77 tokens that the denoiser is told"));
    }

    @Test
    void inBf16TheTextIsToldNearlyTheSame() throws IOException {
        List<Tensor> vectors = new ArrayList<>();
        for (Precision precision : Precision.values())
            try (var encoder = DiffusersMultilingualText.read(parts().network("words_encoder"), precision)) {
                vectors.add(
                        encoder.value().states(new int[] {0, 6, 7, 2, 1, 1}, 4).vector());
            }
        assertThat(Deviation.relative(vectors.get(0), vectors.get(1))).isLessThan(3e-2);
        Kandinsky model = Kandinsky.open(parts());
        Wishes wishes = new Wishes(
                new Prompt("a bed", Optional.empty(), 0),
                Map.of("steps", "2", "prior-steps", "2"),
                3,
                16,
                16,
                Optional.empty());
        assertThat(model.draw(wishes, 1, new Placement(Device.CPU, Precision.BF16), Progress.SILENT)
                        .pictures())
                .hasSize(1);
    }

    private void setting(String name, String value) throws IOException {
        Path config = decoder.resolve("text_encoder/config.json");
        ObjectNode json = (ObjectNode) new ObjectMapper().readTree(config.toFile());
        if (value.matches("\\d+")) json.put(name, Integer.parseInt(value));
        else json.put(name, value);
        MadeUnclip.json(config, json);
    }

    @ParameterizedTest
    @CsvSource({
        "model_type, bert, 'model_type must be M-CLIP, others are not honoured: ''bert'''",
        "hidden_act, relu, 'hidden_act must be gelu, others are not honoured: ''relu'''",
        "type_vocab_size, 2, 'type_vocab_size must be 1, others are not honoured: ''2'''",
        "transformerDimensions, 1024, 'transformerDimensions must be hidden_size, 14: 1024'",
        "num_attention_heads, 3, 'heads must divide the width 14: 3'",
        "pad_token_id, 9999, the id of what fills a row must be in 0..39: 9999",
    })
    void aSettingOfTheTextEncoderThatIsNotHonouredIsNamed(String name, String value, String reason) throws IOException {
        setting(name, value);
        assertThatThrownBy(() -> DiffusersMultilingualText.config(parts().network("words_encoder")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot use " + decoder.resolve("text_encoder/config.json"))
                .hasMessageContaining(reason);
    }

    @Test
    void idsThatTheTextEncoderDoesNotKnowAreRefusedAndWeightsOfAnotherShapeNamed() throws IOException {
        StoredNetwork stored = parts().network("words_encoder");
        try (var encoder = DiffusersMultilingualText.read(stored, Precision.FP32)) {
            MultilingualText network = encoder.value();
            assertThatThrownBy(() -> network.states(new int[] {0, 40, 2}, 3))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a text must be one row of at most 78 ids below 40: 3 up to 40");
        }
        setting("num_hidden_layers", "3");
        assertThatThrownBy(() -> DiffusersMultilingualText.read(parts().network("words_encoder"), Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("text_encoder are not those of its config")
                .hasMessageContaining("transformer.encoder.layer.2.");
    }
}
