package dev.calotype.checkpoint.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.InScope;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.latent.LatentNetwork;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.model.latent.VqAutoencoder;
import dev.calotype.nn.Activation;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against diffusers: bench/peers/golden_vq.py made what is compared with. */
class DiffusersVqTest extends InScope {
    private static final JsonNode GOLDEN = Golden.json("latent/vq.json");

    @TempDir
    Path folder;

    private StoredNetwork stored(String name) throws IOException {
        MadeUnclip.json(folder.resolve("config.json"), GOLDEN.get(name).get("config"));
        Map<String, Tensor> weights = FormulaWeights.ofUNet(GOLDEN.get(name).get("weights"));
        SafeTensors.write(folder.resolve("diffusion_pytorch_model.safetensors"), weights, Map.of("format", "pt"));
        return StoredNetwork.in(folder);
    }

    private static VqAutoencoder network(Scope.Owned<?> owned) {
        return (VqAutoencoder) owned.value();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ldm", "attending", "without_attention"})
    void itEncodesAndDecodesByItsCodesAsDiffusersDoes(String name) throws IOException {
        JsonNode made = GOLDEN.get(name);
        try (var owned = DiffusersAutoencoder.read(stored(name), Precision.FP32)) {
            VqAutoencoder network = network(owned);
            double factor = made.at("/config/scaling_factor").asDouble();
            Tensor seen = network.encode(FormulaWeights.unit("x", 2, 3, 16, 24));
            FormulaWeights.check(Tensors.scale(1 / factor, seen), made.get("latents"), 1e-4);
            int channels = network.latentChannels();
            Tensor z = Tensors.scale(2 * factor, FormulaWeights.unit("z", 2, channels, 8, 12));
            FormulaWeights.check(network.decode(z), made.get("decoded"), 1e-4);
        }
    }

    /** As those of diffusers without its "legacy" weights, which exchange the commitment for the codebook. */
    @ParameterizedTest
    @ValueSource(strings = {"ldm", "attending"})
    void whatItsCodebookLowersAndItsGradientsAreThoseOfDiffusers(String name) throws IOException {
        JsonNode made = GOLDEN.get(name).get("learned");
        try (var owned = DiffusersAutoencoder.read(stored(name), Precision.FP32)) {
            VqAutoencoder network = network(owned);
            Tensors.parameters(network).values().forEach(weight -> weight.requires_grad_(true));
            Tensor x = FormulaWeights.unit("x", 2, 3, 16, 24);
            assertThat(Tensors.doubles(network.numbers(x).flatten(0, -1)))
                    .containsExactly(Golden.doubles(made.get("numbers")));
            LatentNetwork.Code code = network.code(x, Rng.of(0));
            FormulaWeights.check(code.latents(), made.get("codes"), 1e-4);
            Tensor cost = Tensors.scale(1 / (3.0 * 16 * 24), code.cost().mean());
            assertThat(cost.item_double())
                    .isCloseTo(
                            made.get("loss").asDouble(),
                            within(1e-4 * made.get("loss").asDouble()));
            Tensor slope = FormulaWeights.unit("slope", Tensors.shape(code.latents()));
            code.latents().mul(slope).sum().add(cost).backward();
            Map<String, Tensor> weights = Tensors.parameters(network);
            FormulaWeights.check(weights.get("quantize.embedding.weight").grad(), made.get("codebook"), 1e-4);
            FormulaWeights.check(weights.get("quant_conv.weight").grad(), made.get("before"), 1e-4);
        }
    }

    @Test
    void whatIsWrittenForDiffusersIsReadAgainToTheBit() throws IOException {
        try (var owned = DiffusersAutoencoder.read(stored("without_attention"), Precision.FP32)) {
            Path there = folder.resolve("there");
            assertThat(AutoencoderFolder.write(there, network(owned))).isEmpty();
            try (var again = DiffusersAutoencoder.read(there, Precision.FP32)) {
                assertThat(network(again).config()).isEqualTo(network(owned).config());
                Tensor x = FormulaWeights.unit("x", 1, 3, 16, 24);
                assertThat(Tensors.floats(network(again).decode(network(again).encode(x))))
                        .containsExactly(Tensors.floats(
                                network(owned).decode(network(owned).encode(x))));
            }
        }
        try (var owned = DiffusersAutoencoder.read(stored("attending"), Precision.FP32)) {
            assertThatThrownBy(() -> AutoencoderFolder.write(folder.resolve("no"), network(owned)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a VQModel whose levels attend is read, and not written");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "lookup_from_codebook, true, lookup_from_codebook must be false",
        "num_vq_embeddings, 1, 'codes must be in 2..1048576: 1'",
        "num_vq_embeddings, 25, quantize.embedding.weight",
        "norm_type, layer, 'norm_type must be \"group\"'",
    })
    void aSettingThatIsNotHonouredIsNamed(String name, String value, String reason) throws IOException {
        StoredNetwork stored = stored("ldm");
        ObjectNode config = stored.config().deepCopy();
        if (value.matches("\\d+")) config.put(name, Integer.parseInt(value));
        else if (value.equals("true")) config.put(name, true);
        else config.put(name, value);
        assertThatThrownBy(() -> DiffusersAutoencoder.read(stored.with((JsonNode) config), Precision.FP32))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    private static VqAutoencoder fresh(int codes, double gathering) {
        VqAutoencoder network = new VqAutoencoder(new VqAutoencoder.Config(
                3,
                2,
                2,
                List.of(8, 8),
                1,
                4,
                Activation.SILU,
                false,
                List.of(),
                List.of(),
                new VqAutoencoder.Codes(codes, 0.25, gathering),
                LatentScale.NONE));
        network.draw(Rng.of(3));
        return network;
    }

    @Test
    void usageIsCountedAndItsPerplexityIsTheNumberOfCodesThatAreUsedAlike() {
        VqAutoencoder network = fresh(8, 0);
        VqAutoencoder.Usage usage =
                network.usage(Tensors.of(1, 1, 5, 5, 7, 7, 0, 0).reshape(2, 4));
        assertThat(usage.codes()).isEqualTo(8);
        assertThat(usage.used()).isEqualTo(4);
        assertThat(usage.perplexity()).isCloseTo(4, within(1e-9));
    }

    /** Half of the codes lie far away from all latents: the term for them alone moves them, and brings them all to where latents are. */
    @Test
    void codesThatNothingIsNearToAreGatheredAndLeftWhereTheyAreWithoutThat() {
        Tensor x = FormulaWeights.unit("x", 2, 3, 16, 16);
        for (double gathering : new double[] {0, 1}) {
            VqAutoencoder network = fresh(16, gathering);
            Tensor codes = Tensors.parameters(network).get("quantize.embedding.weight");
            Scope.read(() -> codes.narrow(0, 8, 8).fill_(new Scalar(50.0)));
            network.code(x, Rng.of(0)).cost().sum().backward();
            double[] far = Tensors.doubles(codes.grad().narrow(0, 8, 8));
            if (gathering == 0) assertThat(far).containsOnly(0);
            else assertThat(Arrays.stream(far).min().orElseThrow()).isPositive();
        }
    }
}
