package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.io.Quoted;
import dev.calotype.model.latent.Movq;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a {@code VQModel} of diffusers as Kandinsky has it, with spatial normalisations. */
final class DiffusersMovq {
    private static final String CODES = "quantize.embedding.weight"; // which diffusion in its latents does not ask

    private DiffusersMovq() {}

    static Scope.Owned<Movq> read(StoredNetwork files, Precision precision) throws IOException {
        Movq.Config config = files.config(DiffusersMovq::config);
        return LatentNetworks.loaded(() -> new Movq(config), ours(files), precision, files.path());
    }

    private static Map<String, StoredTensor> ours(StoredNetwork files) throws IOException {
        Map<String, StoredTensor> encoder = new LinkedHashMap<>(), decoder = new LinkedHashMap<>();
        files.weights().forEach((name, tensor) -> (name.startsWith("decoder.") ? decoder : encoder).put(name, tensor));
        encoder.remove(CODES);
        try {
            Map<String, StoredTensor> ours = new LinkedHashMap<>(LayerNames.attentions(LayerNames.blocks(encoder), ""));
            ours.putAll(LayerNames.attentions(decoder, "attention."));
            return ours;
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + files.path() + ": " + e.getMessage(), e);
        }
    }

    private static Movq.Config config(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "VQModel");
        settings.only("norm_type", "\"spatial\"");
        List<Integer> widths = settings.integers("block_out_channels", List.of(64));
        int in = settings.integer("in_channels", 3), out = settings.integer("out_channels", 3);
        if (in != out) throw new IOException("out_channels must be in_channels, " + in + ": " + out);
        int latent = settings.integer("latent_channels", 3), codes = settings.integer("vq_embed_dim", latent);
        if (codes != latent) throw new IOException("vq_embed_dim must be latent_channels, " + latent + ": " + codes);
        settings.only("lookup_from_codebook", "false");
        List<Integer> up = new ArrayList<>();
        for (int level : attending(settings, "up_block_types", "UpDecoderBlock2D", widths.size()))
            up.add(widths.size() - 1 - level);
        var config = new Movq.Config(
                in,
                latent,
                widths,
                settings.integer("layers_per_block", 1),
                settings.integer("norm_num_groups", 32),
                settings.activation("silu"),
                settings.flag("mid_block_add_attention", true),
                attending(settings, "down_block_types", "DownEncoderBlock2D", widths.size()),
                up);
        // what its training notes besides; the latents are not scaled, whatever is said
        for (String name : List.of("sample_size", "num_vq_embeddings", "scaling_factor", "force_upcast"))
            settings.ignore(name);
        settings.passOverTheRest();
        return config;
    }

    /** The levels with attentions, in the order in which they are named. */
    static List<Integer> attending(DiffusersSettings settings, String name, String plain, int levels)
            throws IOException {
        List<String> types = settings.texts(name, List.of(plain));
        if (types.size() != levels) throw new IOException(name + " must name " + levels + " levels: " + types);
        List<Integer> attending = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            if (types.get(i).equals("Attn" + plain)) attending.add(i);
            else if (!types.get(i).equals(plain))
                throw new IOException(
                        name + " must be " + plain + " or Attn" + plain + ": " + Quoted.name(types.get(i)));
        }
        return attending;
    }
}
