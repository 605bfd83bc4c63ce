package dev.calotype.nn.adapt;

import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.LinearOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** A linear layer that factors can be joined to. */
public final class AdaptableLinear extends LinearImpl implements Adaptable {
    private LowRank factors;

    public AdaptableLinear(LinearOptions options) {
        super(options);
        Adaptables.made(this);
    }

    @Override
    public void join(LowRank joined) {
        factors = joined;
    }

    /** Whether there are factors beside its weights. */
    public boolean isAdapted() {
        return factors != null;
    }

    @Override
    public Tensor forward(Tensor x) {
        return factors == null ? super.forward(x) : factors.beside(super.forward(x), this::added, x, weight(), bias());
    }

    /** Factors as matrices: x A' B'. */
    private Tensor added(Tensor x, Tensor down, Tensor up) {
        return torch.linear(torch.linear(x, down.flatten(1, -1)), up.flatten(1, -1));
    }
}
