package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.io.Quoted;
import dev.calotype.model.unclip.UnclipUNet;
import dev.calotype.model.unclip.UnclipUNetConfig;
import dev.calotype.model.unclip.UnclipUNetConfig.Heard;
import dev.calotype.model.unclip.UnclipUNetConfig.Level;
import dev.calotype.nn.Embeddings.Order;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Reads a {@code UNet2DConditionModel} of diffusers as Karlo and Kandinsky have it, with blocks called {@code SimpleCrossAttn}. In
 * their configs {@code attention_head_dim} is the width of a head, and not, as in those of Stable Diffusion, how many there are.
 */
public final class DiffusersUnclipUNet {
    private static final String ATTENDS = "SimpleCrossAttnDownBlock2D", PLAIN = "ResnetDownsampleBlock2D";
    private static final int OF_PICTURE = 32, BESIDE_TEXT = 10; // tokens of Kandinsky 2.2 and 2.1, which no config says

    private DiffusersUnclipUNet() {}

    /**
     * Reads a network, one tensor after the other; the caller closes it.
     *
     * @param precision of its weights
     * @throws IOException if a file cannot be read or is damaged, if a setting is not honoured, or if the weights are not those of
     *     the config: with the names that are missing or left over
     */
    public static Scope.Owned<UnclipUNet> read(StoredNetwork stored, Precision precision) throws IOException {
        UnclipUNetConfig config = config(stored);
        Map<String, StoredTensor> ours = LatentNetworks.named(stored, stored.weights(), LayerNames::mixed);
        return LatentNetworks.loaded(() -> new UnclipUNet(config), ours, precision, stored.path());
    }

    /** The shape of a network. */
    public static UnclipUNetConfig config(StoredNetwork stored) throws IOException {
        return stored.config(DiffusersUnclipUNet::config);
    }

    private static UnclipUNetConfig config(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "UNet2DConditionModel");
        settings.only("mid_block_type", "\"UNetMidBlock2DSimpleCrossAttn\"");
        List<Level> levels = levels(settings);
        int tokens = settings.integer("cross_attention_dim", 1280);
        UnclipUNetConfig config = new UnclipUNetConfig(
                settings.integer("in_channels", 4),
                settings.integer("out_channels", 4),
                levels,
                settings.integer("attention_head_dim", 8),
                tokens,
                settings.integer("norm_num_groups", 32),
                settings.number("norm_eps", 1e-5),
                settings.choice(
                        "resnet_time_scale_shift",
                        "default",
                        Map.of("default", Conditioning.SHIFT, "scale_shift", Conditioning.SCALE_SHIFT)),
                settings.flag("flip_sin_to_cos", true) ? Order.COSINE_FIRST : Order.SINE_FIRST,
                settings.number("freq_shift", 0),
                heard(settings, tokens));
        int embedding = settings.integer("time_embedding_dim", config.embedding());
        if (embedding != config.embedding())
            throw new IOException("time_embedding_dim must be " + config.embedding() + ": " + embedding);
        refuse(settings);
        settings.passOverTheRest();
        return config;
    }

    private static List<Level> levels(DiffusersSettings settings) throws IOException {
        List<Integer> widths = settings.integers("block_out_channels", List.of(320, 640, 1280, 1280));
        int count = widths.size();
        List<String> down = settings.texts("down_block_types", List.of()), up = new ArrayList<>();
        for (String type : settings.texts("up_block_types", List.of()))
            up.add(0, type.replace("UpsampleBlock2D", "DownsampleBlock2D").replace("UpBlock2D", "DownBlock2D"));
        if (count == 0 || down.size() != count)
            throw new IOException("down_block_types must name " + count + " levels: " + down);
        if (!up.equals(down))
            throw new IOException("up_block_types must be those of down_block_types in the other order: " + up);
        JsonNode blocks = settings.any("layers_per_block");
        List<Integer> each = blocks != null && blocks.isArray()
                ? settings.integers("layers_per_block", List.of())
                : Collections.nCopies(count, settings.integer("layers_per_block", 2));
        if (each.size() != count) throw new IOException("layers_per_block must be " + count + " numbers: " + each);
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String type = down.get(i);
            if (!type.equals(ATTENDS) && !type.equals(PLAIN))
                throw new IOException(
                        "down_block_types must be " + PLAIN + " or " + ATTENDS + ": " + Quoted.name(type));
            levels.add(new Level(widths.get(i), each.get(i), type.equals(ATTENDS)));
        }
        return levels;
    }

    /** Null for Karlo's, which is told by a network beside it. */
    private static Heard heard(DiffusersSettings settings, int tokens) throws IOException {
        if (said(settings, "class_embed_type").equals("identity")) {
            settings.only("class_embed_type", "\"identity\"");
            for (String name : List.of("encoder_hid_dim", "encoder_hid_dim_type", "addition_embed_type"))
                settings.only(name, "null");
            return null;
        }
        settings.only("class_embed_type", "null");
        boolean texts = said(settings, "addition_embed_type").equals("text_image");
        required(settings, "addition_embed_type", texts ? "text_image" : "image");
        required(settings, "encoder_hid_dim_type", texts ? "text_image_proj" : "image_proj");
        int width = settings.integer("encoder_hid_dim", 0);
        return texts ? new Heard(tokens, BESIDE_TEXT, width) : new Heard(width, OF_PICTURE);
    }

    private static String said(DiffusersSettings settings, String name) {
        JsonNode said = settings.any(name);
        return said == null ? "nothing" : said.asText();
    }

    private static void required(DiffusersSettings settings, String name, String value) throws IOException {
        JsonNode said = settings.any(name);
        if (said == null || !said.asText().equals(value))
            throw new IOException(name + " must be \"" + value + "\", others are not honoured: "
                    + (said == null ? "nothing" : Quoted.name(said.toString())));
    }

    /** What our network is not. */
    private static void refuse(DiffusersSettings settings) throws IOException {
        for (String name : List.of(
                "center_input_sample",
                "only_cross_attention",
                "dual_cross_attention",
                "resnet_skip_time_act",
                "class_embeddings_concat",
                "mid_block_only_cross_attention")) settings.only(name, "false");
        for (String name : List.of(
                "num_attention_heads",
                "num_class_embeds",
                "reverse_transformer_layers_per_block",
                "time_embedding_act_fn",
                "timestep_post_act",
                "time_cond_proj_dim",
                "cross_attention_norm")) settings.only(name, "null");
        settings.only("act_fn", "\"silu\"", "\"swish\"");
        settings.only("resnet_out_scale_factor", "1", "1.0");
        settings.only("mid_block_scale_factor", "1", "1.0");
        settings.only("time_embedding_type", "\"positional\"");
        settings.only("attention_type", "\"default\"");
        settings.only("conv_in_kernel", "3");
        settings.only("conv_out_kernel", "3");
        // the same network either way
        for (String name : List.of(
                "sample_size",
                "dropout",
                "downsample_padding",
                "upcast_attention",
                "use_linear_projection",
                "transformer_layers_per_block",
                "addition_time_embed_dim",
                "projection_class_embeddings_input_dim",
                "addition_embed_type_num_heads")) settings.ignore(name);
    }
}
