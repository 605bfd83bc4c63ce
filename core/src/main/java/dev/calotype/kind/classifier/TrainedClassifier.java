package dev.calotype.kind.classifier;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Weights;
import dev.calotype.checkpoint.vit.PretrainedVit;
import dev.calotype.checkpoint.vit.VitFile;
import dev.calotype.experiment.NamesClasses;
import dev.calotype.experiment.ServesJudges;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VitClassifier;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Inference;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;

/** A classifier of pictures out of a run or a checkpoint. */
record TrainedClassifier(
        ClassifierExperiment experiment,
        Architecture.Pictures shape,
        Path source,
        VitClassifier classifier,
        Placement placement,
        long step,
        String hash)
        implements NamesClasses, ServesJudges {
    static TrainedClassifier open(
            ClassifierExperiment experiment, Architecture.Pictures shape, Path source, Placement placement)
            throws IOException {
        Supplier<VisionTransformer> unread = () -> Blank.make(() -> unread(experiment, shape));
        return TrainedFile.open(source, experiment, placement, unread, (network, averages) -> {
            var identity = new VitClassifier.Identity(
                    experiment.name(), averages.sha256(), experiment.data().source(), experiment.classes());
            var classifier = new VitClassifier(
                    network, identity, Standardization.signed(experiment.data().channels()));
            return new TrainedClassifier(
                    experiment, shape, source, classifier, placement, averages.step(), averages.sha256());
        });
    }

    private static VisionTransformer unread(ClassifierExperiment experiment, Architecture.Pictures shape) {
        return shape.unread(experiment.data(), experiment.classes().size());
    }

    @Override
    public String testSource() {
        return experiment.testSource();
    }

    @Override
    public void export(Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group averages = TrainedFile.averages(source, experiment);
            VisionTransformer network = unread(experiment, shape);
            Weights.load(network, averages.tensors());
            Inference.prepare(network, Precision.FP32);
            int channels = experiment.data().channels();
            var model = new PretrainedVit(network, experiment.classes(), Standardization.signed(channels));
            VitFile.write(file, model, experiment.name(), experiment.data().source());
        }
    }

    @Override
    public void close() {
        classifier.close();
    }
}
