package dev.calotype.nn.transformer;

import dev.calotype.nn.Attention;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Dropout;
import dev.calotype.nn.transformer.ModulatedStream.Role;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import org.bytedeco.pytorch.LinearImpl;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * A block of a transformer that removes noise: its tokens attend and pass an MLP, and what it is told of time and class modulates both
 * (DiT, Peebles and Xie 2023). Tokens of a text take part in one of several ways.
 */
public final class ModulatedBlock extends Module {
    /** What becomes of the tokens of a text. */
    public enum Text {
        /** There are none. */
        NONE,
        /** They have layers of their own, and all tokens attend to all (MMDiT, Esser et al. 2024). */
        JOINT,
        /** They have layers of their own, attend to all, and are not needed any more: the last block of such a network. */
        JOINT_LAST,
        /** They pass through the layers of the picture, in one sequence with it. */
        SINGLE,
        /** They are attended to, and stay what they are. */
        ONE_SIDED
    }

    /** What queries and keys pass before they are compared. */
    public enum QueryKeyNorm {
        NONE,
        /** {@link RmsNorm} of each head. */
        RMS
    }

    /** How often tokens of a picture attend. */
    public enum Attentions {
        ONCE,
        /** A second time, to each other alone (Stable Diffusion 3.5). */
        TWICE
    }

    /**
     * The shape of a block.
     *
     * @param width D of a token
     * @param heads of attention, a divisor of the width
     * @param hidden values between the layers of an MLP
     */
    public record Shape(int width, int heads, int hidden, QueryKeyNorm norm) {
        public Shape {
            if (heads < 1 || width < 1 || width % heads != 0)
                throw new IllegalArgumentException("heads must divide the width " + width + ": " + heads);
        }
    }

    private static final double EPSILON = 1e-6;

    private final Text text;
    private final int heads;
    private final ModulatedStream own, context; // context is null where texts have no layers of their own
    private final LinearImpl looked; // keys and values of a text that stays what it is, else null
    private final RmsNorm lookedNorm;

    /** A block that adds nothing until it has learned something. */
    public ModulatedBlock(Shape shape, Text text, Attentions attentions, Dropout dropout) {
        super("ModulatedBlock");
        this.text = text;
        heads = shape.heads();
        boolean joint = text == Text.JOINT || text == Text.JOINT_LAST;
        Role role = attentions == Attentions.TWICE ? Role.CHANGED_TWICE : Role.CHANGED;
        own = register_module("x", new ModulatedStream(shape, role, dropout));
        context = joint
                ? register_module(
                        "context",
                        new ModulatedStream(shape, text == Text.JOINT ? Role.CHANGED : Role.LOOKED_AT, dropout))
                : null;
        boolean sided = text == Text.ONE_SIDED;
        looked = sided ? register_module("context_kv", Blank.linear(shape.width(), 2L * shape.width())) : null;
        lookedNorm = sided && shape.norm() == QueryKeyNorm.RMS
                ? register_module("context_k_norm", new RmsNorm(shape.width() / heads, EPSILON))
                : null;
    }

    /** Makes that it adds nothing. */
    public void startAtZero() {
        own.startAtZero();
        if (context != null) context.startAtZero();
    }

    /**
     * The tokens after the block.
     *
     * @param x those of the picture, (N, L, D); where texts are {@link Text#JOINT} or {@link Text#SINGLE} followed by those of the
     *     text, (N, L + K, D)
     * @param told SiLU of time and class, (N, D)
     * @param tokens of the text where it is {@link Text#ONE_SIDED}, (N, K, D); else null
     * @param places L
     * @return as {@code x}; after {@link Text#JOINT_LAST} those of the picture alone
     */
    public Tensor forward(Tensor x, Tensor told, Tensor tokens, long places) {
        return switch (text) {
            case NONE, SINGLE -> Scope.tidy(() -> alone(x, told));
            case ONE_SIDED -> Scope.tidy(() -> looking(x, told, tokens));
            case JOINT, JOINT_LAST -> Scope.tidy(() -> joined(x, told, places));
        };
    }

    private Tensor alone(Tensor x, Tensor told) {
        Tensor[] how = own.modulations(told);
        Tensor mixed = Scope.tidy(() -> {
            Tensor[] qkv = own.project(x, how); // 3 of (N, heads, L, d)
            return Attention.attend(qkv[0], qkv[1], qkv[2]);
        }); // (N, heads, L, d)
        return own.changed(x, mixed, how); // (N, L, D)
    }

    private Tensor looking(Tensor x, Tensor told, Tensor tokens) {
        Tensor[] how = own.modulations(told);
        Tensor mixed = Scope.tidy(() -> {
            Tensor[] qkv = own.project(x, how); // 3 of (N, heads, L, d)
            Tensor[] kv = TokenHeads.split(looked.forward(tokens), 2, heads); // 2 of (N, heads, K, d)
            Tensor keys = lookedNorm == null ? kv[0] : lookedNorm.forward(kv[0]); // (N, heads, K, d)
            return Attention.attend(qkv[0], Tensors.cat(2, qkv[1], keys), Tensors.cat(2, qkv[2], kv[1]));
        }); // (N, heads, L, d)
        return own.changed(x, mixed, how); // (N, L, D)
    }

    private Tensor joined(Tensor both, Tensor told, long places) {
        Tensor x = both.narrow(1, 0, places), c = both.narrow(1, places, both.size(1) - places);
        Tensor[] how = own.modulations(told), howText = context.modulations(told);
        Tensor mixed = Scope.tidy(() -> {
            Tensor[] a = own.project(x, how), b = context.project(c, howText); // 3 of (N, heads, L or K, d)
            return Attention.attend(Tensors.cat(2, a[0], b[0]), Tensors.cat(2, a[1], b[1]), Tensors.cat(2, a[2], b[2]));
        }); // (N, heads, L + K, d)
        Tensor picture = own.changed(x, mixed.narrow(2, 0, places), how); // (N, L, D)
        if (text == Text.JOINT_LAST) return picture;
        Tensor read = context.changed(c, mixed.narrow(2, places, c.size(1)), howText); // (N, K, D)
        return Tensors.cat(1, picture, read); // (N, L + K, D)
    }
}
