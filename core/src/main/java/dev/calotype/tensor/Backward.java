package dev.calotype.tensor;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.VoidTensorHook;
import org.bytedeco.pytorch.global.torch;

/**
 * Backward passes written by hand, for the few operations whose own is slow or keeps too much.
 *
 * <p>The functions given here run within {@code backward()}, on its thread, in a scope of their own and without
 * recording gradients. The engine takes the nodes of a graph in the reverse of the order in which they were made, as far
 * as their inputs allow: what was made later is done earlier. A gradient of a gradient is not supported.
 */
public final class Backward {
    private static final ThreadLocal<TensorBase> RETURNED = new ThreadLocal<>();

    private Backward() {}

    /**
     * The tensor itself, whose gradient goes on to {@code x} as what {@code gradient} makes of it. To write a forward
     * pass by hand as well, {@link #become} gives the result other values.
     *
     * @param gradient maps a gradient of the shape of {@code x} to another of that shape
     */
    public static Tensor through(Tensor x, UnaryOperator<Tensor> gradient) {
        Tensor alias = torch.alias(x);
        alias.register_hook(Scope.outliveTidying(new TensorTensorHook() {
            @Override
            public TensorBase call(TensorBase received) {
                try (NoGradGuard guard = new NoGradGuard();
                        PointerScope scope = new PointerScope()) {
                    return outlive(gradient.apply(new Tensor(received)));
                }
            }
        }));
        return alias;
    }

    /**
     * A linear map by hand, in one pass each way, whose result may have another shape.
     *
     * @param x has a first dimension
     * @param map what it makes of {@code x}
     * @param adjoint what it makes of a gradient of the result, of the shape of {@code x}
     */
    public static Tensor linear(Tensor x, UnaryOperator<Tensor> map, UnaryOperator<Tensor> adjoint) {
        Tensor value = Scope.inference(() -> map.apply(x));
        if (!GradMode.is_enabled() || !x.requires_grad()) return value;
        Tensor[] received = new Tensor[1]; // between the two hooks
        Tensor alias = through(x, ignored -> {
            Tensor made = adjoint.apply(received[0]);
            received[0].close();
            return made;
        });
        Tensor out = alias.narrow(0, 0, 0).sum().expand(Tensors.shape(value)); // the sum of nothing
        observe(out, gradient -> received[0] = gradient.retainReference());
        return become(out, value);
    }

    /** Gives {@code x} the values of {@code values}, of the same shape and element type, in the graph of {@code x}. */
    public static Tensor become(Tensor x, Tensor values) {
        x.set_data(values);
        return x;
    }

    /** Shows the gradient of {@code x}, which must be a result of the graph, to {@code observer}. */
    public static void observe(Tensor x, Consumer<Tensor> observer) {
        x.register_hook(Scope.outliveTidying(new VoidTensorHook() {
            @Override
            public void call(TensorBase received) {
                try (NoGradGuard guard = new NoGradGuard();
                        PointerScope scope = new PointerScope()) {
                    observer.accept(new Tensor(received));
                }
            }
        }));
    }

    /** Keeps the returned handle until the engine has taken its copy: until the next call on this thread. */
    private static TensorBase outlive(Tensor returned) {
        returned.retainReference();
        TensorBase last = RETURNED.get();
        if (last != null) last.close();
        RETURNED.set(returned);
        return returned;
    }
}
