package dev.calotype.kind.prior;

import dev.calotype.column.Columns;
import dev.calotype.data.Batch;
import dev.calotype.embedding.EmbeddedDataset;
import dev.calotype.kind.prior.PriorExperiment.Method;
import dev.calotype.model.prior.PriorTransformer;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.BatchLoss;
import dev.calotype.train.Objective;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The losses of the methods that are trained, of vectors of unit variance. */
record PriorObjective(PriorExperiment experiment, Vectors vectors) implements Objective<PriorTransformer> {
    @Override
    public BatchLoss loss(PriorTransformer network, Batch batch, Rng rng) {
        return BatchLoss.of(Scope.tidy(() -> {
            Device device = Device.of(network);
            Tensor pictures = vectors.pictures().apply(batch.floats(Columns.EMBEDDING, device)); // (N, E)
            Tensor captions = batch.floats(EmbeddedDataset.TEXT, device); // (N, E)
            Tensor texts = vectors.texts().apply(captions); // (N, E)
            if (experiment.method() == Method.DIFFUSION)
                return new Process(experiment.diffusion()).loss(network, pictures, texts, rng);
            Tensor predicted = network.forward(rng.normalLike(pictures), null, texts); // (N, E)
            Tensor projection = torch.mse_loss(predicted, pictures);
            if (experiment.method() == Method.MSE) return projection;
            return projection.add(
                    contrast(vectors.pictures().unit(predicted), captions).mul(new Scalar(experiment.contrast())));
        }));
    }

    /** The surprise at which caption of the batch a predicted picture is of (eq. 4 of Patel et al.). */
    private Tensor contrast(Tensor predicted, Tensor captions) {
        int[] own = IntStream.range(0, (int) captions.size(0)).toArray();
        Tensor logits = Tensors.scale(vectors.scale(), predicted.matmul(captions.t())); // (N, N)
        return torch.cross_entropy_loss(logits, Device.of(logits).move(Tensors.of(own)));
    }
}
