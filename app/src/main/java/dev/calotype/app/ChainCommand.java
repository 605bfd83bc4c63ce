package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.console.JsonText;
import dev.calotype.app.console.TrainingConsole;
import dev.calotype.app.latent.Plainly;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.words.Words;
import dev.calotype.column.Columns;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.image.Images;
import dev.calotype.image.Picture;
import dev.calotype.image.PngFile;
import dev.calotype.io.AtomicFile;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Scope;
import dev.calotype.unclip.Chain;
import dev.calotype.unclip.ChainSettings;
import dev.calotype.unclip.Stage;
import dev.calotype.unclip.Unclip;
import dev.calotype.unclip.UnclipFiles;
import dev.calotype.unclip.WordsReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Trains all that makes pictures, of words or in latents. */
@Command(
        name = "chain",
        mixinStandardHelpOptions = true,
        description = {
            "Train all that makes pictures of words, from nothing: an encoder of pictures and texts, a prior, a decoder and, where"
                    + " the file names one, an up-sampler; then draw pictures of captions and judge them.",
            "With an autoencoder the decoder draws in its latents. Without an encoder and a prior pictures are of no words.",
            "Whatever is done is skipped: kill it at any moment and start it again with the same command."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype chain recipes/chains/rooms-words.yaml",
            "  calotype chain recipes/chains/rooms-latent.yaml",
            "  calotype chain my-chain.yaml --set clip.training.minutes=30 --set decoder.training.minutes=60",
            "  calotype imagine runs/chains/rooms-words \"The rug is blue.\" --out blue.png"
        })
final class ChainCommand extends EngineCommand {
    private static final long SEED = 1;
    private static final int GAP = 2;

    @Parameters(paramLabel = "FILE", description = "A chain's file.")
    private Path file;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "runs/chains",
            description = "Where the chain's folder is made, or is already (default: ${DEFAULT-VALUE}).")
    private Path out;

    @Option(
            names = "--set",
            paramLabel = "stage.key=value",
            description = "Override a value of a stage's recipe, such as decoder.training.batch=32; may be repeated.")
    private List<String> overrides = List.of();

    @Mixin
    private ComputeOptions compute;

    @Override
    protected Object execute(Console console) throws Exception {
        long begun = System.nanoTime();
        Chain chain = Chain.create(
                ChainSettings.read(file, overrides), out, file.toAbsolutePath().getParent());
        List<Chain.Trained> trained = new ArrayList<>();
        for (Stage stage : chain.stages()) {
            console.say("%s of %s", stage.folder(), chain.folder());
            try (TrainingConsole observer = new TrainingConsole(console)) {
                trained.add(chain.train(stage, observer));
            }
            if (!trained.get(trained.size() - 1).outcome().finished()) {
                console.say("Stopped. To go on, give the same command again.");
                return new Figures(chain, trained, null, seconds(begun));
            }
        }
        if (!chain.settings().ofWords()) {
            Plainly.draw(chain, compute.placement(console), console);
            return new Figures(chain, trained, null, seconds(begun));
        }
        WordsReport report = drawn(chain, console);
        return new Figures(chain, trained, report, seconds(begun));
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) * 1e-9;
    }

    /** Draws the pictures of the end, and judges the chain. */
    private WordsReport drawn(Chain chain, Console console) throws Exception {
        ChainSettings settings = chain.settings();
        try (Unclip model = Unclip.open(UnclipFiles.of(chain.folder()), compute.placement(console))) {
            GenerativeExperiment last = model.experiment();
            Request how = new Request(model.decoding().sampling(), SEED, Columns.NONE);
            try (ImageDataset data = DataSets.open(
                            settings.captions(), last.data().size(), last.data().channels());
                    FeatureNetwork network = FeatureNetworks.open(
                            last.evaluation().network(), model.placement().device())) {
                pictures(chain, model, how, data);
                if (settings.judged() == 0) return null;
                WordsReport report = WordsReport.of(model, how, data, settings.judged(), network, console);
                Words.tell(report, console);
                AtomicFile.write(chain.judgementFile(), JsonText.of(report));
                return report;
            }
        }
    }

    private static void pictures(Chain chain, Unclip model, Request how, ImageDataset data) throws IOException {
        List<String> captions = new ArrayList<>();
        int most = (int) Math.min(chain.settings().pictures(), data.size());
        for (int i = 0; i < most; i++) captions.add(data.caption(i));
        Drawing drawing = model.drawing(how, captions);
        List<Picture> pictures = Scope.read(() -> Images.pictures(drawing.images(0, captions.size())));
        int columns = (int) Math.ceil(Math.sqrt(pictures.size()));
        PngFile.write(chain.picturesFile(), Images.grid(pictures, columns, GAP));
        AtomicFile.write(chain.captionsFile(), String.join("\n", captions) + "\n");
    }

    /** One training in figures. */
    record Link(String stage, String run, long step, double seconds, double loss, String weights, boolean finished) {
        Link(Chain.Trained trained) {
            this(
                    trained.stage().folder(),
                    trained.outcome().run().toString(),
                    trained.outcome().step(),
                    trained.outcome().seconds(),
                    trained.outcome().loss(),
                    trained.outcome().weightsHash(),
                    trained.outcome().finished());
        }
    }

    /**
     * What the chain came to.
     *
     * @param seconds of this call alone
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Figures(String chain, List<Link> stages, String pictures, WordsReport words, double seconds) {
        Figures(Chain chain, List<Chain.Trained> trained, WordsReport words, double seconds) {
            this(
                    chain.folder().toString(),
                    trained.stream().map(Link::new).toList(),
                    Files.exists(chain.picturesFile()) ? chain.picturesFile().toString() : null,
                    words,
                    seconds);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            for (Link link : stages)
                text.append(String.format(
                        Locale.ROOT,
                        "%-10s %6d steps in %s, loss %.4f%n",
                        link.stage,
                        link.step,
                        Console.duration(link.seconds),
                        link.loss));
            if (words != null) text.append(new Words(words)).append(System.lineSeparator());
            return text.append(pictures == null ? chain : pictures).toString();
        }
    }
}
