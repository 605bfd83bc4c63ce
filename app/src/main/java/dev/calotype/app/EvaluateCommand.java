package dev.calotype.app;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.TrainedModel;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.Judge;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.judge.PictureSource;
import dev.calotype.kind.diffusion.DiffusionModel;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Judges what a model draws, or pictures, against other pictures. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Compare generated pictures with real ones: FID, KID with its 95 %% interval, precision, recall, coverage; with"
                    + " --metrics others too.",
            "Both sides are prepared in the same way and quantised to 8 bits. Numbers of different feature networks do not"
                    + " compare; the network's name and hash are part of the result. The result of a run is kept in it,"
                    + " the statistics of a data set beside it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype evaluate runs/quickstart-001 -n 5000",
            "  calotype evaluate generated/ --against rooms:test --network rooms --size 32",
            "  calotype evaluate restored/ --against originals/ --size 256 --metrics psnr,ssim",
            "  calotype evaluate runs/mine-001 --metrics fid,kid --network inception --weights pt_inception.pth"
        })
final class EvaluateCommand extends EngineCommand {
    private static final int USUAL_COUNT = 5000;

    @Parameters(
            paramLabel = "A",
            description = "A run, a checkpoint, a folder or archive of pictures, or a data set such as rooms:test.")
    private String subject;

    @Option(
            names = "--against",
            paramLabel = "B",
            description = "The real pictures, of the same kinds; default those of the run's recipe.")
    private String against;

    @Option(
            names = "--metrics",
            paramLabel = "NAMES",
            description =
                    "fid, fid-interval, fid-infinity, kid, mmd, pr, is, modes, psnr, ssim, ssim-uniform, ms-ssim, lpips,"
                            + " diversity, memorization; default fid,kid,pr,modes.")
    private String metrics;

    @Option(
            names = "-n",
            paramLabel = "N",
            description = "Pictures of each side; default those of the recipe, or 5000.")
    private Integer count;

    @Option(
            names = "--references",
            paramLabel = "M",
            description = "Pictures of B, where they are to be others than N; 0 for all.")
    private Integer references;

    @Option(
            names = {"--network", "--features"},
            paramLabel = "NAME",
            description =
                    "rooms, rooms:FILE, inception, inception:FILE, lenet:FILE, resnet-cifar:FILE or torchscript:FILE"
                            + " (a program, which is run); default that of the recipe, or rooms.")
    private String network;

    @Option(names = "--weights", paramLabel = "FILE", description = "The FILE of --network, given by itself.")
    private String weights;

    @Option(
            names = "--lpips",
            paramLabel = "NAME,BACKBONE,LINEAR",
            description = "For lpips: alex, vgg or squeeze, torchvision's weights of it, and the linear layers.")
    private String lpips;

    @Option(
            names = "--size",
            paramLabel = "PX",
            defaultValue = "32",
            description = "Where no run says it (default: ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--channels",
            paramLabel = "C",
            description = "Where no run says it: 3, or 1 for grey; default 1 for lenet, otherwise 3.")
    private Integer channels;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1000000", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--allow-few", description = "Score even sets that are too small, where every number is noise.")
    private boolean allowFew;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ComputeOptions compute;

    @Override
    Object execute(Console console) throws Exception {
        Set<Measure> measures = metrics == null ? Measure.usual() : Measure.parse(metrics);
        GenerativeExperiment experiment = experiment();
        if (against == null && !isModel(subject))
            throw new IllegalArgumentException(subject + " is no run: it needs --against DATA");
        Preparation preparation = preparation(experiment);
        Placement placement =
                compute.placement(console, experiment == null ? PrecisionChoice.FP32 : PrecisionChoice.AUTO);
        Judgement judgement;
        try (Opened generated = open(subject, preparation, placement);
                Opened real = open(against == null ? experiment.reference() : against, preparation, placement);
                PerceptualNetwork perceptual = perceptual(placement.device());
                FeatureNetwork judge = FeatureNetworks.open(network(experiment), placement.device())) {
            Judge.Plan plan = plan(preparation, images(experiment), measures, perceptual);
            judgement = new Judge(judge, protocol(), console).compare(generated.source(), real.source(), plan);
        }
        judgement.caveats().forEach(caveat -> console.say("Note: %s", caveat));
        console.say("%s", Judgements.sentence(judgement));
        if (isRun(subject) && judgement.complete()) Judgements.write(RunDirectory.open(Path.of(subject)), judgement);
        return new Judgements.Printed(judgement);
    }

    /** A side, and the model or data set that it borrows. */
    private record Opened(PictureSource source, AutoCloseable owned) implements AutoCloseable {
        @Override
        public void close() throws Exception {
            owned.close();
        }
    }

    /** A run or checkpoint, else pictures. */
    private Opened open(String spec, Preparation preparation, Placement placement) throws Exception {
        if (!isModel(spec)) {
            ImageDataset data = DataSets.open(spec, preparation.size(), preparation.channels());
            return new Opened(new PictureSource.Stored(data), data);
        }
        TrainedModel trained = TrainedModel.open(Path.of(spec), placement);
        DiffusionModel.Request request = sampling.request(trained.experiment(), seed);
        return new Opened(new PictureSource.Drawn(trained.drawing(request)), trained);
    }

    private static boolean isRun(String spec) {
        return !spec.startsWith("rooms:") && Files.isRegularFile(Path.of(spec).resolve("experiment.yaml"));
    }

    private static boolean isModel(String spec) {
        return isRun(spec) || spec.endsWith(".safetensors");
    }

    /** That of the side which is a model, if there is one. */
    private GenerativeExperiment experiment() throws IOException {
        if (isModel(subject)) return TrainedFile.experiment(Path.of(subject));
        return against != null && isModel(against) ? TrainedFile.experiment(Path.of(against)) : null;
    }

    private Preparation preparation(GenerativeExperiment experiment) {
        if (experiment == null) {
            int seen = channels != null ? channels : network(null).startsWith("lenet") ? 1 : 3;
            return new Preparation(size, seen, Preparation.Flip.NONE);
        }
        DataSettings data = experiment.data();
        return new Preparation(data.size(), data.channels(), Preparation.Flip.NONE);
    }

    private String network(GenerativeExperiment experiment) {
        String name = network != null
                ? network
                : experiment == null ? "rooms" : experiment.evaluation().network();
        return weights == null ? name : name + ":" + weights;
    }

    private PerceptualNetwork perceptual(Device device) throws Exception {
        if (lpips == null) return null;
        String[] parts = lpips.split(",", -1);
        if (parts.length != 3) throw new IllegalArgumentException("--lpips must be NAME,BACKBONE,LINEAR: " + lpips);
        return FeatureNetworks.perceptual(parts[0], Path.of(parts[1]), Path.of(parts[2]), device);
    }

    private long images(GenerativeExperiment experiment) {
        if (count != null) return count;
        return experiment == null ? USUAL_COUNT : experiment.evaluation().images();
    }

    private Judge.Plan plan(Preparation preparation, long images, Set<Measure> measures, PerceptualNetwork perceptual) {
        long real = references == null ? images : references == 0 ? Long.MAX_VALUE : references;
        return new Judge.Plan(preparation, images, real, measures, perceptual);
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
