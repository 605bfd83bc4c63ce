package dev.calotype.checkpoint.latent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.checkpoint.DiffusersSettings;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.model.latent.LatentUNetConfig;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the folder of a {@code UNet2DConditionModel} of diffusers as Stable Diffusion 1, 2 and XL have it. In their configs {@code
 * attention_head_dim} is the number of heads.
 */
public final class DiffusersLatentUNet {
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
        return LatentNetworks.loaded(
                () -> new LatentUNet(config), LatentNetworks.ours(stored), precision, stored.path());
    }

    /**
     * Reads weights into a network that {@link dev.calotype.nn.Blank} made, one tensor after the other.
     *
     * @throws IOException as {@link #read(Path, Precision)}
     */
    public static void readInto(LatentUNet blank, StoredNetwork stored, Precision precision) throws IOException {
        LatentNetworks.load(blank, LatentNetworks.ours(stored), precision, stored.path());
    }

    /** The shape of a network. */
    public static LatentUNetConfig config(StoredNetwork stored) throws IOException {
        return stored.config(DiffusersLatentUNet::config);
    }

    private static LatentUNetConfig config(JsonNode json) throws IOException {
        DiffusersSettings settings = new DiffusersSettings(json, "UNet2DConditionModel");
        refuse(settings);
        LatentShape shape = new LatentShape(settings);
        LatentUNetConfig config = shape.read(settings.integer("out_channels", 4));
        requireMirrored(settings, shape.types());
        settings.passOverTheRest();
        return config;
    }

    private static void requireMirrored(DiffusersSettings settings, List<String> down) throws IOException {
        List<String> up = new ArrayList<>();
        for (String type : settings.texts(
                "up_block_types",
                List.of("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D")))
            up.add(0, type.replace("UpBlock2D", "DownBlock2D"));
        if (!up.equals(down))
            throw new IOException("up_block_types must be those of down_block_types in the other order: "
                    + up.stream()
                            .map(type -> type.replace("DownBlock2D", "UpBlock2D"))
                            .toList());
    }

    /** What our network is not. */
    private static void refuse(DiffusersSettings settings) throws IOException {
        for (String name : List.of(
                "center_input_sample",
                "dual_cross_attention",
                "resnet_skip_time_act",
                "class_embeddings_concat",
                "mid_block_only_cross_attention")) settings.only(name, "false");
        for (String name : List.of(
                "reverse_transformer_layers_per_block",
                "time_embedding_act_fn",
                "timestep_post_act",
                "cross_attention_norm")) settings.only(name, "null");
        settings.only("resnet_out_scale_factor", "1", "1.0");
        settings.only("time_embedding_type", "\"positional\"");
        settings.only("attention_type", "\"default\"");
        settings.only("conv_in_kernel", "3");
        settings.only("conv_out_kernel", "3");
        settings.ignore("sample_size");
        settings.ignore("dropout"); // which is of training
    }
}
