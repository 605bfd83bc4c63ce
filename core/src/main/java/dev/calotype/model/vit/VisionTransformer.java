package dev.calotype.model.vit;

import dev.calotype.model.ClassifierNetwork;
import dev.calotype.model.vit.VisionTransformerConfig.Distillation;
import dev.calotype.model.vit.VisionTransformerConfig.Pool;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Position;
import dev.calotype.model.vit.VisionTransformerConfig.Variant;
import dev.calotype.nn.Allowance;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Initialization;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.transformer.AttentionPool;
import dev.calotype.nn.transformer.LayerNorm;
import dev.calotype.nn.transformer.PatchEmbedding;
import dev.calotype.nn.transformer.PositionTable;
import dev.calotype.nn.transformer.TransformerBlock;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The Vision Transformer (Dosovitskiy et al. 2020, arXiv:2010.11929), with what DeiT (a distillation token) and DINOv2
 * (LayerScale, register tokens) added to it. Parameter names and the order of tokens follow timm: class, distillation,
 * registers, patches.
 */
public final class VisionTransformer extends ClassifierNetwork {
    private final VisionTransformerConfig config;
    private final Ports ports;
    private final Dropout dropout;
    private final Recomputation recomputation;
    private final PatchEmbedding patchEmbedding;
    private final List<TransformerBlock> blocks = new ArrayList<>();
    private final Layers named = new Layers("blocks");
    private final Tensor classToken, distillationToken, registers, positions;
    private final float[] sinCos; // of patches, row by row; null where positions are learned
    private final LayerNormImpl normPre, norm;
    private final AttentionPool attentionPool;
    private final LinearImpl head, distillationHead;

    /** A fresh network. The layers of attention and MLP begin as in the paper's code, the head at 0. */
    public VisionTransformer(VisionTransformerConfig config, Ports ports, Rng rng) {
        this(config, ports, Variant.STANDARD);
        Initialization.transformer(this, rng);
    }

    /** A network whose weights are still to be read. */
    public VisionTransformer(VisionTransformerConfig config, Ports ports) {
        this(config, ports, Variant.STANDARD);
    }

    /** One of another family whose weights are still to be read. */
    public VisionTransformer(VisionTransformerConfig config, Ports ports, Variant variant) {
        super("VisionTransformer");
        this.config = config;
        this.ports = ports;
        int width = config.width(), grid = config.grid(ports.size());
        dropout = new Dropout(config.dropout());
        recomputation = new Recomputation(dropout);
        classToken = tokens("cls_token", config.pool().hasClassToken() ? 1 : 0);
        distillationToken = tokens("dist_token", config.distillation() == Distillation.NONE ? 0 : 1);
        registers = tokens("reg_token", config.registers());
        boolean learned = config.position() == Position.LEARNED;
        positions = tokens("pos_embed", learned ? grid * grid + config.prefix() : 0);
        sinCos = learned ? null : PositionTable.sinCos(grid, grid, width);
        patchEmbedding = register_module(
                "patch_embed", new PatchEmbedding(ports.channels(), config.patch(), width, config.stem()));
        normPre =
                variant.normalizesTokens() ? register_module("norm_pre", LayerNorm.of(width, config.epsilon())) : null;
        register_module("blocks", named);
        var block = new TransformerBlock.Config(
                width,
                config.heads(),
                config.hidden(),
                variant.activation(),
                config.epsilon(),
                config.layerScale(),
                Sight.ALL);
        for (int i = 0; i < config.depth(); i++) {
            double rate = TransformerBlock.stochasticDepth(config.stochasticDepth(), i, config.depth());
            blocks.add(named.add(String.valueOf(i), new TransformerBlock(block, dropout, rate)));
        }
        boolean late = config.pool() == Pool.MEAN_THEN_NORM;
        norm = register_module(late ? "fc_norm" : "norm", LayerNorm.of(width, config.epsilon()));
        attentionPool = config.pool() != Pool.ATTENTION
                ? null
                : register_module(
                        "attn_pool",
                        new AttentionPool(
                                width, config.heads(), config.hidden(), variant.activation(), config.epsilon()));
        head = ports.classes() == 0 ? null : linear("head");
        distillationHead =
                ports.classes() == 0 || config.distillation() != Distillation.HEAD ? null : linear("head_dist");
    }

    private LinearImpl linear(String name) {
        return register_module(name, Blank.linear(config.features(), ports.classes()));
    }

    private Tensor tokens(String name, int count) {
        if (count == 0) return null;
        Allowance.take(count, config.width());
        Tensor tokens = Device.CPU.zeros(1, count, config.width()).requires_grad_(true);
        register_parameter(name, tokens);
        return tokens;
    }

    /** The shape of the network. */
    public VisionTransformerConfig config() {
        return config;
    }

    /** What stands around the blocks. */
    public Ports ports() {
        return ports;
    }

    /** {@inheritDoc} Throws IllegalArgumentException if the pictures are of another size or number of channels. */
    @Override
    public Tensor forward(Tensor x) {
        if (head == null) throw new IllegalStateException("the network has no classes, only features");
        return Scope.tidy(() -> {
            Tensor[] pooled = Scope.tidyAll(() -> pool(encode(x))); // 1 or 2 of (N, D)
            Tensor logits = head.forward(pooled[0]); // (N, K)
            if (distillationHead != null)
                logits = logits.add(distillationHead.forward(pooled[1])).mul(new Scalar(0.5)); // (N, K)
            return logits.to(ScalarType.Float);
        });
    }

