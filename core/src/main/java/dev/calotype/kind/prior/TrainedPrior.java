package dev.calotype.kind.prior;

import dev.calotype.embedding.Encoder;
import dev.calotype.experiment.PredictsEmbeddings;
import dev.calotype.kind.prior.PriorExperiment.Method;
import dev.calotype.model.prior.LinearPrior;
import dev.calotype.model.prior.PriorTransformer;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * A prior out of a run or a checkpoint, with the averaged weights.
 *
 * @param memory of its network
 * @param predictor what the network does
 * @param step training steps behind the weights
 */
record TrainedPrior(
        PriorExperiment experiment,
        Scope.Owned<? extends Module> memory,
        Predictor predictor,
        Placement placement,
        long step,
        String hash)
        implements PredictsEmbeddings {
    static TrainedPrior open(PriorExperiment experiment, Path source, Placement placement) throws IOException {
        if (experiment.method() == Method.RIDGE) {
            Supplier<LinearPrior> unread = () -> new LinearPrior(experiment.embedding());
            return TrainedFile.open(source, experiment, placement, unread, (memory, averages) -> {
                Predictor predictor = Predictor.of(memory.value());
                return new TrainedPrior(experiment, memory, predictor, placement, averages.step(), averages.sha256());
            });
        }
        Supplier<PriorTransformer> unread = () -> new PriorTransformer(experiment.config());
        return TrainedFile.open(source, experiment, placement, unread, (memory, averages) -> {
            Vectors vectors = Vectors.of(TrainedFile.group(source, "task").tensors());
            Predictor predictor = Predictor.of(experiment, memory.value(), vectors);
            return new TrainedPrior(experiment, memory, predictor, placement, averages.step(), averages.sha256());
        });
    }

    @Override
    public String encoderHash() {
        return experiment.encoderHash();
    }

    @Override
    public String encoderSource() {
        return experiment.encoder();
    }

    @Override
    public Tensor predict(Encoder encoder, List<String> texts, long seed, long first) {
        experiment.requireEncoder(encoder.identity());
        return memory.use(
                network -> Scope.inference(() -> predictor.all(encoder.texts(texts), placement.device(), seed, first)));
    }

    @Override
    public void close() {
        memory.close();
    }
}
