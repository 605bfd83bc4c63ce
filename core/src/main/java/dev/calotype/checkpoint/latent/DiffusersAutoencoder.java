package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.io.Quoted;
import dev.calotype.model.latent.Autoencoder;
import dev.calotype.model.latent.KlAutoencoder;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.model.latent.TinyAutoencoder;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;

/**
 * Reads the folder of an {@code AutoencoderKL}, that of FLUX.2, {@code AutoencoderTiny} or {@code VQModel} (latent diffusion's, and Kandinsky's) of diffusers, or one with the
 * two files of TAESD.
 */
public final class DiffusersAutoencoder {
    private static final String MEAN = "bn.running_mean", VARIANCE = "bn.running_var"; // of FLUX.2

    private DiffusersAutoencoder() {}

    /**
     * Reads a network, one tensor after the other; the caller closes it. Its values are an {@link Autoencoder}.
     *
     * @param precision of its weights
     * @throws IOException if a file cannot be read or is damaged, if a setting is not honoured, or if the weights are not those of
     *     the config: with the names that are missing or left over
     */
    public static Scope.Owned<? extends Autoencoder> read(Path folder, Precision precision) throws IOException {
        if (!Files.isRegularFile(folder.resolve("config.json")) && TaesdFiles.in(folder))
            return TaesdFiles.read(folder, precision);
        return read(StoredNetwork.in(folder), precision);
    }

    /** The same of a network from whatever place. */
    public static Scope.Owned<? extends Autoencoder> read(StoredNetwork files, Precision precision) throws IOException {
        String type = files.config().path("_class_name").asText("nothing");
        return switch (type) {
            case "AutoencoderKL" -> kl(files, precision);
            case "AutoencoderKLFlux2" -> flux(files, precision);
            case "AutoencoderTiny" -> tiny(files, precision);
            case "VQModel" ->
                files.config().path("norm_type").asText().equals("spatial")
                        ? DiffusersMovq.read(files, precision)
                        : DiffusersVq.read(files, precision);
            default ->
                throw new IOException("cannot use " + files.source()
                        + ": _class_name must be AutoencoderKL, AutoencoderKLFlux2, AutoencoderTiny or VQModel: "
                        + Quoted.name(type));
        };
    }

    private static Scope.Owned<KlAutoencoder> kl(StoredNetwork files, Precision precision) throws IOException {
        return kl(files, files.config(DiffusersAutoencoder::klConfig), precision);
    }

    /** FLUX.2's, whose latents are normalised by the running statistics of a batch normalisation, in squares of 2 x 2. */
    private static Scope.Owned<KlAutoencoder> flux(StoredNetwork files, Precision precision) throws IOException {
        Map<String, StoredTensor> weights = new LinkedHashMap<>(files.weights());
        StoredTensor mean = weights.remove(MEAN), variance = weights.remove(VARIANCE);
        weights.remove("bn.num_batches_tracked");
        if (mean == null || variance == null)
            throw new IOException("the weights of " + files.path() + " lack " + MEAN + " or " + VARIANCE
                    + ", without which latents cannot be normalised");
        double[] means = numbers(mean), variances = numbers(variance);
        KlAutoencoder.Config config = files.config(json -> klConfig(json, means, variances));
        return kl(files.with(() -> weights), config, precision);
    }

