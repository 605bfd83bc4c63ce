package dev.calotype.tensor;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Gradients of the parts of a step that are done, summed in fp32: a network that computes in bf16 would add those of each part to a sum of
 * eight binary digits, which loses the more the more parts there are.
 */
public final class GradientSums implements AutoCloseable {
    private final Map<Tensor, Tensor> sums = Collections.synchronizedMap(new IdentityHashMap<>());

    /** Takes the gradient that a parameter has to its sum. */
    public void add(Tensor parameter) {
        Tensor grad = parameter.mutable_grad();
        if (!grad.defined()) return;
        Tensor sum = sums.get(parameter);
        if (sum == null) sums.put(parameter, Scope.keep(() -> grad.to(Precision.FP32.dtype())));
        else Scope.run(() -> sum.add_(grad));
        grad.reset();
    }

    /** Takes all of a parameter's gradient, for the caller to close; null where there is none. */
    public Tensor take(Tensor parameter) {
        Tensor grad = parameter.mutable_grad(), sum = sums.remove(parameter);
        if (sum == null) {
            if (!grad.defined()) return null;
            Tensor whole = new Tensor(grad);
            grad.reset();
            return whole;
        }
        if (grad.defined()) sum.add_(grad);
        grad.reset();
        return sum;
    }

    @Override
    public void close() {
        sums.values().forEach(Tensor::close);
        sums.clear();
    }
}
