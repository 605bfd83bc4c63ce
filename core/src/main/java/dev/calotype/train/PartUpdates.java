package dev.calotype.train;

import dev.calotype.tensor.Scope;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Updates of which each weight makes a share. For rules whose step is proportional to the learning rate, weight decay included, that is a
 * rate of its own.
 */
final class PartUpdates implements Updates {
    private final Updates whole;
    private final FlatParameters parameters;
    private final Tensor shares;

    PartUpdates(Updates whole, FlatParameters parameters, PartRates rates) {
        this.whole = whole;
        this.parameters = parameters;
        shares = parameters.zeros();
        Scope.read(() -> {
            parameters.named(shares).forEach((name, view) -> view.fill_(new Scalar(rates.of(name))));
            return null;
        });
    }

    @Override
    public void begin(long step, double rate) {
        whole.begin(step, rate);
    }

    @Override
    public void update(FlatParameters.Stretch stretch, double rate) {
        Scope.read(() -> {
            Tensor master = stretch.of(parameters.master());
            Tensor before = master.clone();
            whole.update(stretch, rate);
            master.sub_(before).mul_(stretch.of(shares)).add_(before);
            return null;
        });
    }

    @Override
    public Tensor result() {
        return whole.result();
    }

    @Override
    public Map<String, Tensor> buffers() {
        return whole.buffers();
    }

    @Override
    public Map<String, Tensor> others() {
        return whole.others();
    }

    @Override
    public void close() {
        whole.close();
        shares.close();
    }
}
