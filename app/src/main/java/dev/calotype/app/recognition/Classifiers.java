package dev.calotype.app.recognition;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.app.console.Console;
import dev.calotype.checkpoint.vit.TransformersVivit;
import dev.calotype.checkpoint.vit.VitFile;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.data.Views;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.NamesClasses;
import dev.calotype.judge.FewShot;
import dev.calotype.judge.Naming;
import dev.calotype.model.PictureClassifier;
import dev.calotype.report.Report;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Classifiers of runs, checkpoints, folders of transformers and files of {@code judge export}. */
public final class Classifiers {
    private static final int DRAWS = 3;

    private Classifiers() {}

    /** Whether a run or checkpoint is a classifier. */
    public static boolean isOne(Experiment experiment) {
        return Kinds.capabilities(experiment).contains(Capability.NAMES_CLASSES);
    }

    /** Opens what a path names; who closes the classifier closes all of it. */
    public static PictureClassifier open(Path path, Placement placement) throws IOException {
        if (TransformersVivit.isOne(path)) return TransformersVivit.open(path, placement);
        if (Files.isDirectory(path) && Files.exists(path.resolve("config.json")) || isExport(path))
            return VitFile.open(path, placement);
        if (Files.isDirectory(path) && !Files.exists(path.resolve("experiment.yaml")))
            throw new IllegalArgumentException(
                    path
                            + " is neither a run, which has an experiment.yaml, nor a folder of transformers, which has a config.json");
        return TrainedFile.open(path, Capability.NAMES_CLASSES, placement).classifier();
    }

    private static boolean isExport(Path path) throws IOException {
        return Files.isRegularFile(path) && VitFile.isOne(path);
    }

    /**
     * What is asked of a classifier; null for what is usual.
     *
     * @param against the data set
     * @param count pictures of it
     * @param fewShot pictures of each class that its features are to do with
     * @param views of each video, not null
     */
    public record Asked(String against, Integer count, List<Integer> fewShot, Views views) {
        public Asked {
            if (count != null && count < 1) throw new IllegalArgumentException("-n must be at least 1: " + count);
        }
    }

    /** Tests the classifier of a run or checkpoint, and keeps what a run's came to. */
    public static Object evaluate(Path path, Asked asked, Placement placement, Console console) throws IOException {
        if (asked.fewShot != null) return fewShot(path, asked, placement, console);
        Naming naming = test(path, asked, placement, console);
        console.say("%s", sentence(naming));
        if (Files.isDirectory(path)) keep(RunDirectory.open(path), naming);
        return new Printed(naming);
    }

    /** Tests the classifier of a run or checkpoint on its own test data. */
    public static Naming test(Path path, Placement placement, Console console) throws IOException {
        return test(path, new Asked(null, null, null, Views.ONE), placement, console);
    }

    private static Naming test(Path path, Asked asked, Placement placement, Console console) throws IOException {
        try (NamesClasses model = TrainedFile.open(path, Capability.NAMES_CLASSES, placement)) {
            DataSettings settings = model.experiment().data();
            long count = asked.count == null ? Long.MAX_VALUE : asked.count;
            String source = asked.against == null ? model.testSource() : asked.against;
            Preparation preparation = settings.preparation();
            try (ImageDataset data = DataSets.open(source, settings)) {
                if (asked.views.equals(Views.ONE))
                    return Naming.of(model.classifier(), data, preparation, count, console);
                if (model.classifier().frames() == 1)
                    throw new IllegalArgumentException("--views belongs to classifiers of clips: " + path);
                return Naming.of(model.classifier(), data, preparation, asked.views, count, console);
            }
        }
    }

    /** The few-shot curve of a classifier's features on a data set; null for the one that it learned from. */
    private static Curve fewShot(Path path, Asked asked, Placement placement, Console console) throws IOException {
        String against = asked.against;
        FewShot.Plan plan = new FewShot.Plan(asked.fewShot, DRAWS, asked.count == null ? Long.MAX_VALUE : asked.count);
        try (NamesClasses model = TrainedFile.open(path, Capability.NAMES_CLASSES, placement)) {
            DataSettings settings = model.experiment().data();
            String train = against == null ? settings.source() : against;
            String test = against == null ? model.testSource() : against + ":test";
            try (ImageDataset shown = DataSets.open(train, settings);
                    ImageDataset tests = DataSets.open(test, settings)) {
                return new Curve(
                        shown.name(),
                        tests.name(),
                        FewShot.of(model.classifier(), shown, tests, settings.preparation(), plan, console));
            }
        }
    }

    /** How much a linear map knows after so many pictures of each class. */
    public record Curve(String shown, String tested, List<FewShot> points) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (FewShot point : points)
                text.append(String.format(Locale.ROOT, "%4d of each class: top-1 %s%n", point.shots(), point.top1()));
            return text.toString().stripTrailing();
        }
    }

    /** Keeps how a run's classifier named pictures, and brings the report up to date. */
    public static void keep(RunDirectory run, Naming naming) throws IOException {
        run.write(run.namingFile(), naming);
        Report.write(run);
    }

    public static String sentence(Naming naming) {
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
    public record Printed(@JsonUnwrapped Naming naming) {
        @Override
        public String toString() {
            return sentence(naming);
        }
    }
}
