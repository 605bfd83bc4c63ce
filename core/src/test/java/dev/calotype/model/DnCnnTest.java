package dev.calotype.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.Shared;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

class DnCnnTest {
    private static final JsonNode GOLDEN = Golden.json("peers/dncnn.json");

    @Test
    void picturesComeOutAsFromPyTorch() {
        Scope.run(() -> {
            Map<String, Tensor> weights =
                    small(GOLDEN.get("layers").asInt(), GOLDEN.get("width").asInt());
            try (DnCnn network = DnCnn.of(weights)) {
                assertThat(network.reach()).isEqualTo(5);
                assertThat(network.channels()).isEqualTo(1);
                FormulaWeights.check(network.denoise(picture()), GOLDEN.get("formula"), 1e-4);
            }
        });
    }

    @Test
    void thePublishedWeightsAnswerAsInPyTorch() {
        Path file = Shared.path("data/weights-and-vocab/dncnn-kair/dncnn_25.pth");
        Scope.run(() -> {
            try (DnCnn network = DnCnn.of(read(file))) {
                assertThat(network.reach()).isEqualTo(17);
                FormulaWeights.check(network.denoise(picture()), GOLDEN.get("published"), 1e-4);
            }
        });
    }

    @Test
    void anotherNetworkIsRefused() {
        Scope.run(() -> {
            Map<String, Tensor> weights = small(3, 4);
            weights.remove("model.2.bias");
            assertThatThrownBy(() -> DnCnn.of(weights)).hasMessage("dncnn misses the weight model.2.bias");
            assertThatThrownBy(() -> DnCnn.of(Map.of()))
                    .hasMessage("DnCNN wants convolutions model.0, model.2, ...: []");
        });
    }

    private static Map<String, Tensor> small(int layers, int width) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (int i = 0; i < layers; i++) {
            long out = i == layers - 1 ? 1 : width;
            shapes.put("model." + 2 * i + ".weight", new long[] {out, i == 0 ? 1 : width, 3, 3});
            shapes.put("model." + 2 * i + ".bias", new long[] {out});
        }
        return FormulaWeights.of(shapes);
    }

    private static Tensor picture() {
        return FormulaWeights.pixels("dncnn", 2, 1, 21, 34).to(ScalarType.Float).div(new Scalar(255));
    }

    private static Map<String, Tensor> read(Path file) {
        try {
            return WeightFile.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
