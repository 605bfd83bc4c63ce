package dev.calotype.kind.denoiser;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.Weights;
import dev.calotype.model.denoising.DenoisingUNet;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a denoiser begins with, instead of random weights.
 *
 * @param from a run or checkpoint of a denoiser, or a file that {@code export} wrote; empty for random weights
 */
public record Beginning(String from) {
    private static final Logger LOG = LoggerFactory.getLogger(Beginning.class);

    /** Throws IllegalArgumentException if there is nothing to begin with. */
    void requireThere() {
        Check.that(from.isEmpty() || Files.exists(Path.of(from)), "init.from must be a run or a file of weights", from);
    }

    /**
     * Gives a fresh network its weights.
     *
     * @throws IllegalArgumentException if they cannot be read, or do not fit
     */
    void into(DenoisingUNet network) {
        if (from.isEmpty()) return;
        Path path = Path.of(from);
        if (!Files.exists(path)) { // of a run that goes on: its checkpoint has the weights
            LOG.info("init.from is not there any more, and not needed: {}", from);
            return;
        }
        try (PointerScope scope = new PointerScope()) {
            Weights.load(network, weights(path), Precision.FP32);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalArgumentException("init.from: " + e.getMessage(), e);
        }
    }

    private static Map<String, StoredTensor> weights(Path path) throws IOException {
        if (Files.isRegularFile(path) && !TrainedFile.isCheckpoint(path)) return WeightFile.stored(path);
        if (!(TrainedFile.experiment(path) instanceof DenoiserExperiment denoiser))
            throw new IllegalArgumentException(path + " is no denoiser");
        return TrainedFile.averages(path, denoiser).stored();
    }
}
