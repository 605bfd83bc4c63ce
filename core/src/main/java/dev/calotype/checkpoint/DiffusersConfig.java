package dev.calotype.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.model.UNet;
import dev.calotype.model.UNet.Resampling;
import dev.calotype.model.UNetVariant;
import dev.calotype.model.UNetVariant.Blocks;
import dev.calotype.model.UNetVariant.Input;
import dev.calotype.model.UNetVariant.Labels;
import dev.calotype.model.UNetVariant.Level;
import dev.calotype.model.UNetVariant.Middle;
import dev.calotype.model.UNetVariant.Signal;
import dev.calotype.model.UNetVariant.Time;
import dev.calotype.model.hint.Hints;
import dev.calotype.nn.Activation;
import dev.calotype.nn.Downsample.Border;
import dev.calotype.nn.Embeddings.Order;
import dev.calotype.nn.ResidualBlock.Conditioning;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The {@code config.json} of a diffusers UNet2DModel, between text and the {@link UNet} it describes.
 *
 * @param config the architecture
 * @param ports what goes in and out
 */
record DiffusersConfig(UNet.Config config, UNet.Ports ports) {
    /** Class numbers that are embedded as times are have no table that would say how many there are. */
    private static final int NUMBERED_CLASSES = 1000;

    private static final Map<String, Conditioning> CONDITIONINGS =
            Map.of("default", Conditioning.SHIFT, "scale_shift", Conditioning.SCALE_SHIFT);
    private static final Map<String, Signal> SIGNALS =
            Map.of("positional", Signal.SINUSOIDS, "fourier", Signal.FOURIER, "learned", Signal.LEARNED);
    private static final Map<String, Border> BORDERS = Map.of("0", Border.BEHIND, "1", Border.AROUND);

