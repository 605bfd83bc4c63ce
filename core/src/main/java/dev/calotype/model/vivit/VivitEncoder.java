package dev.calotype.model.vivit;

import dev.calotype.nn.Allowance;
import dev.calotype.nn.Attention.Sight;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Recomputation;
import dev.calotype.nn.transformer.FactorisedBlock;
import dev.calotype.nn.transformer.FactorisedBlock.Division;
import dev.calotype.nn.transformer.LayerNorm;
import dev.calotype.nn.transformer.TransformerBlock;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.LayerNormImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A sequence of blocks with the class token and the positions before them, and the normalisation and pooling behind. */
final class VivitEncoder extends Module {
    private final Dropout dropout;
    private final Recomputation recomputation;
    private final Tensor classToken, positions;
    private final Layers named = new Layers("blocks");
    private final List<Step> steps = new ArrayList<>();
    private final List<FactorisedBlock> factorised = new ArrayList<>();
    private final LayerNormImpl norm;

    /** What is done with a block: from the tokens that go in to those that come out, and with shares of those the way back. */
    private record Step(UnaryOperator<Tensor> forward, BinaryOperator<Tensor> rollOut) {}

    /**
     * @param tokens that have a position, apart from the class token
     * @param moments of those tokens if attention is factorised within the blocks
     */
    VivitEncoder(
            VivitConfig config, int depth, long tokens, int moments, Dropout dropout, Recomputation recomputation) {
        super("VivitEncoder");
        this.dropout = dropout;
        this.recomputation = recomputation;
        int width = config.width();
        classToken = config.prefix() == 0 ? null : table("cls_token", 1, width);
        positions = table("pos_embed", tokens + config.prefix(), width);
        register_module("blocks", named);
        var block = new TransformerBlock.Config(
                width, config.heads(), config.hidden(), config.activation(), config.epsilon(), 0, Sight.ALL);
        for (int i = 0; i < depth; i++) {
            double rate = TransformerBlock.stochasticDepth(config.stochasticDepth(), i, depth);
            steps.add(
                    config.withinBlocks()
                            ? factorised(i, new FactorisedBlock(block, division(config), dropout, rate), moments)
                            : whole(i, new TransformerBlock(block, dropout, rate)));
        }
        norm = register_module("norm", LayerNorm.of(width, config.epsilon()));
    }

    private Tensor table(String name, long rows, int width) {
        Allowance.take(rows, width);
        Tensor table = Device.CPU.zeros(1, rows, width).requires_grad_(true);
        register_parameter(name, table);
        return table;
    }

    private Step whole(int index, TransformerBlock block) {
        named.add(String.valueOf(index), block);
        return new Step(block::forward, block::rollOut);
    }

    private Step factorised(int index, FactorisedBlock block, int moments) {
        named.add(String.valueOf(index), block);
        factorised.add(block);
        return new Step(x -> block.forward(x, moments), (x, shares) -> block.rollOut(
                        x, shares.reshape(shares.size(0), moments, -1))
                .flatten(1, 2));
    }

    /** {@link FactorisedBlock#silenceTime} of all blocks. */
    void silenceTime() {
        factorised.forEach(FactorisedBlock::silenceTime);
    }

    private static Division division(VivitConfig config) {
        if (config.variant() == VivitConfig.Variant.FACTORISED_DOT_PRODUCT) return Division.HEADS;
        return config.order() == VivitConfig.Order.SPACE_TIME ? Division.SPACE_THEN_TIME : Division.TIME_THEN_SPACE;
    }

    /**
     * What classes are read from.
     *
     * @param x tokens, (N, L, D)
     * @return (N, D)
     */
    Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor h = place(x); // (N, L, D)
            for (Step step : steps) h = recomputation.apply(in -> step.forward.apply(in[0]), h); // (N, L, D)
            if (classToken != null) return norm.forward(h.select(1, 0)); // (N, D)
            return norm.forward(h).mean(1); // (N, D)
        });
    }

    private Tensor place(Tensor x) {
        Tensor all = classToken == null ? x : Tensors.cat(1, classToken.expand(x.size(0), 1, -1), x); // (N, L, D)
        return dropout.apply(all.add(positions)); // (N, L, D)
    }

    /**
     * The share that each token has in what classes are read from, by attention roll-out.
     *
     * @param x tokens, (N, L, D)
     * @return fp32 (N, L); rows sum to 1
     */
    Tensor rollOut(Tensor x) {
        return Scope.tidy(() -> {
            List<Tensor> before = new ArrayList<>(List.of(place(x)));
            for (Step step : steps.subList(0, steps.size() - 1))
                before.add(step.forward.apply(before.get(before.size() - 1)));
            long length = before.get(0).size(1);
            Tensor shares = Device.of(x).zeros(x.size(0), length); // (N, L)
            if (classToken != null) shares.select(1, 0).fill_(new Scalar(1.0));
            else shares.fill_(new Scalar(1.0 / length));
            for (int i = steps.size() - 1; i >= 0; i--)
                shares = steps.get(i).rollOut.apply(before.get(i), shares);
            Tensor tubelets = shares.narrow(1, length - x.size(1), x.size(1)); // (N, L)
            return tubelets.div(Tensors.perSample(tubelets.sum(1), tubelets));
        });
    }
}
