package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.model.UNet.Ports;
import dev.calotype.model.dit.DiffusionTransformer;
import dev.calotype.model.dit.DitConfig;
import dev.calotype.model.dit.DitConfig.Positions;
import dev.calotype.model.dit.LatentTransformer;
import dev.calotype.model.dit.LatentTransformerConfig;
import dev.calotype.nn.transformer.ModulatedBlock.QueryKeyNorm;
import dev.calotype.nn.transformer.ModulatedBlock.Text;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a {@code SD3Transformer2DModel} (Stable Diffusion 3 and 3.5) or a {@code DiTTransformer2DModel} of diffusers. */
public final class DiffusersTransformer {
    /**
     * A {@code DiTTransformer2DModel}.
     *
     * @param side of its maps
     */
    public record Dit(DitConfig config, Ports ports, int side) {}

    private static final String LAST = "final_layer.adaLN_modulation.1";

    private DiffusersTransformer() {}

    /**
     * Reads the transformer of Stable Diffusion 3, one tensor after the other; the caller closes it.
     *
     * @throws IOException if a file cannot be read or is damaged, if a setting is not honoured, or if the weights are not those of
     *     the config: with the names that are missing or left over
     */
    public static Scope.Owned<LatentTransformer> read(StoredNetwork stored, Precision precision) throws IOException {
        LatentTransformerConfig config = config(stored);
        return LatentNetworks.loaded(
                () -> new LatentTransformer(config), weights(stored, config), precision, stored.path());
    }

    /**
     * Reads one into a network of its shape.
     *
     * @throws IOException as {@link #read}
     */
    public static void readInto(LatentTransformer blank, StoredNetwork stored, Precision precision) throws IOException {
        LatentNetworks.load(blank, weights(stored, blank.config()), precision, stored.path());
    }

    private static Map<String, StoredTensor> weights(StoredNetwork stored, LatentTransformerConfig config)
            throws IOException {
        Map<String, StoredTensor> weights = LatentNetworks.named(stored, stored.weights(), TransformerNames::ours);
        for (String layer : List.of(LAST, lastOfText(config))) TransformerNames.swapped(weights, layer);
        return weights;
    }

    private static String lastOfText(LatentTransformerConfig config) {
        return "blocks." + (config.depth() - 1) + ".context.adaLN_modulation.1";
    }

    /** Whether a weight stands in ours as it stands in the file, so that factors of the one are factors of the other. */
    public static boolean isAdaptable(String theirs, LatentTransformerConfig config) {
        String layer = TransformerNames.placed(theirs).weight().replaceFirst("\\.[^.]*$", "");
        return !Set.of(LAST, lastOfText(config)).contains(layer) && !theirs.equals("pos_embed.pos_embed");
    }

    /** The shape of the transformer of Stable Diffusion 3. */
    public static LatentTransformerConfig config(StoredNetwork stored) throws IOException {
        return stored.config(DiffusersTransformer::config);
    }

    private static LatentTransformerConfig config(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "SD3Transformer2DModel");
        LatentTransformerConfig config = shape(settings, settings.integer("out_channels", in(settings)), false);
        settings.passOverTheRest();
        return config;
    }

    /** Channels of the latents that come in. */
    static int in(DiffusersSettings settings) throws IOException {
        return settings.integer("in_channels", 16);
    }

    /**
     * The shape of a transformer or of its ControlNet.
     *
     * @param out channels that go out
     * @param silent whether it hears no tokens of the text
     * @throws IOException if a setting is not honoured
     */
    static LatentTransformerConfig shape(DiffusersSettings settings, int out, boolean silent) throws IOException {
        int heads = settings.integer("num_attention_heads", 18);
        int width = heads * settings.integer("attention_head_dim", 64);
        int caption = settings.integer("caption_projection_dim", 1152);
        if (!silent && caption != width)
            throw new IOException("caption_projection_dim must be the width of the blocks, " + width + ": " + caption);
        settings.only("qk_norm", "\"rms_norm\"");
        settings.ignore("sample_size");
        JsonNode norm = settings.any("qk_norm");
        return new LatentTransformerConfig(
                in(settings),
                out,
                width,
                settings.integer("num_layers", 18),
                heads,
                settings.integer("patch_size", 2),
                silent ? width : settings.integer("joint_attention_dim", 4096),
                settings.integer("pooled_projection_dim", 2048),
                settings.integer("pos_embed_max_size", 96),
                norm != null && norm.isTextual() ? QueryKeyNorm.RMS : QueryKeyNorm.NONE,
                twice(settings.any("dual_attention_layers")));
    }

    private static int twice(JsonNode layers) throws IOException {
        if (layers == null) return 0;
        for (int i = 0; i < layers.size(); i++)
            if (layers.path(i).asInt(-1) != i)
                throw new IOException("dual_attention_layers must be the first, in order: " + layers);
        return layers.size();
    }

    /**
     * Reads a DiT; the caller closes it.
     *
     * @throws IOException as {@link #read}
     */
    public static Scope.Owned<DiffusionTransformer> readDit(StoredNetwork stored, Precision precision)
            throws IOException {
        Dit dit = dit(stored);
        Map<String, StoredTensor> theirs = stored.weights();
        TransformerNames.requireOneTelling(theirs);
        return LatentNetworks.loaded(
                () -> new DiffusionTransformer(dit.config, dit.ports, dit.side),
                LatentNetworks.named(stored, theirs, TransformerNames::ours),
                precision,
                stored.path());
    }

    /** The shape of a DiT. */
    public static Dit dit(StoredNetwork stored) throws IOException {
        return stored.config(DiffusersTransformer::dit);
    }

    private static Dit dit(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "DiTTransformer2DModel");
        settings.only("attention_bias", "true");
        settings.only("activation_fn", "\"gelu-approximate\"");
        settings.only("norm_type", "\"ada_norm_zero\"");
        settings.only("norm_elementwise_affine", "false");
        for (String name : List.of("dropout", "norm_num_groups", "upcast_attention", "norm_eps")) settings.ignore(name);
        int heads = settings.integer("num_attention_heads", 16), in = settings.integer("in_channels", 4);
        int rows = settings.integer("num_embeds_ada_norm", 1000) + 1; // the last means no class
        var config = new DitConfig(
                heads * settings.integer("attention_head_dim", 72),
                settings.integer("num_layers", 28),
                heads,
                4,
                settings.integer("patch_size", 2),
                Text.JOINT,
                QueryKeyNorm.NONE,
                Positions.SIN_COS,
                1,
                0);
        Dit dit = new Dit(
                config, new Ports(in, settings.integer("out_channels", in), rows), settings.integer("sample_size", 32));
        settings.passOverTheRest();
        return dit;
    }
}
