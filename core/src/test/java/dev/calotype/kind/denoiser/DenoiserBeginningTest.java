package dev.calotype.kind.denoiser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DenoiserBeginningTest {
    private static final DenoisingUNet.Config SMALL = new DenoisingUNet.Config(List.of(16, 16, 16), List.of(1, 1, 1));

    @TempDir
    private Path folder;

    private Path written() throws IOException {
        Path file = folder.resolve("weights.safetensors");
        try (PointerScope scope = new PointerScope()) {
            SafeTensors.write(file, Weights.of(new DenoisingUNet(SMALL, Rng.of(7))), Map.of());
        }
        return file;
    }

    private static float[] head(DenoisingUNet network) {
        return Scope.read(() -> Tensors.floats(Tensors.parameters(network).get("body.head.weight")));
    }

    @Test
    void aNetworkHasTheWeightsOfTheFileThatItBeginsWith() throws IOException {
        Beginning beginning = new Beginning(written().toString());
        beginning.requireThere();
        try (PointerScope scope = new PointerScope()) {
            DenoisingUNet network = new DenoisingUNet(SMALL, Rng.of(1)), other = new DenoisingUNet(SMALL, Rng.of(1));
            beginning.into(network);
            assertThat(head(network)).isEqualTo(head(new DenoisingUNet(SMALL, Rng.of(7))));
            new Beginning("").into(other);
            assertThat(head(other)).isNotEqualTo(head(network));
        }
    }

    /** A run that goes on has its weights in its checkpoint. */
    @Test
    void whatIsNotThereIsRefusedBeforeATrainingAndNotMissedLater() {
        Beginning nowhere = new Beginning("/nowhere/weights");
        assertThatThrownBy(nowhere::requireThere)
                .hasMessage("init.from must be a run or a file of weights: /nowhere/weights");
        try (PointerScope scope = new PointerScope()) {
            DenoisingUNet network = new DenoisingUNet(SMALL, Rng.of(1));
            assertThatCode(() -> nowhere.into(network)).doesNotThrowAnyException();
        }
    }

    @Test
    void whatDoesNotFitIsRefusedByItsKey() throws IOException {
        Beginning beginning = new Beginning(written().toString());
        Path text = Files.writeString(folder.resolve("text"), "no weights");
        try (PointerScope scope = new PointerScope()) {
            DenoisingUNet wider =
                    new DenoisingUNet(new DenoisingUNet.Config(List.of(32, 16, 16), List.of(1, 1, 1)), Rng.of(1));
            assertThatThrownBy(() -> beginning.into(wider))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("init.from: ");
            assertThatThrownBy(() -> new Beginning(text.toString()).into(wider))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("init.from: ");
        }
    }
}
