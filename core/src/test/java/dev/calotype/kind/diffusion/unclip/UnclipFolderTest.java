package dev.calotype.kind.diffusion.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.latent.MadeUnclip;
import dev.calotype.experiment.offer.Additions;
import dev.calotype.experiment.offer.PipelineInventory;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.experiment.offer.TextPipeline;
import dev.calotype.experiment.offer.TextPipeline.Wishes;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.io.Progress;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the parts of Kandinsky 2.2 may lie, and what is said where they do not fit. */
class UnclipFolderTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode FILES = MadeUnclip.GOLDEN.get("kandinsky22").get("files");

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private Path decoder, prior;

    @BeforeAll
    static void write() throws IOException {
        MadeUnclip.write(FILES.get("decoder"), made.resolve("k-decoder"));
        MadeUnclip.write(FILES.get("prior"), made.resolve("k-prior"));
    }

    @BeforeEach
    void copy() throws IOException {
        decoder = copied("k-decoder");
        prior = copied("k-prior");
    }

    private Path copied(String name) throws IOException {
        try (Stream<Path> files = Files.walk(made.resolve(name))) {
            for (Path file : files.toList()) Files.copy(file, folder.resolve(made.relativize(file)));
        }
        return folder.resolve(name);
    }

    private static TextPipeline open(Path path, Additions additions) throws IOException {
        return TextPipelines.installed().open(path, additions);
    }

    private static void draw(Path path, Additions additions) throws IOException {
        Map<String, String> asked = Map.of("steps", "1", "prior-steps", "2");
        Wishes wishes = new Wishes(new Prompt("a", Optional.empty(), 0), asked, 0, 8, 8, Optional.empty());
        open(path, additions).draw(wishes, 1, EXACT, Progress.SILENT);
    }

    @Test
    void thePriorIsFoundBesideInTheSameFolderWithTheDecoderOrWhereItIsNamed() throws IOException {
        assertThat(open(decoder, Additions.NONE).type()).isEqualTo("KandinskyV22Pipeline");
        assertThat(open(folder, Additions.NONE).type()).isEqualTo("KandinskyV22Pipeline");
        Path named = Files.createDirectory(folder.resolve("y"));
        Files.move(decoder, named.resolve("fox"));
        Files.move(prior, named.resolve("fox-prior"));
        assertThat(open(named.resolve("fox"), Additions.NONE).type()).isEqualTo("KandinskyV22Pipeline");
        Files.move(named.resolve("fox"), decoder);
        Path elsewhere = Files.createDirectory(folder.resolve("x")).resolve("other");
        Files.move(named.resolve("fox-prior"), elsewhere);
        Files.delete(named);
        assertThat(TextPipelines.installed().isOne(folder)).isFalse();
        assertThatThrownBy(() -> open(decoder, Additions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        decoder
                                + " is a KandinskyV22Pipeline and lacks its prior (name the folder of that as `prior`, or"
                                + " lay it beside, called as this one with 'prior' in the place of 'decoder', or with '-prior' behind)");
        assertThat(open(decoder, Additions.NONE.with(elsewhere)).size()).containsExactly(16, 16);
    }

    @Test
    void aFolderOfBothAsDiffusersWritesItIsReadToo() throws IOException {
        Path both = decoder;
        for (String part : List.of("prior", "text_encoder", "image_encoder", "tokenizer", "scheduler"))
            Files.move(prior.resolve(part), both.resolve("prior_" + part));
        MadeUnclip.json(both.resolve("model_index.json"), FILES.get("together").get("index"));
        assertThat(open(both, Additions.NONE).type()).isEqualTo("KandinskyV22CombinedPipeline");
    }

    @Test
    void itsInventoryHasAllPartsAndItsSampling() throws IOException {
        PipelineInventory told = TextPipelines.installed().inventory(decoder);
        assertThat(told.parts().stream().map(PipelineInventory.Part::name))
                .containsExactlyInAnyOrder("unet", "movq", "prior", "text_encoder", "image_encoder");
        assertThat(told.missing()).isEmpty();
        assertThat(told.toString()).contains("KandinskyV22Pipeline").contains("16 x 16 px, ancestral, 100 steps");
    }

    @Test
    void everyMissingPartIsNamed() throws IOException {
        Files.delete(decoder.resolve("movq/diffusion_pytorch_model.safetensors"));
        Files.delete(decoder.resolve("scheduler/scheduler_config.json"));
        Files.delete(prior.resolve("tokenizer/merges.txt"));
        Files.delete(prior.resolve("image_encoder/config.json"));
        assertThatThrownBy(() -> open(decoder, Additions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is a KandinskyV22Pipeline and lacks ")
                .hasMessageContaining("the weights of movq/")
                .hasMessageContaining("scheduler/scheduler_config.json")
                .hasMessageContaining("k-prior/tokenizer/merges.txt or tokenizer.json")
                .hasMessageContaining("k-prior/image_encoder/config.json");
    }

    @ParameterizedTest
    @CsvSource({
        "decoder, movq, AutoencoderKL, movq must be VQModel: 'AutoencoderKL'",
        "decoder, unet, UNet2DModel, unet must be UNet2DConditionModel: 'UNet2DModel'",
        "prior, prior, UNet2DModel, prior must be PriorTransformer: 'UNet2DModel'",
        "prior, text_encoder, CLIPTextModel, text_encoder must be CLIPTextModelWithProjection: 'CLIPTextModel'",
    })
    void aPartOfAnotherClassIsNamed(String pipeline, String part, String type, String reason) throws IOException {
        ObjectNode index = FILES.get(pipeline).get("index").deepCopy();
        index.putArray(part).add("diffusers").add(type);
        MadeUnclip.json(folder.resolve("k-" + pipeline + "/model_index.json"), index);
        assertThatThrownBy(() -> open(decoder, Additions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void aPriorAloneAndWhatIsNoPriorAreSaidToBeThat() throws IOException {
        assertThatThrownBy(() -> open(prior, Additions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessage(prior + " is a prior, which makes vectors of texts and no pictures: name the folder of its"
                        + " decoder, and this one as `prior`");
        assertThatThrownBy(() -> open(decoder, Additions.NONE.with(decoder)))
                .hasMessage(decoder + " is no prior, but a pipeline of the class 'KandinskyV22Pipeline'");
        Path unet = decoder.resolve("unet");
        assertThatThrownBy(() -> open(decoder, Additions.NONE.with(unet)))
                .hasMessage(unet + " is no prior: _class_name must be PriorTransformer: 'UNet2DConditionModel'");
        assertThatThrownBy(() -> open(decoder, Additions.NONE.with(folder.resolve("no"))))
                .hasMessage(folder.resolve("no") + " is no prior: it has neither model_index.json nor config.json");
    }

    @ParameterizedTest
    @CsvSource({
        "decoder, unet, conv_out.bias, 'the weights of', 1 missing: conv_out.bias",
        "decoder, movq, decoder.mid_block.attentions.0.to_q.bias, cannot use, 'lacks its queries, keys or values'",
        "prior, prior, prd_embedding, 'the weights of', 1 missing: prd_embedding",
        "prior, prior, clip_std, 'the weights of', lack clip_mean or clip_std",
    })
    void aWeightThatIsLackingIsNamed(String pipeline, String part, String weight, String before, String reason)
            throws IOException {
        change(pipeline, part, weights -> weights.remove(weight));
        assertThatThrownBy(() -> draw(decoder, Additions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(before)
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({"decoder, unet", "decoder, movq", "prior, prior"})
    void aWeightThatIsLeftOverIsNamed(String pipeline, String part) throws IOException {
        change(pipeline, part, weights -> weights.put("mid_block.extra.bias", Device.CPU.zeros(2)));
        assertThatThrownBy(() -> draw(decoder, Additions.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 unexpected: 'mid_block.extra.bias'");
    }

    private interface Change {
        void of(Map<String, Tensor> weights);
    }

    private void change(String pipeline, String part, Change change) throws IOException {
        Path file = folder.resolve("k-" + pipeline).resolve(part).resolve("diffusion_pytorch_model.safetensors");
        Map<String, Tensor> weights = new LinkedHashMap<>(SafeTensors.read(file).tensors());
        change.of(weights);
        SafeTensors.write(file, weights, Map.of("format", "pt"));
    }

    @Test
    void whatSuchAPipelineDoesNotTakeIsRefused() {
        Additions lora = new Additions(Optional.empty(), Optional.of("v"), Optional.empty(), List.of(), List.of());
        assertThatThrownBy(() -> open(decoder, lora))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a prediction would do nothing: " + decoder + " is a pipeline with a prior");
    }
}
