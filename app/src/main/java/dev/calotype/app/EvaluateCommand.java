package dev.calotype.app;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.DiffusionModel;
import dev.calotype.experiment.EvaluationSettings;
import dev.calotype.experiment.FeatureNetworks;
import dev.calotype.experiment.Judge;
import dev.calotype.experiment.Judgement;
import dev.calotype.experiment.RunDirectory;
import dev.calotype.experiment.TrainedDiffusion;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Judges a model or a folder of pictures. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Compare generated pictures with real ones: FID, KID with its 95 %% interval, precision, recall, coverage.",
            "Both sides are prepared in the same way and quantised to 8 bits. Numbers of different feature networks do not"
                    + " compare; the network's name and hash are part of the result. The result of a run is kept in it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype evaluate runs/quickstart-001 -n 5000",
            "  calotype evaluate generated/ --against rooms:test --network rooms --size 32"
        })
final class EvaluateCommand extends EngineCommand {
    @Parameters(paramLabel = "RUN|FOLDER", description = "A run, a checkpoint, or a folder or archive of pictures.")
    private Path subject;

    @Option(names = "--against", paramLabel = "DATA", description = "The real pictures; default those of the recipe.")
    private String against;

    @Option(
            names = "-n",
            paramLabel = "N",
            description = "Pictures of each side; default those of the recipe, or 5000.")
    private Integer count;

    @Option(
            names = "--network",
            paramLabel = "NAME",
            description = "rooms, rooms:FILE, lenet:FILE or resnet-cifar:FILE; default that of the recipe, or rooms.")
    private String network;

    @Option(
            names = "--size",
            paramLabel = "PX",
            defaultValue = "32",
            description = "For a folder (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--channels",
            paramLabel = "C",
            defaultValue = "3",
            description = "For a folder: 3, or 1 for grey, which lenet wants (default: ${DEFAULT-VALUE}).")
    private int channels;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1000000", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--allow-few", description = "Score even fewer than 64 pictures, where every number is noise.")
    private boolean allowFew;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ComputeOptions compute;

    @Override
    Object execute(Console console) throws Exception {
        boolean model = Files.isRegularFile(subject.resolve("experiment.yaml"))
                || subject.toString().endsWith(".safetensors");
        Judgement judgement = model ? model(console) : pictures(console);
        judgement.caveats().forEach(caveat -> console.say("Note: %s", caveat));
        console.say("%s", Judgements.sentence(judgement));
        if (Files.isDirectory(subject) && model) Judgements.write(RunDirectory.open(subject), judgement);
        return new Judgements.Printed(judgement);
    }

    private Judgement model(Console console) throws Exception {
        Placement placement = compute.placement(console);
        try (TrainedDiffusion trained = TrainedDiffusion.open(subject, placement)) {
            EvaluationSettings usual = trained.experiment().evaluation();
            String source = against != null ? against : trained.experiment().reference();
            DiffusionModel.Request request = sampling.request(trained.experiment(), seed);
            DataSettings settings = trained.experiment().data();
            try (FeatureNetwork judge =
                            FeatureNetworks.open(network != null ? network : usual.network(), placement.device());
                    ImageDataset data = DataSets.open(source, settings.size(), settings.channels())) {
                long images = count != null ? count : usual.images();
                return new Judge(judge, protocol(), console).model(trained.model(), request, data, images);
            }
        }
    }

    private Judgement pictures(Console console) throws Exception {
        if (against == null) throw new IllegalArgumentException("a folder of pictures needs --against DATA");
        Device device = compute.placement(console, PrecisionChoice.FP32).device();
        try (FeatureNetwork judge = FeatureNetworks.open(network != null ? network : "rooms", device);
                ImageDataset generated = DataSets.open(subject.toString(), size, channels);
                ImageDataset data = DataSets.open(against, size, channels)) {
            Preparation preparation = new Preparation(size, channels, Preparation.Flip.NONE);
            return new Judge(judge, protocol(), console)
                    .pictures(generated, data, preparation, count != null ? count : 5000);
        }
    }

    private EvaluationProtocol protocol() {
        EvaluationProtocol standard = EvaluationProtocol.standard();
        return new EvaluationProtocol(
                standard.neighbours(),
                standard.capacity(),
                standard.seed(),
                allowFew ? SmallSets.ALLOW : SmallSets.REFUSE);
    }
}
