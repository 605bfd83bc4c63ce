package dev.calotype.tensor;

import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * A piece of a network that keeps only its inputs for the backward pass, and computes there once more what else it
 * needs (gradient checkpointing; Chen et al. 2016). Costs one more forward pass of the piece. Gradients are those of
 * {@link #kept}, bit for bit.
 *
 * <p>How it is made without a function class of the engine: the result is a value without history, put in place of an
 * expression of the inputs whose own value nobody sees. A hook on it gets the gradient of the result, before the hooks
 * on aliases of the inputs get to replace the gradients that the expression would give them.
 */
public final class Recomputed {
    /** A differentiable function of some tensors; it gives the same result whenever it is called with the same ones. */
    @FunctionalInterface
    public interface Function {
        Tensor of(Tensor... inputs);
    }

    private final Function function;
    private final Tensor[] inputs; // without history
    private final Tensor[] gradients; // between the two hooks

    private Recomputed(Function function, Tensor... inputs) {
        this.function = function;
        this.inputs = inputs;
        gradients = new Tensor[inputs.length];
    }

    /**
     * {@code function} of {@code inputs}, to be recomputed in the backward pass, which may run once.
     *
     * @param inputs at least one of them must require a gradient, else this is {@link #kept}
     */
    public static Tensor apply(Function function, Tensor... inputs) {
        boolean any = false;
        for (Tensor input : inputs) any |= input.requires_grad();
        return any ? Scope.tidy(() -> connect(function, inputs)) : kept(function, inputs);
    }

    /**
     * {@code function} of {@code inputs} as the engine computes it, all that its backward pass wants kept. The gradient of each
     * input is summed over its uses within the function before it joins those of other uses, as in {@link #apply}.
     */
    public static Tensor kept(Function function, Tensor... inputs) {
        return Scope.tidy(() -> {
            Tensor[] aliases = new Tensor[inputs.length];
            for (int i = 0; i < inputs.length; i++) aliases[i] = torch.alias(inputs[i]);
            return function.of(aliases);
        });
    }

    private static Tensor connect(Function function, Tensor... inputs) {
        Tensor[] detached = new Tensor[inputs.length];
        for (int i = 0; i < inputs.length; i++)
            detached[i] = Scope.outliveTidying(inputs[i].detach().set_requires_grad(inputs[i].requires_grad()));
        Recomputed node = new Recomputed(function, detached);
        Tensor value = withoutGraph(function, detached);
        Tensor joint = torch.zeros(new long[0]).to(value.scalar_type());
        for (int i = 0; i < inputs.length; i++) {
            if (!inputs[i].requires_grad()) continue;
            int index = i;
            Tensor alias = Backward.through(inputs[i], ignored -> node.handOver(index));
            joint = joint.add(alias.sum().to(value.scalar_type()));
        }
        Tensor out = joint.expand(Tensors.shape(value));
        Backward.observe(out, node::backward);
        return Backward.become(out, value);
    }

    /** Makes a graph and drops it, with all that outlives tidying: layers choose other kernels when they record none. */
    private static Tensor withoutGraph(Function function, Tensor... inputs) {
        PointerScope caller = PointerScope.getInnerScope();
        try (PointerScope scope = new PointerScope()) {
            Tensor value = function.of(inputs).detach();
            caller.attach(value);
            return value;
        }
    }

    /** Computes the gradients of all inputs. */
    private void backward(Tensor gradient) {
        try (AutoGradMode recording = new AutoGradMode(true)) {
            Tensor value = Scope.tidy(() -> function.of(inputs));
            value.backward(gradient, new BoolOptional(), false, new TensorArrayRefOptional());
        }
        for (int i = 0; i < inputs.length; i++) {
            if (inputs[i].requires_grad()) gradients[i] = taken(inputs[i]).retainReference();
            inputs[i].close();
        }
    }

    private static Tensor taken(Tensor leaf) {
        Tensor gradient = leaf.grad();
        return gradient.defined() ? new Tensor(gradient) : torch.zeros_like(leaf);
    }

    private Tensor handOver(int index) {
        Tensor handle = new Tensor(gradients[index]);
        gradients[index].close();
        return handle;
    }
}
