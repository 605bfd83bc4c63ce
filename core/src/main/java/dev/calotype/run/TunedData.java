package dev.calotype.run;

import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ImageDataset;
import dev.calotype.data.label.LabelRule;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.experiment.tune.Tuning.Rehearsal;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a training learns from: its data set, and of one that begins with another model its classes and what is rehearsed. */
final class TunedData {
    private static final Logger LOG = LoggerFactory.getLogger(TunedData.class);

    private TunedData() {}

    /**
     * Opens it.
     *
     * @throws IOException if it cannot be read, or has no classes where the base was told some
     */
    static ImageDataset open(Experiment experiment) throws IOException {
        Tuning tuning = experiment.training().tune();
        if (!tuning.used()) return DataSets.open(experiment.data());
        boolean settled = !experiment.classes().isEmpty() || !tuning.hash().isEmpty(); // as a run that goes on is
        boolean none = Kinds.of(experiment).readsBase(); // which is told texts
        List<String> known = none ? List.of() : settled ? experiment.classes() : Base.classes(experiment);
        ImageDataset data = known.isEmpty()
                ? DataSets.open(experiment.data())
                : classed(experiment.data().source(), experiment.data(), name -> true);
        try {
            if (!known.isEmpty() && data.classes().isEmpty())
                throw new IOException(data.name() + " has no classes, of which " + tuning.from() + " was told "
                        + known.size() + ": put its pictures into folders named by their class");
            return blended(data, tuning.rehearsal(), experiment, known);
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private static ImageDataset blended(
            ImageDataset data, Rehearsal rehearsal, Experiment experiment, List<String> known) throws IOException {
        if (!rehearsal.used()) return known.isEmpty() ? data : new BlendedDataset(data, known);
        ImageDataset second = known.isEmpty()
                ? DataSets.open(rehearsal.source(), experiment.data())
                : classed(rehearsal.source(), experiment.data(), known::contains);
        return new BlendedDataset(data, second, rehearsal.share(), known);
    }

    /** A data set; if all of its pictures lie in one folder, which else names nothing, with this as their class. */
    private static ImageDataset classed(String source, DataSettings like, Predicate<String> named) throws IOException {
        ImageDataset data = DataSets.open(source, like);
        if (!data.classes().isEmpty() || like.labels() != LabelRule.AUTO) return data;
        try {
            ImageDataset folder = DataSets.open(source, like.labelledBy(LabelRule.FOLDER));
            if (isOne(folder) && named.test(folder.classes().get(0))) {
                LOG.info(
                        "{}: the one folder, {}, is the class of its pictures",
                        source,
                        folder.classes().get(0));
                data.close();
                return folder;
            }
            folder.close();
        } catch (IOException e) { // no folder, or no tree of files
            LOG.debug("{}", e.getMessage());
        }
        return data;
    }

    private static boolean isOne(ImageDataset data) throws IOException {
        boolean one = data.classes().size() == 1;
        for (long i = 0; one && i < data.size(); i++) one = data.label(i) == 0;
        return one;
    }
}
