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
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Reads the folder of an {@code AutoencoderKL}, {@code AutoencoderTiny} or {@code VQModel} (latent diffusion's, and Kandinsky's) of diffusers, or one with the
 * two files of TAESD.
 */
public final class DiffusersAutoencoder {
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
            case "AutoencoderTiny" -> tiny(files, precision);
            case "VQModel" ->
                files.config().path("norm_type").asText().equals("spatial")
                        ? DiffusersMovq.read(files, precision)
                        : DiffusersVq.read(files, precision);
            default ->
                throw new IOException("cannot use " + files.source()
                        + ": _class_name must be AutoencoderKL, AutoencoderTiny or VQModel: " + Quoted.name(type));
        };
    }

    private static Scope.Owned<KlAutoencoder> kl(StoredNetwork files, Precision precision) throws IOException {
        KlAutoencoder.Config config = files.config(DiffusersAutoencoder::klConfig);
        Map<String, StoredTensor> weights = LatentNetworks.named(
                files, files.weights(), theirs -> LayerNames.mapAttentions(LayerNames.blocks(theirs)));
        return LatentNetworks.loaded(() -> new KlAutoencoder(config), weights, precision, files.path());
    }

    private static KlAutoencoder.Config klConfig(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "AutoencoderKL");
        List<Integer> widths = settings.integers("block_out_channels", List.of(64));
        levels(settings, "down_block_types", "DownEncoderBlock2D", widths.size());
        levels(settings, "up_block_types", "UpDecoderBlock2D", widths.size());
        int in = settings.integer("in_channels", 3), out = settings.integer("out_channels", 3);
        if (in != out) throw new IOException("out_channels must be in_channels, " + in + ": " + out);
        LatentScale scale = new LatentScale(
                settings.number("scaling_factor", 0.18215),
                settings.number("shift_factor", 0),
                settings.numbers("latents_mean", List.of()),
                settings.numbers("latents_std", List.of()));
        var config = new KlAutoencoder.Config(
                in,
                settings.integer("latent_channels", 4),
                widths,
                settings.integer("layers_per_block", 1),
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

    private static void levels(DiffusersSettings settings, String name, String type, int count) throws IOException {
        List<String> types = settings.texts(name, List.of(type));
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
