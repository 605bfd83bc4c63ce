package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.latent.DiffusersLatentUNet;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.nn.Blank;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The denoiser that a training begins with. Its weights are read once and shared by all networks of the training, but for those that
 * learn.
 *
 * @param config its shape
 * @param shapes of its weights, by the names of diffusers
 * @param network in the scope of who asked for it
 */
record Frozen(LatentUNetConfig config, Map<String, long[]> shapes, LatentUNet network) {
    /** The part of a pipeline that it is. */
    static final String UNET = "unet";

    /** Reads it in the caller's scope. */
    static Frozen read(StoredNetwork stored, Placement placement) throws IOException {
        LatentUNetConfig config = DiffusersLatentUNet.config(stored);
        LatentUNet network = Blank.make(() -> new LatentUNet(config));
        DiffusersLatentUNet.readInto(network, stored, placement.precision());
        return new Frozen(config, shapes(stored), placement.device().move(network));
    }

    /** The shapes of the weights of a denoiser that is not read. */
    static Map<String, long[]> shapes(StoredNetwork stored) throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (Map.Entry<String, StoredTensor> weight : stored.weights().entrySet())
            shapes.put(weight.getKey(), weight.getValue().shape());
        return shapes;
    }
}
