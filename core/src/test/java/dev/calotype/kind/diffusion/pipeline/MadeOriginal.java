package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.Golden;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.model.FormulaWeights;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** The tiny files of one piece of bench/peers/golden_original_files.py. */
public final class MadeOriginal {
    static final JsonNode GOLDEN = Golden.json("latent/originals.json");
    static final Path MERGES = Path.of("src/test/resources/text/tiny-merges.txt");

    private MadeOriginal() {}

    static List<String> names() {
        return Golden.names(GOLDEN).stream()
                .filter(name -> GOLDEN.get(name).has("weights"))
                .toList();
    }

    /** The weights of a file, in the caller's scope. */
    static Map<String, Tensor> weights(String name) {
        Map<String, Tensor> weights = FormulaWeights.ofUNet(GOLDEN.get(name).get("weights"));
        weights.computeIfPresent("model.diffusion_model.out.2.weight", (key, weight) -> Tensors.scale(0.1, weight));
        return weights;
    }

    /** Writes a file, beside which there is the vocabulary. */
    public static void write(String name, Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            SafeTensors.write(file, weights(name), Map.of());
        }
        Path merges = file.resolveSibling("merges.txt");
        if (!Files.exists(merges)) Files.copy(MERGES, merges);
    }
}
