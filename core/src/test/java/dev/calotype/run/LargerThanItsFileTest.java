package dev.calotype.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.model.dit.LatentTransformer;
import dev.calotype.model.dit.LatentTransformerConfig;
import dev.calotype.nn.Allowance;
import dev.calotype.nn.transformer.ModulatedBlock.QueryKeyNorm;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a checkpoint says of its network is not believed: none is made that its weights could not fill. */
class LargerThanItsFileTest {
    @TempDir
    Path folder;

    @Test
    void aTableOfPlacesIsRefusedBeforeItIsMade() {
        var config = new LatentTransformerConfig(1, 1, 8, 1, 1, 1, 8, 8, 1024, QueryKeyNorm.NONE, 0);
        assertThatThrownBy(() -> Allowance.of(100_000, () -> new LatentTransformer(config)))
                .hasMessage("the network has more weights than the 100000 that are there");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            kind: diffusion   | network.channels=4096
            kind: diffusion   | network.blocks=16
            kind: gan         | network.generator.width=1024
            kind: gan         | network.architecture=stylegan2 network.base=1048576 network.widest=16384
            kind: classifier  | network.width=16384
            kind: classifier  | network.depth=1000
            kind: denoiser    | network.widths=[1024,1024,1024]
            """)
    void isRefusedBeforeItIsMade(String kind, String settings) throws IOException {
        Experiment experiment = Recipe.parse("name: large\n" + kind, List.of(settings.split(" ")));
        Path file = folder.resolve("large.safetensors");
        String group = "ema/" + experiment.training().ema().get(0);
        Scope.run(() -> {
            Map<String, Tensor> few = Map.of(group + "/few", Tensors.fill(1000, 0));
            try {
                new Checkpoint(few, Recipe.write(experiment), Map.of("step", 1.0)).write(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThatThrownBy(() -> TrainedFile.open(file, Placement.best()))
                .isInstanceOf(IOException.class)
                .hasMessage(file
                        + " does not hold the network of its recipe: the network has more weights than the 1000 that"
                        + " are there");
    }
}
