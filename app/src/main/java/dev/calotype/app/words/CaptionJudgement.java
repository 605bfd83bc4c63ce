package dev.calotype.app.words;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.app.console.Console;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.EncoderReport;
import dev.calotype.embedding.Retrieval;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.run.EncoderFile;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** What {@code evaluate --clip} prints. */
public record CaptionJudgement(@JsonUnwrapped EncoderReport report) {
    /** Of an encoder of ours or of others, on pictures with captions. */
    public static CaptionJudgement of(String subject, Path model, long most, ComputeOptions compute, Console console)
            throws Exception {
        if (most < 2) throw new IllegalArgumentException("-n must be at least 2: " + most);
        Placement placement = compute.placement(console, PrecisionChoice.FP32);
        try (EncoderFile opened = EncoderFile.open(model, placement);
                ImageDataset data = DataSets.open(subject, opened.encoder().side(), 3)) {
            EncoderReport report = EncoderReport.of(opened.encoder(), data, most, console);
            if (report.retrieval() == null
                    && report.classes() == null
                    && report.attributes().isEmpty())
                throw new IOException("--clip judges by captions, classes or attributes, and the " + report.pictures()
                        + " pictures of " + subject + " have none of these");
            if (report.withoutCaption() > 0)
                console.say(
                        "Note: %d of the %d pictures have no caption and are not among the pairs",
                        report.withoutCaption(), report.pictures());
            if (report.cut() > 0) console.say("Note: %d captions are longer than the text encoder reads", report.cut());
            if (report.unreadable() > 0)
                console.say("Note: %d pictures cannot be read and are left out", report.unreadable());
            return new CaptionJudgement(report);
        }
    }

    @JsonIgnore
    private String retrieval() {
        Retrieval found = report.retrieval();
        return String.format(
                Locale.ROOT,
                "CLIP score        %.2f%n"
                        + "text of a picture, among %d:  R@1 %.1f %%  R@5 %.1f %%  R@10 %.1f %%%n"
                        + "picture of a text, among %d:  R@1 %.1f %%  R@5 %.1f %%  R@10 %.1f %%",
                report.clipScore(),
                found.pairs(),
                100 * found.texts().at1(),
                100 * found.texts().at5(),
                100 * found.texts().at10(),
                found.pairs(),
                100 * found.pictures().at1(),
                100 * found.pictures().at5(),
                100 * found.pictures().at10());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        if (report.retrieval() != null) text.append(retrieval());
        report.attributes()
                .forEach((name, share) -> text.append(String.format(Locale.ROOT, "%n%-20s %.4f", name, share)));
        if (!report.attributes().isEmpty())
            text.append(String.format(Locale.ROOT, "%n%-20s %.4f", "mean of attributes", report.meanAttribute()));
        if (report.classes() != null)
            text.append(String.format(Locale.ROOT, "%nclasses by their names, zero-shot: %.4f", report.classes()));
        return text.toString().strip();
    }
}
