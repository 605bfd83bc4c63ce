package dev.calotype.train;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Adam with decoupled weight decay (Loshchilov &amp; Hutter 2019) over flat parameters, and its moments. */
final class AdamW implements Updates {
    private final FlatParameters parameters;
    private final double beta1;
    private final double beta2;
    private final double weightDecay;
    private final Tensor first;
    private final Tensor second;
    private final Tensor updates;

    AdamW(FlatParameters parameters, double beta1, double beta2, double weightDecay) {
        this.parameters = parameters;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.weightDecay = weightDecay;
        first = parameters.zeros();
        second = parameters.zeros();
        updates = Scope.keep(() -> Device.of(first).zeros());
    }

    @Override
    public void begin(long step, double rate) {
        Scope.read(() -> updates.fill_(new Scalar((double) step)));
    }

    @Override
    public void update(FlatParameters.Stretch stretch, double rate) {
        Scope.read(() -> {
            Kernels.adamW(
                    new Kernels.AdamW(rate, beta1, beta2, weightDecay, 1e-8),
                    stretch.of(parameters.master()),
                    stretch.of(parameters.gradient()),
                    stretch.of(first),
                    stretch.of(second),
                    updates);
            return null;
        });
    }

    /** The first moments, flat. */
    Tensor first() {
        return first;
    }

    /** The second moments, flat. */
    Tensor second() {
        return second;
    }

    @Override
    public Tensor result() {
        return parameters.master();
    }

    @Override
    public Map<String, Tensor> buffers() {
        Map<String, Tensor> buffers = new LinkedHashMap<>();
        buffers.put("adam/first/", first);
        buffers.put("adam/second/", second);
        return buffers;
    }

    @Override
    public void close() {
        List.of(first, second, updates).forEach(Tensor::close);
    }
}
