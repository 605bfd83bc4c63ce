package dev.calotype.checkpoint.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.model.clip.Clip;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.clip.TextTransformer.Reading;
import dev.calotype.model.vit.VisionTransformerConfig.Variant;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tiny random networks of transformers 5.24, OpenAI's model.py and open_clip 3.3, with what those answer: {@code golden_clip.py}
 * in bench/peers.
 */
class PretrainedClipTest {
    private static Path resource(String name) {
        try {
            return Path.of(PretrainedClipTest.class.getResource("/clip/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Tensor> golden() throws IOException {
        return WeightFile.read(resource("golden.safetensors"));
    }

    @ParameterizedTest
    @CsvSource({
        "hf-clip, hf-clip, CLIP, CLIP, END",
        "hf-clip-legacy, hf-clip-legacy, CLIP_QUICK, CLIP, LARGEST_ID",
        "hf-siglip, hf-siglip, SIGLIP, SIGLIP, LAST",
        "openai-jit.pt, openai, CLIP_QUICK, CLIP, LARGEST_ID",
        "open-clip, open-clip, CLIP, CLIP, LARGEST_ID",
        "open-clip-custom, open-clip-custom, CLIP_QUICK, CLIP_WITH_BIAS, LARGEST_ID",
        "open-clip-siglip, open-clip-siglip, STANDARD, SIGLIP, LAST"
    })
    void theVectorsAreThoseOfTheProgramThatWroteTheFile(
            String file, String name, Variant variant, Clip.Family family, Reading reading) throws IOException {
        try (PointerScope scope = new PointerScope();
                PretrainedClip clip = PretrainedClip.open(resource(file))) {
            Clip.Config config = clip.network().value().config();
            assertThat(config.variant()).isEqualTo(variant);
            assertThat(config.family()).isEqualTo(family);
            assertThat(((TextTransformer.Config) config.text()).reading()).isEqualTo(reading);
            same(clip.network().value(), golden(), name);
        }
    }

    private static Path openClip(Path folder, String inVision, String inText) throws IOException {
        Path theirs = resource("open-clip");
        Path weights = folder.resolve("open_clip_model.safetensors");
        Files.copy(theirs.resolve("open_clip_model.safetensors"), weights, StandardCopyOption.REPLACE_EXISTING);
        String config = Files.readString(theirs.resolve("open_clip_config.json"))
                .replace("\"vision_cfg\": {", "\"vision_cfg\": {" + inVision)
                .replace("\"text_cfg\": {", "\"text_cfg\": {" + inText);
        return Files.writeString(folder.resolve("open_clip_config.json"), config);
    }

    @Test
    void openClipReadsATextAtTheMarkOfTheEndThatItsConfigNames(@TempDir Path folder) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            openClip(folder, "", "\"pool_type\": \"eos\", \"eos_id\": 61,");
            try (PretrainedClip clip = PretrainedClip.open(folder)) {
                TextTransformer.Config text =
                        (TextTransformer.Config) clip.network().value().config().text();
                assertThat(text.reading()).isEqualTo(Reading.END);
                assertThat(text.end()).isEqualTo(61);
                Tensor found = clip.network().value().texts(golden().get("ids").to(ScalarType.Long));
                near(found.get(0), golden().get("open-clip.text").get(0));
                near(
                        found.get(1).narrow(0, 0, 4),
                        Tensors.of(
                                -0.268193f,
                                0.104325f,
                                -0.086355f,
                                0.078089f)); // by open_clip 3.3; its largest id is 63
            }
            openClip(folder, "", "\"pool_type\": \"eos\",");
            try (PretrainedClip clip = PretrainedClip.open(folder)) {
                TextTransformer.Config text =
                        (TextTransformer.Config) clip.network().value().config().text();
                assertThat(text.end()).isEqualTo(2);
            }
        }
        Path config = openClip(folder, "", "\"pool_type\": \"first\",");
        assertThatIOException()
                .isThrownBy(() -> PretrainedClip.open(folder))
                .withMessage(config + ": pool_type of text_cfg must be argmax, eos or last: 'first'");
    }

    @Test
    void anImageEncoderOfOpenClipThatAveragesItsPatchesIsRefused(@TempDir Path folder) throws IOException {
        Path config = openClip(folder, "\"pool_type\": \"avg\", \"final_ln_after_pool\": true,", "");
        assertThatIOException()
                .isThrownBy(() -> PretrainedClip.open(folder))
                .withMessage(config + ": pool_type of vision_cfg must be tok: 'avg'");
        openClip(folder, "\"pool_type\": \"tok\", \"final_ln_after_pool\": true,", ""); // of one token it is the same
        try (PointerScope scope = new PointerScope();
                PretrainedClip clip = PretrainedClip.open(folder)) {
            same(clip.network().value(), golden(), "open-clip");
        }
    }

    private static void same(Clip network, Map<String, Tensor> golden, String name) {
        Tensor pictures = network.pictures(golden.get("pixels"));
        Tensor texts = network.texts(golden.get("ids").to(ScalarType.Long));
        near(pictures, golden.get(name + ".image"));
        near(texts, golden.get(name + ".text"));
        if (golden.containsKey(name + ".logits")) near(network.logits(pictures, texts), golden.get(name + ".logits"));
    }

    private static void near(Tensor ours, Tensor theirs) {
        double[] expected = Tensors.doubles(theirs);
        double[] found = Tensors.doubles(ours);
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) assertThat(found[i]).isCloseTo(expected[i], Offset.offset(2e-5));
    }

