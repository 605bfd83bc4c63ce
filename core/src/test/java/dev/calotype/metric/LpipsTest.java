package dev.calotype.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.Shared;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.image.Images;
import dev.calotype.model.FormulaWeights;
import dev.calotype.model.FormulaWeights.Lpips.Parts;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.model.PerceptualNetwork.Architecture;
import dev.calotype.model.PerceptualNetwork.Version;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LpipsTest {
    @ParameterizedTest
    @EnumSource(Architecture.class)
    void agreesWithItsAuthors(Architecture architecture) {
        Scope.run(() -> {
            Parts parts = Parts.of(architecture);
            for (Version version : Version.values())
                try (PerceptualNetwork network =
                        PerceptualNetwork.of(architecture, version, parts.backbone(), parts.linear())) {
                    check(new Lpips(network), golden(architecture, version).get("formula"));
                }
        });
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void agreesWithItsAuthorsUnderTheirLinearLayers(Architecture architecture) throws IOException {
        for (Version version : Version.values()) {
            String folder = "data/weights-and-vocab/lpips/" + (version == Version.V0_1 ? "v0.1/" : "v0.0/");
            try (PointerScope scope = new PointerScope()) {
                Map<String, Tensor> linear = WeightFile.read(Shared.path(folder + name(architecture) + ".pth"));
                try (PerceptualNetwork network = PerceptualNetwork.of(
                        architecture, version, Parts.of(architecture).backbone(), linear)) {
                    check(new Lpips(network), golden(architecture, version).get("published"));
                }
            }
        }
    }

    @Test
    void isZeroForEqualPicturesAndDifferentiable() {
        Scope.run(() -> {
            Parts parts = Parts.of(Architecture.SQUEEZE);
            try (PerceptualNetwork network =
                    PerceptualNetwork.of(Architecture.SQUEEZE, Version.V0_1, parts.backbone(), parts.linear())) {
                Tensor a = FormulaWeights.pixels("lpips.a", 1, 1, 40, 40);
                assertThat(new Lpips(network).between(a, a)).containsExactly(0);
                Tensor x = torch.zeros(1, 3, 40, 40).requires_grad_(true);
                network.distance(x, Images.ofPixels(FormulaWeights.pixels("lpips.b", 1, 3, 40, 40)))
                        .sum()
                        .backward();
                assertThat(x.grad().abs().sum().item_double()).isPositive();
                assertThatThrownBy(() -> new Lpips(network).between(a, torch.zeros(1, 1, 40, 40)))
                        .hasMessageContaining("one shape (N, C, H, W) and type");
            }
        });
    }

    @Test
    void namesWhatIsMissingAndPassesTheClassifierOver() {
        Scope.run(() -> {
            Parts parts = Parts.of(Architecture.ALEX);
            assertThatThrownBy(() ->
                            PerceptualNetwork.of(Architecture.SQUEEZE, Version.V0_1, parts.backbone(), parts.linear()))
                    .hasMessageContaining("lpips-squeeze-v0.1 ");
            parts.backbone().put("classifier.1.weight", torch.zeros(1));
            PerceptualNetwork.of(Architecture.ALEX, Version.V0_1, parts.backbone(), parts.linear())
                    .close();
        });
    }

    private static void check(Lpips lpips, JsonNode golden) {
        Tensor a = FormulaWeights.pixels("lpips.a", 3, 3, 70, 95);
        Tensor b = FormulaWeights.pixels("lpips.b", 3, 3, 70, 95);
        Tensor mixed = a.narrow(0, 2, 1)
                .to(ScalarType.Double)
                .mul(new Scalar(0.7))
                .add(b.narrow(0, 2, 1).to(ScalarType.Double), new Scalar(0.3))
                .round()
                .to(ScalarType.Byte);
        Tensor pixels = Tensors.cat(0, b.narrow(0, 0, 2), mixed);
        double[] wanted = Golden.doubles(golden);
        double[] actual = lpips.between(a, pixels);
        for (int i = 0; i < wanted.length; i++)
            assertThat(actual[i]).as("picture " + i).isCloseTo(wanted[i], within(2e-4 * wanted[i]));
    }

    private static JsonNode golden(Architecture architecture, Version version) {
        return Golden.json("peers/lpips.json").get(name(architecture) + (version == Version.V0_1 ? "-v0.1" : "-v0.0"));
    }

    private static String name(Architecture architecture) {
        return architecture.name().toLowerCase(Locale.ROOT);
    }
}