    private static double[] numbers(StoredTensor stored) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            return Tensors.doubles(stored.read());
        }
    }

    private static KlAutoencoder.Config klConfig(JsonNode json, double[] means, double[] variances) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "AutoencoderKLFlux2");
        settings.only("patch_size", "[2,2]");
        settings.only("decoder_block_out_channels", "null");
        double epsilon = settings.number("batch_norm_eps", 1e-4);
        if (variances.length != means.length)
            throw new IOException(
                    VARIANCE + " must have " + means.length + " values, as " + MEAN + ": " + variances.length);
        List<Double> deviations = Arrays.stream(variances)
                .mapToObj(variance -> Math.sqrt(variance + epsilon))
                .toList();
        settings.ignore("batch_norm_momentum"); // of training
        return klConfig(
                settings,
                List.of(128, 256, 512, 512),
                2,
                32,
                new LatentScale(1, 0, Arrays.stream(means).boxed().toList(), deviations, 2));
    }

    private static Scope.Owned<KlAutoencoder> kl(StoredNetwork files, KlAutoencoder.Config config, Precision precision)
            throws IOException {
        Map<String, StoredTensor> weights = LatentNetworks.named(
                files, files.weights(), theirs -> LayerNames.mapAttentions(LayerNames.blocks(theirs)));
        return LatentNetworks.loaded(() -> new KlAutoencoder(config), weights, precision, files.path());
    }

    private static KlAutoencoder.Config klConfig(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "AutoencoderKL");
        LatentScale scale = new LatentScale(
                settings.number("scaling_factor", 0.18215),
                settings.number("shift_factor", 0),
                settings.numbers("latents_mean", List.of()),
                settings.numbers("latents_std", List.of()));
        return klConfig(settings, List.of(64), 1, 4, scale);
    }

    private static KlAutoencoder.Config klConfig(
            DiffusersSettings settings, List<Integer> usual, int blocks, int latent, LatentScale scale)
            throws IOException {
        List<Integer> widths = settings.integers("block_out_channels", usual);
        levels(settings, "down_block_types", "DownEncoderBlock2D", usual.size(), widths.size());
        levels(settings, "up_block_types", "UpDecoderBlock2D", usual.size(), widths.size());
        int in = settings.integer("in_channels", 3), out = settings.integer("out_channels", 3);
        if (in != out) throw new IOException("out_channels must be in_channels, " + in + ": " + out);
        var config = new KlAutoencoder.Config(
                in,
                settings.integer("latent_channels", latent),
                widths,
                settings.integer("layers_per_block", blocks),
                settings.integer("norm_num_groups", 32),
                settings.activation("silu"),
                settings.flag("mid_block_add_attention", true),
                settings.flag("use_quant_conv", true),
                settings.flag("use_post_quant_conv", true),
                scale);
        settings.ignore("sample_size");
        settings.ignore("force_upcast"); // of fp16, which nothing here computes in
        settings.passOverTheRest();
        return config;
    }

    private static void levels(DiffusersSettings settings, String name, String type, int usual, int count)
            throws IOException {
        List<String> types = settings.texts(name, Collections.nCopies(usual, type));
        for (String given : types)
            if (!given.equals(type)) throw new IOException(name + " must be " + type + ": " + Quoted.name(given));
        if (types.size() != count) throw new IOException(name + " must name " + count + " levels: " + types);
    }

    private static Scope.Owned<TinyAutoencoder> tiny(StoredNetwork files, Precision precision) throws IOException {
        TinyAutoencoder.Config config = files.config(DiffusersAutoencoder::tinyConfig);
        return LatentNetworks.loaded(() -> new TinyAutoencoder(config), files.weights(), precision, files.path());
    }

    private static TinyAutoencoder.Config tinyConfig(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "AutoencoderTiny");
        int in = settings.integer("in_channels", 3), out = settings.integer("out_channels", 3);
        if (in != out) throw new IOException("out_channels must be in_channels, " + in + ": " + out);
        List<Integer> encoder = settings.integers("num_encoder_blocks", List.of(1, 3, 3, 3));
        List<Integer> decoder = settings.integers("num_decoder_blocks", List.of(3, 3, 3, 1));
        settings.only("upsampling_scaling_factor", "2");
        settings.only("upsample_fn", "\"nearest\"");
        var config = new TinyAutoencoder.Config(
                in,
                settings.integer("latent_channels", 4),
                width(settings, "encoder_block_out_channels", encoder.size()),
                encoder,
                width(settings, "decoder_block_out_channels", decoder.size()),
                decoder,
                settings.activation("relu"),
                false,
                new LatentScale(
                        settings.number("scaling_factor", 1),
                        settings.number("shift_factor", 0),
                        List.of(),
                        List.of()));
        // what diffusers makes pictures of latents by, and what it notes besides
        for (String name : List.of("latent_magnitude", "latent_shift", "force_upcast", "block_out_channels"))
            settings.ignore(name);
        settings.passOverTheRest();
        return config;
    }

    private static int width(DiffusersSettings settings, String name, int stages) throws IOException {
        List<Integer> widths = settings.integers(name, List.of(64, 64, 64, 64));
        if (widths.size() != stages || widths.stream().distinct().count() != 1)
            throw new IOException(name + " must be one width for each of the " + stages + " stages: " + widths);
        return widths.get(0);
    }
}
