package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.model.latent.VqAutoencoder;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads a {@code VQModel} of diffusers as latent diffusion has it, with a codebook that pictures are decoded by. */
final class DiffusersVq {
    private static final double COMMITMENT = 0.25; // of its training, which no config says

    private DiffusersVq() {}

    static Scope.Owned<VqAutoencoder> read(StoredNetwork files, Precision precision) throws IOException {
        VqAutoencoder.Config config = files.config(DiffusersVq::config);
        Map<String, StoredTensor> weights = LatentNetworks.named(
                files, files.weights(), theirs -> LayerNames.attentions(LayerNames.blocks(theirs), ""));
        return LatentNetworks.loaded(() -> new VqAutoencoder(config), weights, precision, files.path());
    }

    private static VqAutoencoder.Config config(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "VQModel");
        settings.only("norm_type", "\"group\"");
        settings.only("lookup_from_codebook", "false");
        List<Integer> widths = settings.integers("block_out_channels", List.of(64));
        int in = settings.integer("in_channels", 3), out = settings.integer("out_channels", 3);
        if (in != out) throw new IOException("out_channels must be in_channels, " + in + ": " + out);
        int inner = settings.integer("latent_channels", 3);
        List<Integer> up = new ArrayList<>();
        for (int level : DiffusersMovq.attending(settings, "up_block_types", "UpDecoderBlock2D", widths.size()))
            up.add(widths.size() - 1 - level);
        var config = new VqAutoencoder.Config(
                in,
                inner,
                settings.integer("vq_embed_dim", inner),
                widths,
                settings.integer("layers_per_block", 1),
                settings.integer("norm_num_groups", 32),
                settings.activation("silu"),
                settings.flag("mid_block_add_attention", true),
                DiffusersMovq.attending(settings, "down_block_types", "DownEncoderBlock2D", widths.size()),
                up,
                new VqAutoencoder.Codes(settings.integer("num_vq_embeddings", 256), COMMITMENT, 0),
                new LatentScale(settings.number("scaling_factor", 0.18215), 0, List.of(), List.of()));
        for (String name : List.of("sample_size", "force_upcast")) settings.ignore(name);
        settings.passOverTheRest();
        return config;
    }
}
