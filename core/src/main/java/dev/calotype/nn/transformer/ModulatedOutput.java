package dev.calotype.nn.transformer;

import dev.calotype.nn.Blank;
import dev.calotype.nn.Layers;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** The last layer after {@link ModulatedBlock}s: normalised tokens, scaled and shifted by what is told, and a linear map. */
public final class ModulatedOutput extends Module {
    private final LinearImpl modulation, linear;

    /**
     * A layer that gives zeros until it has learned something.
     *
     * @param width D of a token
     * @param out values that a token becomes
     */
    public ModulatedOutput(int width, int out) {
        super("ModulatedOutput");
        Layers told = register_module("adaLN_modulation", new Layers("adaLN_modulation"));
        modulation = told.add("1", Zeroed.of(Blank.linear(width, 2L * width)));
        linear = register_module("linear", Zeroed.of(Blank.linear(width, out)));
    }

    /** Tells element type and device of the network, borrowed. */
    public Tensor weight() {
        return linear.weight();
    }

    /** Makes that it gives zeros. */
    public void startAtZero() {
        Zeroed.of(modulation);
        Zeroed.of(linear);
    }

    /**
     * @param x (N, L, D)
     * @param told SiLU of time and class, (N, D)
     * @return (N, L, out)
     */
    public Tensor forward(Tensor x, Tensor told) {
        return Scope.tidy(() -> {
            Tensor[] how = Tensors.chunk(modulation.forward(told).unsqueeze(1), 2, 2); // 2 of (N, 1, D)
            return linear.forward(ModulatedStream.modulated(x, how[0], how[1])); // (N, L, out)
        });
    }
}
