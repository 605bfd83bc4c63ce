package dev.calotype.nn.transformer;

import dev.calotype.nn.Activation;
import dev.calotype.nn.Attention;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.Layers;
import dev.calotype.nn.transformer.TokenHeads.Return;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The layers of one kind of tokens in a {@link ModulatedBlock}. Normalisations have no weights: what is told shifts and scales what they
 * give, and says how much of a branch is added (adaLN-zero, Peebles and Xie 2023).
 */
final class ModulatedStream extends Module {
    /** What becomes of its tokens. */
    enum Role {
        /** They are changed. */
        CHANGED,
        /** They are changed, and attend to each other alone besides (Stable Diffusion 3.5). */
        CHANGED_TWICE,
        /** They are looked at for the last time. */
        LOOKED_AT
    }

    private static final double EPSILON = 1e-6;
    private static final int SHIFT = 0, SCALE = 1, GATE = 2, MLP = 3, SECOND = 6;

    private final int parts;
    private final LinearImpl modulation;
    private final TokenHeads attention, second; // second is null where there is none
    private final Mlp mlp; // null where tokens are looked at alone

    ModulatedStream(ModulatedBlock.Shape shape, Role role, Dropout dropout) {
        super("ModulatedStream");
        parts = switch (role) {
            case CHANGED -> 6;
            case CHANGED_TWICE -> 9;
            case LOOKED_AT -> 2;
        };
        Layers told = register_module("adaLN_modulation", new Layers("adaLN_modulation"));
        modulation = told.add("1", Zeroed.of(Blank.linear(shape.width(), (long) parts * shape.width())));
        Return back = role == Role.LOOKED_AT ? Return.NOTHING : Return.TOKENS;
        attention = register_module("attn", new TokenHeads(shape, back));
        second = role == Role.CHANGED_TWICE ? register_module("attn2", new TokenHeads(shape, Return.TOKENS)) : null;
        mlp = role == Role.LOOKED_AT
                ? null
                : register_module("mlp", new Mlp(shape.width(), shape.hidden(), Activation.GELU_TANH, dropout));
    }

    /** Makes that every branch adds nothing. */
    void startAtZero() {
        Zeroed.of(modulation);
    }

    /**
     * Shifts, scales and gates, (N, 1, D) each.
     *
     * @param told SiLU of what blocks are told, (N, D)
     */
    Tensor[] modulations(Tensor told) {
        return Tensors.chunk(modulation.forward(told).unsqueeze(1), parts, 2);
    }

    /** 3 of (N, heads, L, d) of tokens (N, L, D). */
    Tensor[] project(Tensor x, Tensor... told) {
        return attention.project(seen(x, told, SHIFT));
    }

    /**
     * Tokens after attention and MLP, (N, L, D).
     *
     * @param mixed what they attended to, (N, heads, L, d)
     */
    Tensor changed(Tensor x, Tensor mixed, Tensor... told) {
        Tensor h = torch.addcmul(x, told[GATE], attention.join(mixed)); // (N, L, D)
        if (second != null) {
            Tensor own = Scope.tidy(() -> {
                Tensor[] parts = second.project(seen(x, told, SECOND)); // 3 of (N, heads, L, d)
                return second.join(Attention.attend(parts[0], parts[1], parts[2])); // (N, L, D)
            });
            h = torch.addcmul(h, told[SECOND + GATE], own); // (N, L, D)
        }
        Tensor now = h;
        return torch.addcmul(h, told[MLP + GATE], Scope.tidy(() -> mlp.forward(seen(now, told, MLP)))); // (N, L, D)
    }

    private Tensor seen(Tensor x, Tensor[] told, int first) {
        return modulated(x, told[first + SHIFT], told[first + SCALE]);
    }

    /** Normalised tokens, scaled and shifted. */
    static Tensor modulated(Tensor x, Tensor shift, Tensor scale) {
        return Scope.tidy(
                () -> torch.addcmul(shift, Kernels.layerNorm(x, EPSILON), scale.add(new Scalar(1.0)))); // (N, L, D)
    }
}
