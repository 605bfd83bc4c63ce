package dev.calotype.checkpoint.latent;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks of Kandinsky against diffusers: bench/peers/golden_unclip.py made what is compared with. */
class UnclipNetworksTest extends InScope {
    private static final JsonNode KANDINSKY = MadeUnclip.GOLDEN.get("kandinsky22");

    @TempDir
    Path folder;

    private StoredNetwork part(String pipeline, String name) throws IOException {
        MadeUnclip.write(KANDINSKY.get("files").get(pipeline), folder, "");
        return StoredNetwork.in(folder.resolve(name));
    }

    @Test
    void aDenoiserToldOfAPicturesVectorAnswersAsDiffusers() throws IOException {
        try (var network = DiffusersUnclipUNet.read(part("decoder", "unet"), Precision.FP32)) {
            Tensor told = FormulaWeights.unit("image", 2, 10), x = FormulaWeights.unit("x", 2, 4, 8, 12);
            Tensor out = network.value()
                    .forward(x, Tensors.of(3.0, 740.0), network.value().told(told));
            FormulaWeights.check(out, KANDINSKY.get("parts").get("unet"), 1e-4);
        }
    }

    @Test
    void itsAutoencoderEncodesAndDecodesAsDiffusersDoesWithoutItsCodebook() throws IOException {
        part("decoder", "movq");
        try (var network = DiffusersAutoencoder.read(folder.resolve("movq"), Precision.FP32)) {
            Autoencoder movq = network.value();
            Tensor latents = movq.encode(FormulaWeights.unit("picture", 2, 3, 16, 24));
            FormulaWeights.check(latents, KANDINSKY.get("parts").get("encoded"), 1e-4);
            Tensor pictures = movq.decode(FormulaWeights.unit("x", 2, 4, 8, 12));
            FormulaWeights.check(pictures, KANDINSKY.get("parts").get("decoded"), 1e-4);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            unet  | addition_embed_type  | text_time            | addition_embed_type must be "image"
            unet  | class_embed_type     | timestep             | class_embed_type must be null
            unet  | class_embed_type     | identity             | encoder_hid_dim must be null
            unet  | mid_block_type       | UNetMidBlock2D       | mid_block_type must be
            unet  | resnet_time_scale_shift | spatial           | resnet_time_scale_shift must be one of
            movq  | norm_type            | layer                | norm_type must be "group"
            movq  | act_fn               | tanh                 | act_fn must be one of
            """)
    void aSettingThatIsNotHonouredIsNamed(String part, String setting, String value, String reason) throws IOException {
        StoredNetwork stored = part("decoder", part);
        ObjectNode config = stored.config().deepCopy();
        StoredNetwork changed = stored.with((JsonNode) config.put(setting, value));
        assertThatThrownBy(() -> {
                    if (part.equals("unet")) DiffusersUnclipUNet.config(changed);
                    else DiffusersAutoencoder.read(changed, Precision.FP32).close();
                })
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }
}
