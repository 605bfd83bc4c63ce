package dev.calotype.kind.diffusion.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.experiment.offer.Additions.Embedding;
import dev.calotype.experiment.offer.Prompt;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against diffusers: bench/peers/golden_embeddings.py made what is compared with. */
class LearnedWordsTest extends InScope {
    private static final Placement EXACT = new Placement(Device.CPU, Precision.FP32);
    private static final JsonNode GOLDEN = Golden.json("latent/embeddings.json");

    @TempDir
    static Path made;

    @TempDir
    Path folder;

    private static PipelineFiles base(String name) throws IOException {
        Path folder = made.resolve(name);
        if (!Files.exists(folder)) MadePipeline.write(name, folder);
        return PipelineFolder.open(folder);
    }

    private Embedding embedding(String file, Map<String, Tensor> vectors, String token) throws IOException {
        Path path = folder.resolve(file + ".safetensors");
        SafeTensors.write(path, vectors, Map.of());
        return new Embedding(path, Optional.ofNullable(token));
    }

    private static Tensor vectors(String name, long... shape) {
        return FormulaWeights.weight(name, shape);
    }

    private PipelineFiles first() throws IOException {
        return AdaptedFiles.of(
                base("sd1"),
                List.of(),
                List.of(
                        embedding("one", Map.of("<lamp>", vectors("<lamp>", 12)), null),
                        embedding("easy", Map.of("emb_params", vectors("easy", 3, 12)), null)));
    }

    private static Conditions conditions(PipelineFiles files, String text) throws IOException {
        TextToImage model = TextToImage.open(files);
        var how = model.settings(Map.of("guidance", "1", "steps", "2"));
        return model.conditions(
                        FirstPictures.of(new ImageRequest(new Prompt(text, Optional.empty(), 0), how, 0, 16, 16), 1),
                        EXACT)
                .get(0);
    }

    @Test
    void textsWithLearnedWordsAreThoseOfDiffusers() throws IOException {
        PipelineFiles files = first();
        assertThat(files.notes()).containsExactly("Learned words, as they are to be written in a text: <lamp>, easy.");
        try (Words words = files.words("tokenizer")) {
            for (int i = 0; i < GOLDEN.get("texts").size(); i++) {
                String text = GOLDEN.get("texts").get(i).asText();
                assertThat(words.rows(Emphasis.parts(text), 16, 1)
                                .get(0)
                                .tokens()
                                .ids())
                        .containsExactly(Golden.ints(GOLDEN.get("ids").get(i)));
                FormulaWeights.check(
                        conditions(files, text).rows().tokens().narrow(1, 0, 16), // all that diffusers reads
                        GOLDEN.get("tokens").get(i),
                        1e-4);
            }
        }
    }

    @Test
    void wordsOfXlHaveVectorsForBothEncoders() throws IOException {
        Map<String, Tensor> both = Map.of("clip_l", vectors("clip_l", 2, 12), "clip_g", vectors("clip_g", 2, 8));
        PipelineFiles files = AdaptedFiles.of(base("xl"), List.of(), List.of(embedding("lamps", both, "<lamp>")));
        Conditions conditions = conditions(files, GOLDEN.get("xl_text").asText());
        FormulaWeights.check(conditions.rows().tokens(), GOLDEN.get("xl").get("tokens"), 1e-4);
        FormulaWeights.check(conditions.rows().pooled(), GOLDEN.get("xl").get("pooled"), 1e-4);
        Embedding one = embedding("one", Map.of("<lamp>", vectors("<lamp>", 12)), null);
        assertThatThrownBy(() -> AdaptedFiles.of(base("xl"), List.of(), List.of(one)))
                .hasMessageContaining("has no vectors for the second text encoder");
        Embedding xl = embedding("both", both, "<lamp>");
        assertThatThrownBy(() -> AdaptedFiles.of(base("sd1"), List.of(), List.of(xl)))
                .hasMessage(
                        "the word '<lamp>' has vectors for two text encoders, as of Stable Diffusion XL or 3, and this"
                                + " model has one");
    }

    @Test
    void wordsThatCannotBeAreRefused() throws IOException {
        Embedding wide = embedding("wide", Map.of("<lamp>", vectors("<lamp>", 16)), null);
        assertThatThrownBy(() -> AdaptedFiles.of(base("sd1"), List.of(), List.of(wide)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("'<lamp>' is of another model")
                .hasMessageContaining("has 12 values");
        Embedding lamp = embedding("lamp", Map.of("<lamp>", vectors("<lamp>", 12)), null);
        assertThatThrownBy(() -> AdaptedFiles.of(base("sd1"), List.of(), List.of(lamp, lamp)))
                .hasMessage("two learned words are called '<lamp>': name one of them otherwise");
        Embedding bed = embedding("bed", Map.of("<lamp>", vectors("<lamp>", 12)), "bed");
        assertThatThrownBy(() -> AdaptedFiles.of(base("sd1"), List.of(), List.of(bed)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'bed' is a word of the vocabulary already");
        Embedding third = embedding("third", Map.of("clip_l", vectors("a", 12), "t5xxl", vectors("b", 9)), null);
        assertThatThrownBy(() -> AdaptedFiles.of(base("xl"), List.of(), List.of(third)))
                .isInstanceOf(IOException.class)
                .hasMessageEndingWith("has vectors for T5, t5xxl, to which no words can be added here");
        Embedding none = embedding("none", Map.of("a", vectors("a", 2), "b", vectors("b", 2)), null);
        assertThatThrownBy(() -> AdaptedFiles.of(base("sd1"), List.of(), List.of(none)))
                .hasMessageContaining("is no learned word");
    }
}
