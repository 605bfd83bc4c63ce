package dev.calotype.checkpoint.vit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.NativeBytes;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Reason;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Distillation;
import dev.calotype.model.vit.VisionTransformerConfig.Pool;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Position;
import dev.calotype.nn.transformer.PatchEmbedding;
import dev.calotype.nn.transformer.PatchEmbedding.Stem;
import dev.calotype.nn.transformer.PositionTable.Cubic;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and writes a {@link VisionTransformer} as weights of timm's {@code VisionTransformer}. Their file holds no config: the shape of the
 * network is read off them, but for the number of heads, which leaves no trace but in a {@code config.json} beside.
 */
public final class TimmVit {
    private static final Logger LOG = LoggerFactory.getLogger(TimmVit.class);
    private static final double EPSILON = 1e-6;
    private static final String BACKBONE = "patch_embed.backbone.conv.weight";
    private static final String STAGES = "patch_embed.backbone.stages.0.blocks.0.conv1.weight";

    private TimmVit() {}

    /** The heads that the published networks of a width have: one for each 64 values, and 16 at ViT-H. */
    public static int usualHeads(int width) {
        return width == 1280 ? 16 : Math.max(1, width / 64);
    }

    /**
     * Reads a network; the caller owns it. Its classes are called by their numbers, unless a {@code config.json} of timm beside the file
     * names them. How pixels are standardised is read there too; without one those of distilled networks are by ImageNet's statistics, as
     * DeiT's, and others are in [-1, 1].
     *
     * @param heads of attention; 0 for those that are said there, else {@link #usualHeads}
     * @param size pixels per side of pictures; 0 for that which the weights were made for, else the table of positions is
     *     resized as timm does
     * @throws IOException if the file cannot be read, or is not of such a network
     */
    public static PretrainedVit read(Path file, int heads, int size) throws IOException {
        try {
            TimmConfig beside = TimmConfig.beside(file);
            int told = heads == 0 ? beside.heads() : heads;
            VitWeights read = VitWeights.read(file, theirs -> withPrefix(theirs, told));
            Map<String, StoredTensor> weights = read.weights();
            StoredTensor kernel = weights.get("patch_embed.proj.weight");
            VisionTransformerConfig config = config(weights, told);
            int patch = config.patch();
            int grid = (int) Math.round(Math.sqrt(weights.get("pos_embed").size(1) - config.prefix()));
            int classes = VitWeights.rows(weights, "head.weight");
            StoredTensor first = weights.getOrDefault(BACKBONE, kernel);
            Ports ports = new Ports(size == 0 ? grid * patch : size, Math.toIntExact(first.size(1)), classes);
            VisionTransformer network = read.network(config, ports, grid, Cubic.TIMM);
            return new PretrainedVit(
                    network,
                    beside.classes(classes),
                    pixels(file, beside, weights.containsKey("dist_token"), ports.channels()));
        } catch (IllegalArgumentException | IOException e) {
            String reason = Reason.of(e);
            throw new IOException(reason.contains(file.toString()) ? reason : "cannot use " + file + ": " + reason, e);
        }
    }

    /** What is said beside it; where nothing is, only the distilled networks, all of DeiT, are known by their weights. */
    private static Standardization pixels(Path file, TimmConfig beside, boolean distilled, int channels)
            throws IOException {
        Optional<Standardization> said = beside.pixels(channels);
        if (said.isPresent()) return said.get();
        if (distilled && channels == 3) return Standardization.IMAGENET;
        LOG.info(
                "{} has no config.json of timm's beside it: its pictures are taken to be in [-1, 1], as ViT's, and not"
                        + " standardised by ImageNet's mean and deviation, as DeiT's, DINO's and DINOv2's",
                file);
        return Standardization.signed(channels);
    }

