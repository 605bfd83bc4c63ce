package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.app.console.Console;
import dev.calotype.checkpoint.VitFile;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.NamesClasses;
import dev.calotype.judge.Naming;
import dev.calotype.model.PictureClassifier;
import dev.calotype.report.Report;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Classifiers of runs, checkpoints, folders of transformers and files of {@code judge export}. */
final class Classifiers {
    private Classifiers() {}

    /** Whether a run or checkpoint is a classifier. */
    static boolean isOne(Experiment experiment) {
        return Kinds.capabilities(experiment).contains(Capability.NAMES_CLASSES);
    }

    /** Opens what a path names; who closes the classifier closes all of it. */
    static PictureClassifier open(Path path, Placement placement) throws IOException {
        if (Files.isDirectory(path) && Files.exists(path.resolve("config.json")) || isExport(path))
            return VitFile.open(path, placement.device());
        return TrainedFile.open(path, Capability.NAMES_CLASSES, placement).classifier();
    }

    private static boolean isExport(Path path) throws IOException {
        return Files.isRegularFile(path) && VitFile.isOne(path);
    }

    /** Tests the classifier of a run or checkpoint on a data set; null for its own. */
    static Naming test(Path path, String against, long count, Placement placement, Console console) throws IOException {
        try (NamesClasses model = TrainedFile.open(path, Capability.NAMES_CLASSES, placement)) {
            DataSettings settings = model.experiment().data();
            String source = against == null ? model.testSource() : against;
            try (ImageDataset data = DataSets.open(source, settings.size(), settings.channels(), settings.labels())) {
                return Naming.of(model.classifier(), data, settings.preparation(), count, console);
            }
        }
    }

    /** Keeps how a run's classifier named pictures, and brings the report up to date. */
    static void keep(RunDirectory run, Naming naming) throws IOException {
        run.write(run.namingFile(), naming);
        Report.write(run);
    }

    static String sentence(Naming naming) {
        var found = naming.classification();
        String five = found.top5() == null ? "" : String.format(Locale.ROOT, ", top-5 %.2f %%", 100 * found.top5());
        return String.format(
                Locale.ROOT,
                "top-1 %.2f %%%s, cross-entropy %.4f, calibration error %.2f %% on %d images of %s (%.1f images/s)",
                100 * found.top1(),
                five,
                found.loss(),
                100 * found.ece(),
                found.images(),
                naming.data(),
                naming.imagesPerSecond());
    }

    /** A naming whose text is its sentence. */
    record Printed(@JsonUnwrapped Naming naming) {
        @Override
        public String toString() {
            return sentence(naming);
        }
    }
}
