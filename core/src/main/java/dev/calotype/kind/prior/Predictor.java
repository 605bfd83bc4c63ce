package dev.calotype.kind.prior;

import dev.calotype.kind.prior.PriorExperiment.Method;
import dev.calotype.model.prior.LinearPrior;
import dev.calotype.model.prior.PriorTransformer;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Makes the vectors of pictures of those of captions. */
@FunctionalInterface
interface Predictor {
    int PART = 256;

    /**
     * @param texts of length 1, (n, E) on the network's device
     * @param rows the source of each row's noise
     * @return of length 1, (n, E)
     */
    Tensor part(Tensor texts, Rng rows);

    static Predictor of(LinearPrior network) {
        return (texts, rows) -> Standard.unitOf(network.forward(texts));
    }

    static Predictor of(PriorExperiment experiment, PriorTransformer network, Vectors vectors) {
        return (texts, rows) -> {
            Tensor standard = vectors.texts().apply(texts); // (n, E)
            Tensor predicted = experiment.method() == Method.DIFFUSION
                    ? new Process(experiment.diffusion()).sample(network, standard, rows)
                    : network.forward(rows.normalLike(standard), null, standard); // (n, E)
            return vectors.pictures().unit(predicted);
        };
    }

    /**
     * Those of any number of captions.
     *
     * @param texts of length 1, (N, E)
     * @param device the network's
     * @return of length 1, (N, E) on the processor, in the caller's scope
     */
    default Tensor all(Tensor texts, Device device, long seed, long first) {
        return Scope.inference(() -> {
            List<Tensor> parts = new ArrayList<>();
            long count = texts.size(0);
            for (long from = 0; from < count; from += PART) {
                long start = from, length = Math.min(PART, count - from);
                parts.add(Scope.tidy(() -> {
                    Tensor some = device.move(texts.narrow(0, start, length)); // (n, E)
                    return Device.CPU.move(part(some, Rng.images(seed, first + start, (int) length)));
                }));
            }
            return Tensors.cat(0, parts.toArray(Tensor[]::new)); // (N, E)
        });
    }
}
