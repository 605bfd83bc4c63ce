package dev.calotype.app.bench;

import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.latent.AutoencoderFolder;
import dev.calotype.checkpoint.latent.DiffusersAutoencoder;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.KlAutoencoder;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.nn.Activation;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Pictures made of latents by the decoder of an autoencoder with the shapes of Stable Diffusion 1.5's and random weights, as a whole. */
final class AutoencoderWork implements Work {
    private static final int LATENT = 4, FACTOR = 8;

    private final Description description;
    private final Precision precision;
    private final Tensor latents;
    private Scope.Owned<? extends Autoencoder> network;

    AutoencoderWork(BenchSettings settings, int batch) {
        int size = settings.size(512);
        precision = settings.precision();
        Map<String, String> of = new LinkedHashMap<>();
        of.put("batch", String.valueOf(batch));
        of.put("size", String.valueOf(size));
        description = new Description(
                "picture", of, precision.name().toLowerCase(Locale.ROOT), torch.get_num_threads(), 1e-3);
        latents = Scope.keep(() -> Rng.of(5).normal(batch, LATENT, size / FACTOR, size / FACTOR));
    }

    private static KlAutoencoder.Config config() {
        List<Integer> widths = List.of(128, 256, 512, 512);
        return new KlAutoencoder.Config(3, LATENT, widths, 2, 32, Activation.SILU, true, true, true, LatentScale.NONE);
    }

    @Override
    public Description description() {
        return description;
    }

    @Override
    public Map<String, float[]> prepare(Path folder) throws IOException {
        Path stored = folder.resolve("vae");
        try (PointerScope scope = new PointerScope();
                Scope.Owned<KlAutoencoder> fresh = Scope.own(() -> new KlAutoencoder(config(), Rng.of(1)))) {
            AutoencoderFolder.write(stored, fresh.value());
            SafeTensors.write(folder.resolve("inputs.safetensors"), Map.of("latents", latents), Map.of());
        }
        network = DiffusersAutoencoder.read(stored, precision);
        return Map.of(
                "pictures", Scope.read(() -> Tensors.floats(network.value().decode(latents))));
    }

    @Override
    public void iterate() {
        Scope.read(() -> network.value().decode(latents));
    }

    @Override
    public void close() {
        if (network != null) network.close();
        latents.close();
    }
}
