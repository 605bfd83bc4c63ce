package dev.calotype.kind.classifier;

import dev.calotype.checkpoint.Checkpoint;
import dev.calotype.checkpoint.Weights;
import dev.calotype.experiment.NamesClasses;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.TransformerClassifier.Identity;
import dev.calotype.model.vivit.Vivit;
import dev.calotype.model.vivit.VivitClassifier;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Inference;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.PointerScope;

/** A classifier of clips out of a run or a checkpoint. */
record TrainedClipClassifier(
        ClassifierExperiment experiment, VivitClassifier classifier, Placement placement, long step, String hash)
        implements NamesClasses {
    static TrainedClipClassifier open(
            ClassifierExperiment experiment, Architecture.Clips network, Path source, Placement placement)
            throws IOException {
        var data = experiment.data();
        Scope.Owned<Vivit> read = Blank.make(
                () -> Scope.own(() -> network.unread(data, experiment.classes().size())));
        try (PointerScope scope = new PointerScope()) {
            Checkpoint.Group averages = TrainedFile.averages(source, experiment);
            Weights.load(read.value(), averages.stored(), placement.precision());
            Inference.prepare(placement.device().move(read.value()), placement.precision());
            var identity = new Identity(experiment.name(), averages.sha256(), data.source(), experiment.classes());
            var classifier = new VivitClassifier(read, identity, Standardization.signed(data.channels()), data.size());
            return new TrainedClipClassifier(experiment, classifier, placement, averages.step(), averages.sha256());
        } catch (IOException | RuntimeException e) {
            read.close();
            throw e;
        }
    }

    @Override
    public String testSource() {
        return experiment.testSource();
    }

    @Override
    public void close() {
        classifier.close();
    }
}