    /** Reads the config; a setting that our network does not have is refused by its name. */
    static DiffusersConfig of(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "UNet2DModel");
        List<Integer> widths = settings.integers("block_out_channels", List.of(224, 448, 672, 896));
        if (widths.isEmpty()) throw new IOException("block_out_channels is empty");
        Conditioning conditioning = settings.choice("resnet_time_scale_shift", "default", CONDITIONINGS);
        List<Level> levels = DiffusersBlock.levels(settings, widths);
        Labels labels = settings.isNull("class_embed_type") ? Labels.TABLE : numbers(settings);
        int classes = settings.integer("num_class_embeds", 0);
        if (labels == Labels.LIKE_TIME && classes == 0) classes = NUMBERED_CLASSES;
        UNet.Ports ports =
                new UNet.Ports(settings.integer("in_channels", 3), settings.integer("out_channels", 3), classes);
        int blocks = settings.integer("layers_per_block", 2);
        double dropout = settings.number("dropout", 0);
        int head = headChannels(settings, levels, hasMiddleAttention(settings));
        try {
            UNetVariant usual = variant(settings, conditioning, labels, List.of());
            UNet.Config config = uniform(levels, blocks, head, conditioning, dropout, usual);
            if (config == null)
                config = new UNet.Config(
                        widths.get(0),
                        List.of(),
                        blocks,
                        List.of(),
                        0,
                        head,
                        conditioning,
                        Resampling.CONVOLUTION,
                        dropout,
                        1,
                        variant(settings, conditioning, labels, levels));
            settings.ignore("sample_size");
            settings.ignore("num_train_timesteps"); // of learned time embeddings only
            settings.passOverTheRest();
            return new DiffusersConfig(config, ports);
        } catch (IllegalArgumentException e) {
            throw new IOException("its network is not supported: " + e.getMessage(), e);
        }
    }

    private static Labels numbers(DiffusersSettings settings) throws IOException {
        return settings.choice("class_embed_type", "timestep", Map.of("timestep", Labels.LIKE_TIME));
    }

    private static UNetVariant variant(
            DiffusersSettings settings, Conditioning conditioning, Labels labels, List<Level> levels)
            throws IOException {
        int groups = settings.integer("norm_num_groups", 32);
        Signal signal = settings.choice("time_embedding_type", "positional", SIGNALS);
        Time time = new Time(
                signal,
                settings.flag("flip_sin_to_cos", true) ? Order.COSINE_FIRST : Order.SINE_FIRST,
                settings.number("freq_shift", 0),
                timeWidth(settings),
                signal == Signal.LEARNED ? settings.integer("num_train_timesteps", 0) : 0,
                labels);
        return new UNetVariant(
                groups,
                settings.number("norm_eps", 1e-5),
                settings.activation("silu"),
                settings.choice("downsample_padding", "1", BORDERS),
                settings.flag("center_input_sample", false) ? Input.CENTRED : Input.AS_IT_IS,
                time,
                middle(settings, conditioning, groups),
                levels);
    }

    /** 0 where it is the usual one, which diffusers writes as null, 0 or the number itself. */
    private static int timeWidth(DiffusersSettings settings) throws IOException {
        int width = settings.integer("time_embedding_dim", 0);
        int usual = 4 * settings.integers("block_out_channels", List.of(224)).get(0);
        return width == usual ? 0 : width;
    }

    /** With scale_shift, diffusers leaves the norm of the middle attention out unless it is asked for. */
    private static Middle middle(DiffusersSettings settings, Conditioning conditioning, int groups) throws IOException {
        int otherwise = conditioning == Conditioning.SCALE_SHIFT ? 0 : groups;
        int norm = settings.integer("attn_norm_num_groups", otherwise);
        boolean attends = settings.flag("add_attention", true);
        double scale = settings.number("mid_block_scale_factor", 1);
        if (settings.isNull("mid_block_type")) return new Middle(Middle.Kind.NONE, groups, 1);
        settings.ignore("mid_block_type"); // diffusers has one, whatever its name
        return attends ? new Middle(Middle.Kind.ATTENTION, norm, scale) : new Middle(Middle.Kind.PLAIN, groups, scale);
    }

    /** The config whose multipliers and attention say what the levels are; null if they cannot. */
    private static UNet.Config uniform(
            List<Level> levels, int blocks, int head, Conditioning conditioning, double dropout, UNetVariant variant) {
        Resampling by =
                levels.size() == 1 ? Resampling.CONVOLUTION : levels.get(0).downBy();
        int first = levels.get(0).width();
        List<Integer> multipliers = new ArrayList<>();
        List<Integer> attention = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            Level level = levels.get(i);
            boolean down = i == levels.size() - 1 || level.downBy() == by;
            boolean up = i == 0 || level.upBy() == by;
            if (!down || !up || level.down() != level.up() || level.width() % first != 0) return null;
            if (level.down() == Blocks.ATTENTION) attention.add(1 << i);
            multipliers.add(level.width() / first);
        }
        return new UNet.Config(first, multipliers, blocks, attention, 0, head, conditioning, by, dropout, 1, variant);
    }

    private static boolean hasMiddleAttention(DiffusersSettings settings) throws IOException {
        return settings.flag("add_attention", true) && !settings.isNull("mid_block_type");
    }

    private static int headChannels(DiffusersSettings settings, List<Level> levels, boolean middle) throws IOException {
        if (settings.isNull("attention_head_dim"))
            return levels.stream().mapToInt(Level::width).max().orElseThrow(); // one head per level
        int head = settings.integer("attention_head_dim", 8);
        for (int width : attending(levels, middle))
            if (head < 1 || width % head != 0)
                throw new IOException("attention_head_dim must divide the attending block_out_channels: " + head
                        + " does not divide " + width);
        return head;
    }

    /** The widths of the levels that attend, and of the last where the middle does. */
    private static List<Integer> attending(List<Level> levels, boolean middle) {
        List<Integer> attending = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            Level level = levels.get(i);
            boolean attends = level.down() == Blocks.ATTENTION || level.up() == Blocks.ATTENTION;
            if (attends || middle && i == levels.size() - 1) attending.add(level.width());
        }
        return attending;
    }

    /**
     * The config as diffusers reads it.
     *
     * @throws IllegalArgumentException if diffusers has no such network: heads that are narrower at narrow levels, or more that it is told than time and class
     */
    JsonNode json(int imageSize) {
        if (config.patch() != 1)
            throw new IllegalArgumentException(
                    "diffusers' UNet2DModel has no patches, patch must be 1: " + config.patch());
        if (!ports.hints().equals(Hints.NONE.changed(ports.hints().changes())))
            throw new IllegalArgumentException(
                    "diffusers' UNet2DModel is told times and classes alone, and this network: " + ports.hints());
        UNetVariant variant = config.variant();
        Time time = variant.time();
        Middle middle = variant.middle();
        List<Level> levels = config.levels();
        ObjectNode json = Checkpoint.JSON.createObjectNode();
        json.put("_class_name", "UNet2DModel")
                .put("sample_size", imageSize)
                .put("in_channels", ports.in())
                .put("out_channels", ports.out())
                .put("center_input_sample", variant.input() == Input.CENTRED)
                .put("time_embedding_type", key(SIGNALS, time.signal()))
                .put("time_embedding_dim", time.width() == 0 ? null : (Integer) time.width())
                .put("freq_shift", whole(time.shift()))
                .put("flip_sin_to_cos", time.order() == Order.COSINE_FIRST)
                .put("num_train_timesteps", time.steps() == 0 ? null : (Integer) time.steps())
                .put("class_embed_type", numbered() ? "timestep" : null)
                .put("num_class_embeds", ports.classes() == 0 ? null : (Integer) ports.classes())
                .put("layers_per_block", config.blocks())
                .put("mid_block_type", middle.kind() == Middle.Kind.NONE ? null : "UNetMidBlock2D")
                .put("add_attention", middle.kind() != Middle.Kind.PLAIN)
                .put("attn_norm_num_groups", middle.groups() == 0 ? null : (Integer) middle.groups())
                .put("attention_head_dim", headDim(levels))
                .put("downsample_padding", variant.border() == Border.AROUND ? 1 : 0)
                .put("dropout", config.dropout())
                .put(
                        "act_fn",
                        variant.activation() == Activation.SILU
                                ? "silu"
                                : key(DiffusersSettings.ACTIVATIONS, variant.activation()))
                .put("norm_num_groups", variant.groups())
                .put("norm_eps", variant.epsilon())
                .put("resnet_time_scale_shift", key(CONDITIONINGS, config.conditioning()));
        ArrayNode channels = json.putArray("block_out_channels");
        levels.forEach(level -> channels.add(level.width()));
        DiffusersBlock.write(json, levels);
        boolean whole = middle.scale() == Math.rint(middle.scale());
        if (whole) json.put("mid_block_scale_factor", (long) middle.scale());
        else json.put("mid_block_scale_factor", middle.scale());
        if (middle.groups() == 0 && config.conditioning() == Conditioning.SHIFT)
            throw new IllegalArgumentException("diffusers has a normalisation in the middle where the conditioning is"
                    + " shift: variant.middle.groups must be above 0");
        return json;
    }

    private boolean numbered() {
        return ports.classes() > 0 && config.variant().time().labels() == Labels.LIKE_TIME;
    }

    private static int whole(double shift) {
        if (shift != Math.rint(shift))
            throw new IllegalArgumentException("diffusers wants a whole variant.time.shift: " + shift);
        return (int) shift;
    }

    private static <T> String key(Map<String, T> names, T value) {
        return names.entrySet().stream()
                .filter(e -> e.getValue() == value)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("diffusers has no " + value + " here, only "
                        + names.keySet().stream().sorted().toList()));
    }

    private Integer headDim(List<Level> levels) {
        List<Integer> attending = attending(levels, config.variant().middle().kind() == Middle.Kind.ATTENTION);
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
