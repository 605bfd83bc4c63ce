package dev.calotype.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.model.UNet;
import dev.calotype.nn.ResidualBlock.Conditioning;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The {@code config.json} of a diffusers UNet2DModel, between text and the {@link UNet} it describes.
 *
 * @param config the architecture
 * @param ports what goes in and out
 */
record DiffusersConfig(UNet.Config config, UNet.Ports ports) {
    /** The only values of these settings that our network has, as JSON. */
    private static final Map<String, String> FIXED = new TreeMap<>(Map.ofEntries(
            Map.entry("act_fn", "\"silu\""),
            Map.entry("add_attention", "true"),
            Map.entry("center_input_sample", "false"),
            Map.entry("class_embed_type", "null"),
            Map.entry("downsample_padding", "1"),
            Map.entry("flip_sin_to_cos", "true"),
            Map.entry("freq_shift", "0"),
            Map.entry("mid_block_scale_factor", "1"),
            Map.entry("mid_block_type", "\"UNetMidBlock2D\""),
            Map.entry("norm_eps", "1e-05"),
            Map.entry("norm_num_groups", "32"),
            Map.entry("time_embedding_type", "\"positional\"")));

    /** Reads the config; a setting that our network does not have is refused by its name. */
    static DiffusersConfig of(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json);
        for (var e : FIXED.entrySet()) settings.require(e.getKey(), e.getValue(), e.getValue());
        List<Integer> widths = settings.integers("block_out_channels", List.of(224, 448, 672, 896));
        int levels = widths.size();
        if (levels < 1) throw new IOException("block_out_channels is empty");
        int width = widths.get(0);
        settings.require("time_embedding_dim", "null", "null", String.valueOf(4L * width));
        Conditioning conditioning = settings.choice(
                "resnet_time_scale_shift",
                "default",
                Map.of("default", Conditioning.SHIFT, "scale_shift", Conditioning.SCALE_SHIFT));
        requireMiddleNorm(settings, conditioning);
        List<DiffusersBlock> down = DiffusersBlock.Way.DOWN.read(settings, levels);
        List<DiffusersBlock> up = DiffusersBlock.Way.UP.read(settings, levels);
        List<Integer> attention = new ArrayList<>();
        List<Integer> multipliers = new ArrayList<>();
        for (int i = 0; i < levels; i++) {
            DiffusersBlock mirrored = up.get(levels - 1 - i);
            if (down.get(i).attends() != mirrored.attends())
                throw new IOException("up_block_types must attend at the same levels as down_block_types");
            if (down.get(i).attends()) attention.add(1 << i);
            if (widths.get(i) % width != 0)
                throw new IOException("block_out_channels must be multiples of the first: " + widths);
            multipliers.add(widths.get(i) / width);
        }
        UNet.Resampling resampling = DiffusersBlock.resampling(down, up);
        int headChannels = headChannels(settings, widths, attention);
        int blocks = settings.integer("layers_per_block", 2);
        double dropout = settings.number("dropout", 0);
        int in = settings.integer("in_channels", 3), out = settings.integer("out_channels", 3);
        UNet.Ports ports = new UNet.Ports(in, out, settings.integer("num_class_embeds", 0));
        settings.ignore("sample_size");
        settings.ignore("num_train_timesteps"); // of learned time embeddings only
        settings.requireNothingElse();
        try {
            return new DiffusersConfig(
                    new UNet.Config(
                            width, multipliers, blocks, attention, 0, headChannels, conditioning, resampling, dropout),
                    ports);
        } catch (IllegalArgumentException e) {
            throw new IOException("its network is not supported: " + e.getMessage(), e);
        }
    }

    /** With scale_shift, diffusers leaves the norm of the middle attention out unless it is asked for. */
    private static void requireMiddleNorm(DiffusersSettings settings, Conditioning conditioning) throws IOException {
        String groups = FIXED.get("norm_num_groups");
        if (conditioning == Conditioning.SCALE_SHIFT) settings.require("attn_norm_num_groups", "null", groups);
        else settings.require("attn_norm_num_groups", "null", "null", groups);
    }

    private static int headChannels(DiffusersSettings settings, List<Integer> widths, List<Integer> attention)
            throws IOException {
        int widest = widths.stream().mapToInt(Integer::intValue).max().orElseThrow();
        if (settings.isNull("attention_head_dim")) return widest; // one head per level
        int head = settings.integer("attention_head_dim", 8);
        for (int width : attending(widths, attention))
            if (head < 1 || width % head != 0)
                throw new IOException("attention_head_dim must divide the attending block_out_channels: " + head
                        + " does not divide " + width);
        return head;
    }

    /** The widths of the levels that attend; the last always does, in the middle. */
    private static List<Integer> attending(List<Integer> widths, List<Integer> attention) {
        List<Integer> attending = new ArrayList<>();
        for (int i = 0; i < widths.size(); i++)
            if (attention.contains(1 << i) || i == widths.size() - 1) attending.add(widths.get(i));
        return attending;
    }

    /**
     * The config as diffusers reads it.
     *
     * @throws IllegalArgumentException if diffusers has no such network: heads that are narrower at narrow levels
     */
    JsonNode json(int imageSize) throws IOException {
        if (config.patch() != 1)
            throw new IllegalArgumentException(
                    "diffusers' UNet2DModel has no patches, patch must be 1: " + config.patch());
        ObjectNode json = Checkpoint.JSON.createObjectNode();
        json.put("_class_name", "UNet2DModel");
        for (var e : FIXED.entrySet()) json.set(e.getKey(), Checkpoint.JSON.readTree(e.getValue()));
        List<Integer> widths = config.multipliers().stream()
                .map(multiplier -> multiplier * config.channels())
                .toList();
        boolean scaleShift = config.conditioning() == Conditioning.SCALE_SHIFT;
        json.put("sample_size", imageSize)
                .put("in_channels", ports.in())
                .put("out_channels", ports.out())
                .put("layers_per_block", config.blocks())
                .put("dropout", config.dropout())
                .put("resnet_time_scale_shift", scaleShift ? "scale_shift" : "default")
                .put("attn_norm_num_groups", 32)
                .put("attention_head_dim", headDim(widths))
                .put("num_class_embeds", ports.classes() == 0 ? null : (Integer) ports.classes());
        ArrayNode channels = json.putArray("block_out_channels");
        widths.forEach(channels::add);
        for (DiffusersBlock.Way way : DiffusersBlock.Way.values()) way.write(json, config);
        return json;
    }

    private Integer headDim(List<Integer> widths) {
        List<Integer> attending = attending(widths, config.attention());
        if (attending.stream().allMatch(width -> config.heads(width) == 1)) return null;
        List<Integer> dims = attending.stream()
                .map(width -> width / config.heads(width))
                .distinct()
                .toList();
        if (dims.size() == 1) return dims.get(0);
        throw new IllegalArgumentException(
                "diffusers wants heads of one width: " + dims + " at levels of " + attending);
    }
}
