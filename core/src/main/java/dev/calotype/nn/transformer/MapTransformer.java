package dev.calotype.nn.transformer;

import dev.calotype.nn.Blank;
import dev.calotype.nn.BlockStyle;
import dev.calotype.nn.GroupNorm;
import dev.calotype.nn.ImageLayer;
import dev.calotype.nn.Layers;
import dev.calotype.nn.Layout;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.GroupNormImpl;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * The spatial transformer of Stable Diffusion (Rombach et al. 2022): several blocks over the pixels of a map, which also look at the
 * tokens of a condition, between two linear maps, as one residual branch. {@link SpatialTransformer} is the smaller one that is trained
 * here.
 */
public final class MapTransformer extends Module implements ImageLayer {
    private static final double EPSILON = 1e-6;

    private final GroupNormImpl norm;
    private final LinearImpl projIn, projOut;
    private final List<ToldBlock> blocks = new ArrayList<>();

    /**
     * @param width channels of the map
     * @param heads of all attentions, which divide the width
     * @param depth blocks
     * @param tokenWidth values of a token of the condition
     * @param style of which the groups are asked for
     */
    public MapTransformer(int width, int heads, int depth, int tokenWidth, BlockStyle style) {
        super("MapTransformer");
        BlockStyle own = new BlockStyle(style.groups(), EPSILON, style.activation(), 1);
        norm = register_module("norm", GroupNorm.of(width, own));
        projIn = register_module("proj_in", Blank.linear(width, width));
        Layers named = new Layers("transformer_blocks");
        register_module("transformer_blocks", named);
        for (int i = 0; i < depth; i++)
            blocks.add(named.add(String.valueOf(i), new ToldBlock(width, heads, tokenWidth)));
        projOut = register_module("proj_out", Blank.linear(width, width));
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding) {
        throw new IllegalArgumentException("the network wants the tokens of a condition");
    }

    @Override
    public Tensor forward(Tensor x, Tensor embedding, Tensor tokens) {
        long n = x.size(0), c = x.size(1), h = x.size(2), w = x.size(3);
        return Scope.tidy(() -> {
            Tensor pixels = Scope.tidy(() ->
                    projIn.forward(GroupNorm.apply(norm, x).permute(0, 2, 3, 1).reshape(n, h * w, c))); // (N, HW, C)
            for (ToldBlock block : blocks) {
                Tensor before = pixels;
                pixels = block.forward(before, tokens); // (N, HW, C)
                before.close();
            }
            Tensor map = projOut.forward(pixels).reshape(n, h, w, c).permute(0, 3, 1, 2); // (N, C, H, W)
            return Layout.of(Tensors.dtype(x)).apply(x.add(map));
        });
    }
}
