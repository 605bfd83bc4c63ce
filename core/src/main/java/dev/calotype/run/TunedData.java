package dev.calotype.run;

import dev.calotype.data.BlendedDataset;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.tune.Tuning;
import dev.calotype.experiment.tune.Tuning.Rehearsal;
import java.io.IOException;
import java.util.List;

/** What a training learns from: its data set, and of one that begins with another model its classes and what is rehearsed. */
final class TunedData {
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
        ImageDataset data = DataSets.open(experiment.data());
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
        ImageDataset second = DataSets.open(rehearsal.source(), experiment.data());
        return new BlendedDataset(data, second, rehearsal.share(), known);
    }
}
