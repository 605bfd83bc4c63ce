package dev.calotype.kind.classifier;

import dev.calotype.experiment.NamesClasses;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.TransformerClassifier.Identity;
import dev.calotype.model.vivit.Vivit;
import dev.calotype.model.vivit.VivitClassifier;
import dev.calotype.nn.Blank;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** A classifier of clips out of a run or a checkpoint. */
record TrainedClipClassifier(
        ClassifierExperiment experiment, VivitClassifier classifier, Placement placement, long step, String hash)
        implements NamesClasses {
    static TrainedClipClassifier open(
            ClassifierExperiment experiment, Architecture.Clips network, Path source, Placement placement)
            throws IOException {
        var data = experiment.data();
        Supplier<Vivit> unread =
                () -> Blank.make(() -> network.unread(data, experiment.classes().size()));
        return TrainedFile.open(source, experiment, placement, unread, (read, averages) -> {
            var identity = new Identity(experiment.name(), averages.sha256(), data.source(), experiment.classes());
            var classifier = new VivitClassifier(read, identity, Standardization.signed(data.channels()), data.size());
            return new TrainedClipClassifier(experiment, classifier, placement, averages.step(), averages.sha256());
        });
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
