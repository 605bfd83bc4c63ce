package dev.calotype.app.words;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.app.console.Console;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.option.SamplingOptions;
import dev.calotype.app.option.UnclipModels;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.unclip.Unclip;
import dev.calotype.unclip.WordsReport;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code evaluate --captions} prints. */
public record Words(@JsonUnwrapped WordsReport report) {
    /** The options of {@code evaluate} for what draws pictures of words. */
    public static final class Options {
        @Option(
                names = "--captions",
                paramLabel = "DATA",
                description =
                        "Judge what a chain, or a decoder with its prior, draws of the captions of DATA, -n of them, 256 if"
                                + " not given: what of a room is as it was told (rooms:unseen has combinations that no training"
                                + " showed), CLIP score, FID, precision, diversity.")
        private String captions;

        @Option(
                names = "--prior",
                paramLabel = "RUN",
                description = "With --captions: the prior of a decoder; a decoder that reads words needs none.")
        private Path prior;

        @Mixin
        private UnclipModels models;

        /** Whether captions were given; the others do nothing without. */
        public boolean given() {
            if (captions == null && (prior != null || models.given()))
                throw new IllegalArgumentException(
                        "--prior, --upsampler and --encoder would do nothing: they are of --captions");
            return captions != null;
        }
    }

    private static final int USUAL_COUNT = 256;
    private static final long USUAL_SEED = 1_000_000;

    /** How many captions, of what seed, in the eyes of which network; null for what is usual, and that of the recipe. */
    public record Asked(Integer count, Long seed, String network, SamplingOptions sampling) {}

    /** Refuses {@code others}, of which each would do nothing. */
    public static void requireAlone(boolean rest, Object... others) {
        if (!rest || Stream.of(others).anyMatch(Objects::nonNull))
            throw new IllegalArgumentException(
                    "--captions goes with -n, --seed, --network, --prior, --upsampler, --encoder and"
                            + " the options of sampling alone");
    }

    /** Opens the models of a run and judges them. */
    public static Words of(Path run, Options options, Asked asked, ComputeOptions compute, Console console)
            throws Exception {
        try (Unclip model = Unclip.open(options.models.files(run, options.prior), compute.placement(console))) {
            return of(model, options.captions, asked, console);
        }
    }

    private static Words of(Unclip model, String captions, Asked asked, Console console) throws Exception {
        GenerativeExperiment last = model.experiment();
        int count = asked.count == null ? USUAL_COUNT : asked.count;
        if (count < WordsReport.FEWEST)
            throw new IllegalArgumentException("-n must be at least " + WordsReport.FEWEST + ": " + count);
        String network = asked.network == null ? last.evaluation().network() : asked.network;
        try (ImageDataset data =
                        DataSets.open(captions, last.data().size(), last.data().channels());
                FeatureNetwork judge =
                        FeatureNetworks.open(network, model.placement().device())) {
            Request how = asked.sampling.request(model.decoding(), asked.seed == null ? USUAL_SEED : asked.seed);
            WordsReport report = WordsReport.of(model, how, data, count, judge, console);
            tell(report, console);
            return new Words(report);
        }
    }

    /** Tells what was left out, and what must be known of the numbers. */
    public static void tell(WordsReport report, Console console) {
        if (report.withoutCaption() > 0)
            console.say("Note: %d pictures have no caption and are passed over", report.withoutCaption());
        if (report.unreadable() > 0)
            console.say("Note: %d pictures cannot be read and are passed over", report.unreadable());
        report.judgement().caveats().forEach(caveat -> console.say("Note: %s", caveat));
        if (report.cut() > 0) console.say("Note: %d captions are longer than the text encoder reads", report.cut());
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%d pictures of the captions of %s%n", report.pictures(), report.captions()));
        if (report.composition() != null) {
            report.composition().questions().forEach((name, share) -> line(text, name, share));
            line(text, "mean of questions", report.composition().meanQuestion());
            report.composition().attributes().forEach((name, share) -> line(text, name, share));
            line(text, "mean of attributes", report.composition().meanAttribute());
        }
        text.append(String.format(Locale.ROOT, "%-20s %.2f%n", "CLIP score", report.clipScore()));
        return text.append(report.judgement().sentence()).toString();
    }

    private static void line(StringBuilder text, String name, double share) {
        text.append(String.format(Locale.ROOT, "%-20s %.4f%n", name, share));
    }
}