    @Test
    void aFileOfPlainWeightsIsReadAsTheArchiveOfThem(@TempDir Path folder) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> contiguous = new LinkedHashMap<>();
            WeightFile.read(resource("openai-jit.pt")).forEach((name, x) -> contiguous.put(name, x.contiguous()));
            Path file = folder.resolve("clip.safetensors");
            SafeTensors.write(file, contiguous, Map.of());
            try (PretrainedClip clip = PretrainedClip.open(file)) {
                same(clip.network().value(), golden(), "openai");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"text_model.", "''"})
    void aTextEncoderIsReadAloneWithItsPrefixOrWithout(String prefix, @TempDir Path folder) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> own = new LinkedHashMap<>();
            WeightFile.read(resource("hf-clip/model.safetensors")).forEach((name, x) -> {
                if (name.startsWith("text_model.")) own.put(prefix + name.substring("text_model.".length()), x);
                if (name.equals("text_projection.weight") && !prefix.isEmpty()) own.put(name, x);
            });
            SafeTensors.write(folder.resolve("model.safetensors"), own, Map.of());
            Files.writeString(
                    folder.resolve("config.json"),
                    "{\"model_type\": \"clip_text_model\", \"num_attention_heads\": 4, \"hidden_act\": \"gelu\","
                            + " \"eos_token_id\": 61}");
            try (Scope.Owned<TextTransformer> text = PretrainedClip.text(folder);
                    PretrainedClip clip = PretrainedClip.open(resource("hf-clip"))) {
                Tensor ids = golden().get("ids").to(ScalarType.Long);
                assertThat(text.value().config())
                        .isEqualTo(clip.network().value().config().text());
                assertThat(text.value().forward(ids).size(1)).isEqualTo(32);
            }
        }
    }

    @Test
    void weightsInSeveralFilesAreFoundByTheirIndex(@TempDir Path folder) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> all = WeightFile.read(resource("hf-clip/model.safetensors"));
            StringBuilder index = new StringBuilder("{\"metadata\": {}, \"weight_map\": {");
            for (String tower : new String[] {"text", "other"}) {
                String part = "model-" + tower + ".safetensors";
                Map<String, Tensor> some = new LinkedHashMap<>();
                all.forEach((name, x) -> {
                    if (name.startsWith("text") == tower.equals("text")) some.put(name, x);
                });
                SafeTensors.write(folder.resolve(part), some, Map.of());
                for (String name : some.keySet()) {
                    if (index.charAt(index.length() - 1) != '{') index.append(", ");
                    index.append('"').append(name).append("\": \"").append(part).append('"');
                }
            }
            Files.writeString(folder.resolve("model.safetensors.index.json"), index.append("}}"));
            Files.copy(resource("hf-clip/config.json"), folder.resolve("config.json"));
            try (PretrainedClip clip = PretrainedClip.open(folder)) {
                same(clip.network().value(), golden(), "hf-clip");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hf-clip | preprocessor_config.json | {} | TRANSFORMERS",
                "hf-clip | preprocessor_config.json | {'size': {'height': 12, 'width': 12}, 'do_center_crop': false} | STRETCHED",
                "hf-clip | preprocessor_config.json | {'size': {'height': 12, 'width': 12}, 'crop_size': 12} | STRETCHED",
                "hf-clip | preprocessor_config.json | {'size': {'shortest_edge': 12}, 'crop_size': 12} | TRANSFORMERS",
                "hf-siglip | preprocessor_config.json | {'size': {'height': 12, 'width': 12}} | STRETCHED",
                "hf-clip | processor_config.json | {'image_processor': {'do_center_crop': false}} | STRETCHED"
            })
    void howPicturesBecomeSquaresIsReadBesideTheWeights(
            String model, String file, String json, Framing framing, @TempDir Path folder) throws IOException {
        for (String name : new String[] {"config.json", "model.safetensors"})
            Files.copy(resource(model + "/" + name), folder.resolve(name));
        Files.writeString(folder.resolve(file), json.replace('\'', '"'));
        try (PretrainedClip clip = PretrainedClip.open(folder)) {
            assertThat(clip.framing()).isEqualTo(framing);
        }
        String other = "{\"resample\": 2}", nested = "{\"image_processor\": " + other + "}";
        Path torn = Files.writeString(folder.resolve(file), file.startsWith("pre") ? other : nested);
        assertThatIOException()
                .isThrownBy(() -> PretrainedClip.open(folder))
                .withMessage(torn + ": resample must be 3, which is bicubic: 2");
    }

    /** transformers 5 writes both into one file, which counts for more than what an older one left there. */
    @Test
    void whatIsDoneToPicturesIsReadInTheFileOfTheWholeProcessor(@TempDir Path folder) throws IOException {
        for (String name : new String[] {"config.json", "model.safetensors"})
            Files.copy(resource("hf-clip/" + name), folder.resolve(name));
        Files.writeString(folder.resolve("preprocessor_config.json"), "{\"image_mean\": [0.1, 0.2, 0.3]}");
        Files.writeString(folder.resolve("processor_config.json"), "{\"processor_class\": \"CLIPProcessor\"}");
        assertThat(mean(folder)).containsExactly(0.1, 0.2, 0.3);
        Files.writeString(
                folder.resolve("processor_config.json"), "{\"image_processor\": {\"image_mean\": [0.4, 0.5, 0.6]}}");
        assertThat(mean(folder)).containsExactly(0.4, 0.5, 0.6);
    }

    private static List<Double> mean(Path folder) throws IOException {
        try (PretrainedClip clip = PretrainedClip.open(folder)) {
            return clip.pixels().mean();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'height': 16, 'width': 12}", "{'height': 16, 'width': 16}"})
    void stretchedPicturesOfWhichAPartIsCutOutAreRefused(String size, @TempDir Path folder) throws IOException {
        for (String name : new String[] {"config.json", "model.safetensors"})
            Files.copy(resource("hf-clip/" + name), folder.resolve(name));
        String plain = size.replace('\'', '"').replace(" ", "");
        Path file = Files.writeString(
                folder.resolve("preprocessor_config.json"), "{\"size\":" + plain + ",\"crop_size\":12}");
        assertThatIOException()
                .isThrownBy(() -> PretrainedClip.open(folder))
                .withMessage(file + ": size must be that of the square that is cut out, 12: " + plain);
    }

    @Test
    void idsThatTheTextEncoderDoesNotKnowAreRefused() throws IOException {
        try (PointerScope scope = new PointerScope();
                PretrainedClip clip = PretrainedClip.open(resource("hf-clip"))) {
            Tensor ids = Tensors.of(60, 64, 61).reshape(1, 3);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> clip.network().value().texts(ids))
                    .withMessage("the tokenizer has other ids than the text encoder, which knows 0..63: 64");
        }
    }

    @Test
    void whatIsNoClipIsRefusedByName(@TempDir Path folder) throws IOException {
        assertThatIOException()
                .isThrownBy(() -> PretrainedClip.open(folder))
                .withMessage(
                        folder + " holds none of model.safetensors, model.safetensors.index.json, pytorch_model.bin,"
                                + " pytorch_model.bin.index.json");
        Path golden = resource("golden.safetensors");
        assertThatIOException()
                .isThrownBy(() -> PretrainedClip.open(golden))
                .withMessage(golden + ": its weights are not those of a CLIP or SigLIP, they have no"
                        + " visual.patch_embed.proj.weight of 4 dimensions");
        Files.copy(resource("hf-clip/model.safetensors"), folder.resolve("model.safetensors"));
        Path config = Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"bert\"}");
        assertThatIOException()
                .isThrownBy(() -> PretrainedClip.open(folder))
                .withMessage(
                        config
                                + ": model_type must be one of clip, clip_text_model, clip_vision_model, siglip, siglip_text_model: \"bert\"");
        Files.writeString(config, "{\"model_type\": \"clip\", \"vision_config\": {\"num_attention_heads\": 5}}");
        assertThatIOException()
                .isThrownBy(() -> PretrainedClip.open(folder))
                .withMessage(config + ": its network is not supported: heads must divide the width 32: 5");
    }
}