    /** {@inheritDoc} With two heads the mean of what they read. */
    @Override
    public Tensor features(Tensor x) {
        return Scope.tidy(() -> {
            Tensor[] pooled = pool(encode(x)); // 1 or 2 of (N, D)
            Tensor features =
                    pooled.length == 1 ? pooled[0] : pooled[0].add(pooled[1]).mul(new Scalar(0.5));
            return features.to(ScalarType.Float);
        });
    }

    /**
     * Where the network looks: attention roll-out (Abnar &amp; Zuidema 2020). The maps of all blocks, averaged over heads and
     * with the residual branch as half of each, are multiplied; what is read of the result is the row of the class token, or
     * where there is none the mean of the rows of the patches.
     *
     * @param x fp32 (N, C, H, W)
     * @return the share of each patch, fp32 (N, H / patch, W / patch); sums to 1
     */
    public Tensor rollOut(Tensor x) {
        return Scope.inference(() -> {
            Tensor tokens = embed(x); // (N, L, D)
            Tensor product = null;
            for (TransformerBlock block : blocks) {
                Tensor before = tokens;
                Tensor mean = Scope.tidy(() -> block.maps(before).mean(1)); // (N, L, L)
                Tensor mixed = mean.mul(new Scalar(0.5)); // (N, L, L)
                mixed.diagonal(0, 1, 2).add_(new Scalar(0.5));
                product = product == null ? mixed : torch.bmm(mixed, product); // (N, L, L)
                tokens = block.forward(tokens); // (N, L, D)
            }
            int first = config.prefix() + config.registers();
            long patches = product.size(2) - first;
            Tensor rows = config.pool().hasClassToken()
                    ? product.select(1, 0)
                    : product.narrow(1, first, patches).mean(1); // (N, L)
            Tensor shares = rows.narrow(1, first, patches); // (N, P)
            long grid = config.grid(ports.size());
            return shares.div(shares.sum(new long[] {1}, true, new ScalarTypeOptional()))
                    .reshape(x.size(0), grid, grid);
        });
    }

    @Override
    public void reseed(long seed) {
        dropout.reseed(seed);
    }

    @Override
    public void recompute(Recomputation.Policy policy) {
        recomputation.policy(policy);
    }

    private Tensor encode(Tensor x) {
        Tensor tokens = embed(x); // (N, L, D)
        for (TransformerBlock block : blocks)
            tokens = recomputation.apply(in -> block.forward(in[0]), tokens); // (N, L, D)
        return config.pool() == Pool.MEAN_THEN_NORM ? tokens : norm.forward(tokens); // (N, L, D)
    }

    private Tensor embed(Tensor x) {
        if (x.size(1) != ports.channels() || x.size(2) != ports.size() || x.size(3) != ports.size())
            throw new IllegalArgumentException("pictures must be (N, " + ports.channels() + ", " + ports.size() + ", "
                    + ports.size() + "): " + Arrays.toString(Tensors.shape(x)));
        return Scope.tidy(() -> {
            Tensor patches = patchEmbedding.forward(x); // (N, P, D)
            if (sinCos != null)
                patches = patches.add(Tensors.as(Tensors.of(sinCos, 1, patches.size(1), patches.size(2)), patches));
            List<Tensor> sequence = new ArrayList<>();
            if (classToken != null) sequence.add(classToken);
            if (distillationToken != null) sequence.add(distillationToken);
            if (positions != null) place(sequence);
            if (registers != null) sequence.add(registers); // they stand nowhere
            sequence.replaceAll(token -> token.expand(x.size(0), -1, -1));
            int prefix = config.prefix();
            sequence.add(positions == null ? patches : patches.add(positions.narrow(1, prefix, patches.size(1))));
            Tensor tokens = dropout.apply(Tensors.cat(1, sequence.toArray(Tensor[]::new))); // (N, L, D)
            return normPre == null ? tokens : normPre.forward(tokens); // (N, L, D)
        });
    }

    private void place(List<Tensor> prefix) {
        for (int i = 0; i < prefix.size(); i++) prefix.set(i, prefix.get(i).add(positions.narrow(1, i, 1)));
    }

    /** What each head reads of the tokens, (N, D). */
    private Tensor[] pool(Tensor tokens) {
        int first = config.prefix() + config.registers();
        Tensor patches = tokens.narrow(1, first, tokens.size(1) - first); // (N, P, D)
        return switch (config.pool()) {
            case CLASS_TOKEN ->
                config.distillation() == Distillation.HEAD
                        ? new Tensor[] {tokens.select(1, 0), tokens.select(1, 1)}
                        : new Tensor[] {tokens.select(1, 0)};
            case MEAN -> new Tensor[] {patches.mean(1)};
            case MEAN_THEN_NORM -> new Tensor[] {norm.forward(patches.mean(1))};
            case ATTENTION -> new Tensor[] {attentionPool.forward(patches)};
            case CLASS_AND_MEAN -> new Tensor[] {Tensors.cat(1, tokens.select(1, 0), patches.mean(1))};
        };
    }
}
