package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.Weights;
import dev.calotype.io.AtomicFile;
import dev.calotype.model.latent.KlAutoencoder;
import dev.calotype.model.latent.LatentNetwork;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.model.latent.TinyAutoencoder;
import dev.calotype.model.latent.VqAutoencoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/** Writes the folder of an {@code AutoencoderKL}, {@code VQModel} or {@code AutoencoderTiny} of diffusers: what {@link DiffusersAutoencoder} reads. */
public final class AutoencoderFolder {
    private static final ObjectMapper JSON = new ObjectMapper();

    private AutoencoderFolder() {}

    /**
     * Writes {@code config.json} and {@code diffusion_pytorch_model.safetensors} into a folder, which is made if need be.
     *
     * @param network with weights in fp32
     * @return what diffusers does otherwise than the network here, a sentence each
     * @throws IOException if a file cannot be written
     * @throws IllegalArgumentException if diffusers has no such network
     */
    public static List<String> write(Path folder, LatentNetwork network) throws IOException {
        List<String> notes = new ArrayList<>();
        boolean tiny = network instanceof TinyAutoencoder;
        ObjectNode config = tiny
                ? tiny(((TinyAutoencoder) network).config(), notes)
                : network instanceof VqAutoencoder quantised
                        ? vq(quantised.config(), notes)
                        : kl(((KlAutoencoder) network).config(), notes);
        byte[] json = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config);
        Files.createDirectories(folder);
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> ours = Weights.of(network);
            SafeTensors.write(
                    folder.resolve("diffusion_pytorch_model.safetensors"),
                    tiny ? ours : LayerNames.theirsOfAutoencoder(ours),
                    Map.of("format", "pt"));
        }
        AtomicFile.write(folder.resolve("config.json"), json);
        return List.copyOf(notes);
    }

    private static ObjectNode kl(KlAutoencoder.Config config, List<String> notes) {
        if (config.scale().patch() != 1)
            throw new IllegalArgumentException("an AutoencoderKLFlux2 is read, and not written");
        ObjectNode json = named("AutoencoderKL", config.channels(), config.latent());
        levels(json, config.widths());
        json.put("layers_per_block", config.blocks()).put("norm_num_groups", config.groups());
        json.put("act_fn", config.activation().name().toLowerCase(Locale.ROOT));
        json.put("mid_block_add_attention", config.attention());
        json.put("use_quant_conv", config.quantConvolution()).put("use_post_quant_conv", config.postQuantConvolution());
        LatentScale scale = config.scale();
        json.put("scaling_factor", scale.factor());
        if (scale.shift() != 0) json.put("shift_factor", scale.shift());
        if (scale.means().isEmpty()) return json;
        scale.means().forEach(json.putArray("latents_mean")::add);
        scale.deviations().forEach(json.putArray("latents_std")::add);
        notes.add(
                "The means and deviations of latents stand in config.json, and of diffusers' pipelines only those of XL heed"
                        + " them: others see (z - mean) / deviation only if you compute it.");
        return json;
    }

    private static ObjectNode vq(VqAutoencoder.Config config, List<String> notes) {
        if (!config.attendingDown().isEmpty() || !config.attendingUp().isEmpty())
            throw new IllegalArgumentException("a VQModel whose levels attend is read, and not written");
        ObjectNode json = named("VQModel", config.channels(), config.inner());
        levels(json, config.widths());
        json.put("layers_per_block", config.blocks()).put("norm_num_groups", config.groups());
        json.put("act_fn", config.activation().name().toLowerCase(Locale.ROOT));
        json.put("mid_block_add_attention", config.attention()).put("norm_type", "group");
        json.put("num_vq_embeddings", config.codes().count()).put("vq_embed_dim", config.latent());
        json.put("scaling_factor", config.scale().factor());
        if (!config.scale().means().isEmpty())
            notes.add("VQModel of diffusers knows no statistics of latents, whose means are "
                    + config.scale().means() + " and deviations "
                    + config.scale().deviations()
                    + ": its latents are not normalised.");
        return json;
    }

    private static void levels(ObjectNode json, List<Integer> widths) {
        widths.forEach(json.putArray("block_out_channels")::add);
        Collections.nCopies(widths.size(), "DownEncoderBlock2D").forEach(json.putArray("down_block_types")::add);
        Collections.nCopies(widths.size(), "UpDecoderBlock2D").forEach(json.putArray("up_block_types")::add);
    }

    private static ObjectNode tiny(TinyAutoencoder.Config config, List<String> notes) {
        if (config.pooled())
            throw new IllegalArgumentException(
                    "diffusers has no AutoencoderTiny whose blocks look at the whole picture");
        ObjectNode json = named("AutoencoderTiny", config.channels(), config.latent());
        int levels = config.encoder().size();
        Collections.nCopies(levels, config.encoderWidth()).forEach(json.putArray("encoder_block_out_channels")::add);
        Collections.nCopies(levels, config.decoderWidth()).forEach(json.putArray("decoder_block_out_channels")::add);
        ArrayNode encoder = json.putArray("num_encoder_blocks"), decoder = json.putArray("num_decoder_blocks");
        config.encoder().forEach(encoder::add);
        config.decoder().forEach(decoder::add);
        json.put("act_fn", config.activation().name().toLowerCase(Locale.ROOT));
        LatentScale scale = config.scale();
        json.put("scaling_factor", scale.factor()).put("shift_factor", scale.shift());
        if (!scale.means().isEmpty())
            notes.add("AutoencoderTiny of diffusers knows no statistics of latents, whose means are " + scale.means()
                    + " and deviations " + scale.deviations() + ": its latents are not normalised.");
        return json;
    }

    private static ObjectNode named(String type, int channels, int latent) {
        return JSON.createObjectNode()
                .put("_class_name", type)
                .put("_diffusers_version", "0.42.1")
                .put("in_channels", channels)
                .put("out_channels", channels)
                .put("latent_channels", latent);
    }
}
