package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.io.Quoted;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.model.latent.LatentUNetConfig.Added;
import dev.calotype.model.latent.LatentUNetConfig.Level;
import dev.calotype.model.latent.LatentUNetConfig.Time;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Downsample.Border;
import dev.calotype.nn.Embeddings.Order;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Reads the folder of a {@code UNet2DConditionModel} of diffusers as Stable Diffusion 1, 2 and XL have it. In their configs {@code
 * attention_head_dim} is the number of heads.
 */
public final class DiffusersLatentUNet {
    private static final String PLAIN = "DownBlock2D", ATTENDING = "CrossAttnDownBlock2D";
    private static final Map<String, Activation> ACTIVATIONS =
            Map.of("silu", Activation.SILU, "swish", Activation.SILU, "mish", Activation.MISH, "gelu", Activation.GELU);

    private DiffusersLatentUNet() {}

    /**
     * Reads a network, one tensor after the other; the caller closes it.
     *
     * @param precision of its weights
     * @throws IOException if a file cannot be read or is damaged, if a setting is not honoured, or if the weights are not those of
     *     the config: with the names that are missing or left over
     */
    public static Scope.Owned<LatentUNet> read(Path folder, Precision precision) throws IOException {
        return read(StoredNetwork.in(folder), precision);
    }

    /** The same of a network from whatever place. */
    public static Scope.Owned<LatentUNet> read(StoredNetwork stored, Precision precision) throws IOException {
        LatentUNetConfig config = config(stored);
        Map<String, StoredTensor> weights;
        try {
            weights = LayerNames.transformers(LayerNames.blocks(stored.weights()));
        } catch (IllegalArgumentException e) {
            throw new IOException("cannot use " + stored.path() + ": " + e.getMessage(), e);
        }
        return LatentNetworks.loaded(() -> new LatentUNet(config), weights, precision, stored.path());
    }

    /** The shape of a network. */
    public static LatentUNetConfig config(StoredNetwork stored) throws IOException {
        return stored.config(DiffusersLatentUNet::config);
    }

    private static LatentUNetConfig config(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "UNet2DConditionModel");
        refuse(settings);
        List<Level> levels = levels(settings);
        List<Integer> depths = each(settings, "transformer_layers_per_block", 1, levels.size());
        Time time = new Time(
                settings.flag("flip_sin_to_cos", true) ? Order.COSINE_FIRST : Order.SINE_FIRST,
                settings.number("freq_shift", 0),
                settings.integer("time_cond_proj_dim", 0));
        int usual = 4 * levels.get(0).width();
        int embedding = settings.integer("time_embedding_dim", usual);
        if (embedding != usual) throw new IOException("time_embedding_dim must be " + usual + ": " + embedding);
        List<Integer> tokens = each(settings, "cross_attention_dim", 1280, levels.size());
        if (tokens.stream().distinct().count() != 1)
            throw new IOException("cross_attention_dim must be one number: " + tokens);
        var config = new LatentUNetConfig(
                settings.integer("in_channels", 4),
                settings.integer("out_channels", 4),
                levels,
                depths.get(depths.size() - 1),
                tokens.get(0),
                settings.integer("norm_num_groups", 32),
                settings.number("norm_eps", 1e-5),
                settings.choice("act_fn", "silu", ACTIVATIONS),
                settings.choice("downsample_padding", "1", Map.of("0", Border.BEHIND, "1", Border.AROUND)),
                time,
                added(settings));
        settings.passOverTheRest();
        return config;
    }

    private static Added added(DiffusersSettings settings) throws IOException {
        settings.only("addition_embed_type", "\"text_time\"");
        int size = settings.integer("addition_time_embed_dim", 0);
        int width = settings.integer("projection_class_embeddings_input_dim", 0);
        JsonNode type = settings.any("addition_embed_type");
        if (type == null || type.isNull()) return Added.NOTHING;
        if (width == 0) throw new IOException("projection_class_embeddings_input_dim must be at least 1: 0");
        return new Added(width, size);
    }

    private static List<Level> levels(DiffusersSettings settings) throws IOException {
        List<Integer> widths = settings.integers("block_out_channels", List.of(320, 640, 1280, 1280));
        int count = widths.size();
        if (count == 0) throw new IOException("block_out_channels is empty");
        List<String> down = types(settings, "down_block_types", List.of(ATTENDING, ATTENDING, ATTENDING, PLAIN));
        List<String> up = new ArrayList<>();
        for (String type : settings.texts(
                "up_block_types",
                List.of("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D")))
            up.add(0, type.replace("UpBlock2D", "DownBlock2D"));
        if (down.size() != count) throw new IOException("down_block_types must name " + count + " levels: " + down);
        if (!up.equals(down))
            throw new IOException("up_block_types must be those of down_block_types in the other order: "
                    + up.stream()
                            .map(type -> type.replace("DownBlock2D", "UpBlock2D"))
                            .toList());
        List<Integer> blocks = each(settings, "layers_per_block", 2, count);
        List<Integer> depths = each(settings, "transformer_layers_per_block", 1, count);
        List<Integer> heads = each(settings, "attention_head_dim", 8, count); // which is what they are
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int depth = down.get(i).equals(ATTENDING) ? depths.get(i) : 0;
            levels.add(new Level(widths.get(i), blocks.get(i), depth, heads.get(i)));
        }
        return levels;
    }

    private static List<String> types(DiffusersSettings settings, String name, List<String> usual) throws IOException {
        List<String> types = settings.texts(name, usual);
        for (String type : types)
            if (!type.equals(PLAIN) && !type.equals(ATTENDING))
                throw new IOException(name + " must be " + PLAIN + " or " + ATTENDING + ": " + Quoted.name(type));
        return types;
    }

    /** One number for every level, or a list of them. */
    private static List<Integer> each(DiffusersSettings settings, String name, int usual, int levels)
            throws IOException {
        JsonNode value = settings.any(name);
        if (value == null || !value.isArray()) return Collections.nCopies(levels, settings.integer(name, usual));
        List<Integer> numbers = settings.integers(name, List.of());
        if (numbers.size() != levels) throw new IOException(name + " must be " + levels + " numbers: " + numbers);
        return numbers;
    }

    /** What our network is not. */
    private static void refuse(DiffusersSettings settings) throws IOException {
        settings.only("mid_block_type", "\"UNetMidBlock2DCrossAttn\"");
        for (String name : List.of(
                "center_input_sample",
                "only_cross_attention",
                "dual_cross_attention",
                "resnet_skip_time_act",
                "class_embeddings_concat",
                "mid_block_only_cross_attention")) settings.only(name, "false");
        for (String name : List.of(
                "num_attention_heads",
                "reverse_transformer_layers_per_block",
                "encoder_hid_dim",
                "encoder_hid_dim_type",
                "class_embed_type",
                "num_class_embeds",
                "time_embedding_act_fn",
                "timestep_post_act",
                "cross_attention_norm")) settings.only(name, "null");
        settings.only("mid_block_scale_factor", "1", "1.0");
        settings.only("resnet_out_scale_factor", "1", "1.0");
        settings.only("resnet_time_scale_shift", "\"default\"");
        settings.only("time_embedding_type", "\"positional\"");
        settings.only("attention_type", "\"default\"");
        settings.only("conv_in_kernel", "3");
        settings.only("conv_out_kernel", "3");
        // dropout is of training, and the rest the same network either way
        for (String name : List.of(
                "sample_size", "dropout", "upcast_attention", "use_linear_projection", "addition_embed_type_num_heads"))
            settings.ignore(name);
    }
}
