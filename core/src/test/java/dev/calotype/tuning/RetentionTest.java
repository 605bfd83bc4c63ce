package dev.calotype.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.calotype.checkpoint.InScope;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Recipe;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.Progress;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest extends InScope {
    @TempDir
    private Path folder;

    private final Retention retention = new Retention(
            "", "", "scattering", 64, 0, Map.of(), new Placement(Device.CPU, Precision.FP32), Progress.SILENT);

    /** Of seventy pictures six would be missed if as many were looked at as are drawn. */
    @Test
    void copiesAreLookedForInAllThatWasLearnedFrom() throws IOException {
        for (int i = 0; i < 70; i++) {
            byte[] pixels = new byte[3 * 8 * 8];
            pixels[i] = (byte) 255;
            PngFile.write(folder.resolve(i + ".png"), new Picture(8, 8, 3, pixels));
        }
        GenerativeExperiment experiment = (GenerativeExperiment)
                Recipe.parse("name: gems\ndata: {source: '" + folder + "', size: 8}\n", List.of());
        try (FeatureNetwork network = FeatureNetworks.open("scattering", Device.CPU)) {
            assertThat(retention.learned(experiment, network).size(0)).isEqualTo(70);
        }
    }

    @Test
    void allNewClassesAreTheSubjectInTurn() {
        assertThat(retention.inTurn(2, 3)).startsWith(2, 3, 4, 2).hasSize(64);
    }
}
