package dev.calotype.kind.prior;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Weights;
import dev.calotype.embedding.Encoder;
import dev.calotype.experiment.PredictsEmbeddings;
import dev.calotype.kind.prior.PriorExperiment.Method;
import dev.calotype.model.prior.LinearPrior;
import dev.calotype.model.prior.PriorTransformer;
import dev.calotype.nn.Inference;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
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
        boolean linear = experiment.method() == Method.RIDGE;
        Scope.Owned<? extends Module> memory = linear
                ? Scope.own(() -> new LinearPrior(experiment.embedding()))
                : Scope.own(() -> new PriorTransformer(experiment.config()));
        try (PointerScope scope = new PointerScope()) {
            Module network = memory.value();
            Checkpoint.Group averages = TrainedFile.averages(source, experiment);
            Weights.load(network, averages.tensors());
            Inference.prepare(placement.device().move(network), placement.precision());
            Predictor predictor = network instanceof LinearPrior map
                    ? Predictor.of(map)
                    : Predictor.of(
                            experiment,
                            (PriorTransformer) network,
                            Vectors.of(TrainedFile.group(source, "task").tensors()));
            return new TrainedPrior(experiment, memory, predictor, placement, averages.step(), averages.sha256());
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
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
        experiment.requireEncoder(encoder.hash());
        return memory.use(
                network -> Scope.inference(() -> predictor.all(encoder.texts(texts), placement.device(), seed, first)));
    }

    @Override
    public void close() {
        memory.close();
    }
}
