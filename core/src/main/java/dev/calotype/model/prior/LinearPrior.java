package dev.calotype.model.prior;

import dev.calotype.model.NetworkCost;
import dev.calotype.nn.Blank;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The vector of a picture as a linear map of that of its caption, as in Kandinsky (Razzhigaev et al. 2023). */
public final class LinearPrior extends Module {
    private final LinearImpl map;

    /**
     * A map that is still to be solved for; it begins as nothing.
     *
     * @param embedding E, the values of a vector
     */
    public LinearPrior(int embedding) {
        super("LinearPrior");
        map = register_module("map", Blank.filled(embedding, embedding));
        Scope.read(() -> {
            map.weight().zero_();
            return map.bias().zero_();
        });
    }

    /** What such a map has, and what one vector costs it. */
    public static NetworkCost cost(int embedding) {
        return new NetworkCost.Sum().linear("map", 1, 1, embedding, embedding).cost();
    }

    /**
     * @param texts fp32 (N, E)
     * @return fp32 (N, E)
     */
    public Tensor forward(Tensor texts) {
        return Scope.tidy(() -> map.forward(Tensors.as(texts, map.weight())).to(ScalarType.Float)); // (N, E)
    }
}
