package dev.calotype.nn.transformer;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/** Two linear layers with an activation between them, for each token alone. */
final class Mlp extends Module {
    private final LinearImpl fc1;
    private final LinearImpl fc2;
    private final Activation activation;
    private final Dropout dropout;

    /**
     * @param width D of a token
     * @param hidden values between the layers
     * @param dropout after each of them
     */
    Mlp(int width, int hidden, Activation activation, Dropout dropout) {
        super("Mlp");
        this.activation = activation;
        this.dropout = dropout;
        fc1 = register_module("fc1", Blank.linear(width, hidden));
        fc2 = register_module("fc2", Blank.linear(hidden, width));
    }

    /** Makes its output zero, until it has learned something. */
    void startAtZero() {
        Zeroed.of(fc2);
    }

    /** @param x (..., D) */
    public Tensor forward(Tensor x) {
        return Scope.tidy(() -> {
            Tensor h = dropout.apply(activation.apply(fc1.forward(x))); // (..., hidden)
            return dropout.apply(fc2.forward(h)); // (..., D)
        });
    }
}