    private static VisionTransformerConfig config(Map<String, StoredTensor> weights, int heads) throws IOException {
        StoredTensor kernel = weights.get("patch_embed.proj.weight");
        if (kernel == null || kernel.dim() != 4 || !weights.containsKey("blocks.0.attn.qkv.weight"))
            throw new IOException("it has no patch_embed.proj.weight and blocks of a vision transformer");
        if (weights.containsKey("cls_token") && weights.containsKey("fc_norm.weight"))
            throw new IOException("a class token beside averaged patches (cls_token and fc_norm) is not supported");
        if (weights.containsKey(STAGES))
            throw new IOException("a hybrid with stages of a ResNet (patch_embed.backbone.stages) is not supported");
        boolean hybrid = weights.containsKey(BACKBONE);
        int width = Math.toIntExact(kernel.size(0));
        int patch = Math.toIntExact(kernel.size(2)) * (hybrid ? PatchEmbedding.RESNET_FACTOR : 1);
        int depth = 0;
        while (weights.containsKey("blocks." + depth + ".attn.qkv.weight")) depth++;
        Pool pool = weights.containsKey("cls_token")
                ? Pool.CLASS_TOKEN
                : weights.containsKey("fc_norm.weight") ? Pool.MEAN_THEN_NORM : Pool.MEAN;
        StoredTensor registers = weights.get("reg_token");
        Distillation distillation = !weights.containsKey("dist_token")
                ? Distillation.NONE
                : weights.containsKey("head_dist.weight") ? Distillation.HEAD : Distillation.TOKEN;
        return new VisionTransformerConfig(
                patch,
                width,
                depth,
                heads == 0 ? usualHeads(width) : heads,
                VitWeights.rows(weights, "blocks.0.mlp.fc1.weight"),
                hybrid ? Stem.RESNET : Stem.PATCHES,
                Position.LEARNED,
                pool,
                registers == null ? 0 : Math.toIntExact(registers.size(1)),
                distillation,
                0,
                0,
                weights.containsKey("blocks.0.ls1.gamma") ? 1 : 0,
                EPSILON);
    }

    /** The weights with a table of positions that has rows for the tokens before the patches, of zeros where it has none. */
    private static Map<String, StoredTensor> withPrefix(Map<String, StoredTensor> weights, int heads)
            throws IOException {
        int prefix = config(weights, heads).prefix();
        StoredTensor table = weights.get("pos_embed");
        if (table == null || table.dim() != 3) throw new IOException("it has no pos_embed of three dimensions");
        long rows = table.size(1);
        if (square(rows - prefix)) return weights;
        if (!square(rows))
            throw new IOException("the " + rows + " rows of pos_embed are not those of a square of patches");
        Map<String, StoredTensor> completed = new LinkedHashMap<>(weights);
        completed.put("pos_embed", table.changed(own -> Tensors.cat(1, own.new_zeros(1, prefix, own.size(2)), own)));
        return completed;
    }

    private static boolean square(long count) {
        long side = Math.round(Math.sqrt(count));
        return count > 0 && side * side == count;
    }

    /**
     * Writes a network into a folder, which is made if need be: {@code model.safetensors} and {@code config.json}, which
     * {@code timm.create_model("local-dir:FOLDER", pretrained=True)} opens. One with registers is written as timm's of DINOv2 are, with
     * positions of the patches alone.
     *
     * @throws IOException if a file cannot be written
     * @throws IllegalArgumentException if timm's class has no such network
     */
    public static void write(Path folder, PretrainedVit model) throws IOException {
        VisionTransformerConfig config = model.network().config();
        ObjectNode said = TimmConfig.of(model);
        Files.createDirectories(folder);
        NativeBytes.tidy(() -> {
            Map<String, Tensor> weights = VitWeights.withTable(model.network());
            if (config.registers() > 0) fold(weights, config);
            SafeTensors.write(folder.resolve("model.safetensors"), weights, Map.of("format", "pt"));
            return new Tensor[0];
        });
        AtomicFile.write(folder.resolve("config.json"), TransformersVit.pretty(said));
    }

    private static void fold(Map<String, Tensor> weights, VisionTransformerConfig config) {
        Tensor table = weights.get("pos_embed");
        List<String> tokens = List.of("cls_token", "dist_token").stream()
                .filter(weights::containsKey)
                .toList();
        for (int i = 0; i < tokens.size(); i++)
            weights.put(tokens.get(i), weights.get(tokens.get(i)).add(table.narrow(1, i, 1)));
        int prefix = config.prefix();
        weights.put("pos_embed", table.narrow(1, prefix, table.size(1) - prefix).contiguous());
    }
}
