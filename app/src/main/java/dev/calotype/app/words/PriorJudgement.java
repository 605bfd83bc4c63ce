package dev.calotype.app.words;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.app.console.Console;
import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.PredictionReport;
import dev.calotype.embedding.Retrieval.Recall;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.PredictsEmbeddings;
import dev.calotype.run.EncoderFile;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.nio.file.Path;
import java.util.Locale;

/** What {@code evaluate} prints of a prior. */
public record PriorJudgement(@JsonUnwrapped PredictionReport report) {
    private static final long USUAL = 1000, SEED = 0;

    /** Whether a run is of a prior. */
    public static boolean isOne(Experiment experiment) {
        return Kinds.capabilities(experiment).contains(Capability.PREDICTS_EMBEDDINGS);
    }

    /**
     * Of a prior, on pictures that it has not seen.
     *
     * @param against pictures with captions; null for those of the data set that the prior has learned from
     * @param count null for {@value #USUAL}
     */
    public static PriorJudgement of(Path run, String against, Integer count, Placement placement, Console console)
            throws Exception {
        long most = count == null ? USUAL : count;
        if (most < 2) throw new IllegalArgumentException("-n must be at least 2: " + most);
        try (PredictsEmbeddings prior = TrainedFile.open(run, Capability.PREDICTS_EMBEDDINGS, placement);
                EncoderFile file = EncoderFile.open(Path.of(prior.encoderSource()), placement);
                ImageDataset data = DataSets.open(
                        against == null ? prior.experiment().data().source() : against,
                        prior.experiment().data())) {
            PredictionReport report = PredictionReport.of(
                    file.encoder(), data, most, texts -> prior.predict(file.encoder(), texts, SEED, 0), console);
            if (report.withoutCaption() > 0)
                console.say("Note: %d pictures have no caption and are left out", report.withoutCaption());
            if (report.unreadable() > 0)
                console.say("Note: %d pictures cannot be read and are left out", report.unreadable());
            return new PriorJudgement(report);
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "picture of a caption, among %d:%n%s%n%s",
                report.pairs(),
                line("predicted", report.predicted(), report.cosine()),
                line("the caption itself", report.captions(), report.captionCosine()));
    }

    private static String line(String what, Recall found, double cosine) {
        return String.format(
                Locale.ROOT,
                "%-20s R@1 %.1f %%  R@5 %.1f %%  R@10 %.1f %%  cosine %.3f",
                what,
                100 * found.at1(),
                100 * found.at5(),
                100 * found.at10(),
                cosine);
    }
}
