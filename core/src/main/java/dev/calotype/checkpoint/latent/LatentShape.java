package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.io.Quoted;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.model.latent.LatentUNetConfig.Added;
import dev.calotype.model.latent.LatentUNetConfig.Level;
import dev.calotype.model.latent.LatentUNetConfig.Time;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Downsample.Border;
import dev.calotype.nn.Embeddings.Order;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** The shape of a U-Net that looks at texts, as diffusers writes it: what its way down has, or a copy of that. */
record LatentShape(DiffusersSettings settings) {
    private static final String PLAIN = "DownBlock2D", ATTENDING = "CrossAttnDownBlock2D";
    private static final Map<String, Activation> ACTIVATIONS =
            Map.of("silu", Activation.SILU, "swish", Activation.SILU, "mish", Activation.MISH, "gelu", Activation.GELU);

    /** @param out channels that go out */
    LatentUNetConfig read(int out) throws IOException {
        refuse();
        List<Level> levels = levels();
        List<Integer> depths = each("transformer_layers_per_block", 1, levels.size());
        Time time = new Time(
                settings.flag("flip_sin_to_cos", true) ? Order.COSINE_FIRST : Order.SINE_FIRST,
                settings.number("freq_shift", 0),
                settings.integer("time_cond_proj_dim", 0));
        int usual = 4 * levels.get(0).width();
        int embedding = settings.integer("time_embedding_dim", usual);
        if (embedding != usual) throw new IOException("time_embedding_dim must be " + usual + ": " + embedding);
        List<Integer> tokens = each("cross_attention_dim", 1280, levels.size());
        if (tokens.stream().distinct().count() != 1)
            throw new IOException("cross_attention_dim must be one number: " + tokens);
        return new LatentUNetConfig(
                settings.integer("in_channels", 4),
                out,
                levels,
                depths.get(depths.size() - 1),
                tokens.get(0),
                settings.integer("norm_num_groups", 32),
                settings.number("norm_eps", 1e-5),
                settings.choice("act_fn", "silu", ACTIVATIONS),
                settings.choice("downsample_padding", "1", Map.of("0", Border.BEHIND, "1", Border.AROUND)),
                time,
                added());
    }

    private Added added() throws IOException {
        settings.only("addition_embed_type", "\"text_time\"");
        int size = settings.integer("addition_time_embed_dim", 0);
        int width = settings.integer("projection_class_embeddings_input_dim", 0);
        JsonNode type = settings.any("addition_embed_type");
        if (type == null || type.isNull()) return Added.NOTHING;
        if (width == 0) throw new IOException("projection_class_embeddings_input_dim must be at least 1: 0");
        return new Added(width, size);
    }

    private List<Level> levels() throws IOException {
        List<Integer> widths = settings.integers("block_out_channels", List.of(320, 640, 1280, 1280));
        int count = widths.size();
        if (count == 0) throw new IOException("block_out_channels is empty");
        List<String> down = types();
        if (down.size() != count) throw new IOException("down_block_types must name " + count + " levels: " + down);
        List<Integer> blocks = each("layers_per_block", 2, count);
        List<Integer> depths = each("transformer_layers_per_block", 1, count);
        List<Integer> heads = each("attention_head_dim", 8, count); // which is what they are
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int depth = down.get(i).equals(ATTENDING) ? depths.get(i) : 0;
            levels.add(new Level(widths.get(i), blocks.get(i), depth, heads.get(i)));
        }
        return levels;
    }

    /** The class of the blocks of every level on the way down. */
    List<String> types() throws IOException {
        String name = "down_block_types";
        List<String> types = settings.texts(name, List.of(ATTENDING, ATTENDING, ATTENDING, PLAIN));
        for (String type : types)
            if (!type.equals(PLAIN) && !type.equals(ATTENDING))
                throw new IOException(name + " must be " + PLAIN + " or " + ATTENDING + ": " + Quoted.name(type));
        return types;
    }

    /** One number for every level, or a list of them. */
    private List<Integer> each(String name, int usual, int levels) throws IOException {
        JsonNode value = settings.any(name);
        if (value == null || !value.isArray()) return Collections.nCopies(levels, settings.integer(name, usual));
        List<Integer> numbers = settings.integers(name, List.of());
        if (numbers.size() != levels) throw new IOException(name + " must be " + levels + " numbers: " + numbers);
        return numbers;
    }

    /** What our networks are not. */
    private void refuse() throws IOException {
        settings.only("mid_block_type", "\"UNetMidBlock2DCrossAttn\"");
        settings.only("only_cross_attention", "false");
        for (String name : List.of(
                "num_attention_heads",
                "encoder_hid_dim",
                "encoder_hid_dim_type",
                "class_embed_type",
                "num_class_embeds")) settings.only(name, "null");
        settings.only("mid_block_scale_factor", "1", "1.0");
        settings.only("resnet_time_scale_shift", "\"default\"");
        // the same network either way
        for (String name : List.of("upcast_attention", "use_linear_projection", "addition_embed_type_num_heads"))
            settings.ignore(name);
    }
}
