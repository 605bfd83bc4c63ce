package dev.calotype.restore;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** How far an image is from explaining an observation: the mean of (A x - y)² over the values that may be seen. */
final class DataTerm implements AutoCloseable {
    private final LinearOperator operator;
    private final Tensor observed;
    private final Tensor weights; // they sum to 1

    /** @param visible 1 or 0, to be spread over y; {@code null} for all of it */
    DataTerm(Observation observation, Tensor visible, Device device) {
        operator = observation.operator();
        observed = Scope.keep(() -> device.move(observation.image()).clone());
        weights = Scope.keep(() -> {
            Tensor ones = torch.ones_like(observed);
            Tensor seen = visible == null ? ones : ones.mul(device.move(visible));
            return seen.div(seen.sum());
        });
    }

    /** A scalar with its graph, of x (1, C, H, W). */
    Tensor of(Tensor x) {
        return operator.apply(x).sub(observed).square().mul(weights).sum();
    }

    @Override
    public void close() {
        observed.close();
        weights.close();
    }
}
