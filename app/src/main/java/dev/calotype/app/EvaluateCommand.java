package dev.calotype.app;

import dev.calotype.app.Judgements.Opened;
import dev.calotype.app.cluster.RankOptions;
import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.latent.LatentJudgement;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.app.option.EncoderOptions;
import dev.calotype.app.option.NamingOptions;
import dev.calotype.app.option.SamplingOptions;
import dev.calotype.app.recognition.Classifiers;
import dev.calotype.app.words.CaptionJudgement;
import dev.calotype.app.words.PriorJudgement;
import dev.calotype.app.words.Words;
import dev.calotype.collective.Order;
import dev.calotype.collective.Ranks;
import dev.calotype.data.Preparation;
import dev.calotype.drawing.SharedModel;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.Belonging.Foreign;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.io.AtomicFile;
import dev.calotype.judge.FeatureNetworks;
import dev.calotype.judge.Judge;
import dev.calotype.judge.Judge.PairSize;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.judge.PictureSource;
import dev.calotype.metric.EvaluationProtocol.SmallSets;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.model.Scattering;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
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
            "psnr, ssim, ms-ssim and lpips compare each picture with the one of the same name (1.png and 001.jpg are the same),"
                    + " in their own size unless --size is given.",
            "A classifier is tested on pictures whose classes are known: top-1, top-5, calibration, recall of each class; an"
                    + " autoencoder by the pictures that come back: PSNR, SSIM, rFID.",
            "Both sides are prepared in the same way and quantised to 8 bits. Numbers of different feature networks do not"
                    + " compare; the network's name and hash are part of the result. The result of a run is kept in it,"
                    + " the statistics of a data set beside it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype evaluate runs/quickstart-001 -n 5000",
            "  calotype evaluate generated/ --against photographs/ --size 64",
            "  calotype evaluate restored/ --against originals/ --metrics psnr,ssim",
            "  calotype evaluate photographs/ --network inception --save-statistics photographs.npz",
            "  calotype evaluate rooms:test --clip runs/clip-rooms-001",
            "  calotype evaluate runs/chains/rooms-words --captions rooms:unseen",
            "  calotype evaluate runs/vit-mnist-001 --few-shot 1,5,25",
            "  calotype evaluate runs/actions-001 --views 4x3"
        })
final class EvaluateCommand extends EngineCommand {
    private static final int USUAL_COUNT = 5000;
    private static final int USUAL_PAIRS = 256;
    private static final long USUAL_SEED = 1_000_000;

    @Parameters(
            paramLabel = "A",
            description =
                    "A run, a checkpoint, pictures or a data set such as rooms:test, or an .npz of statistics (mu, sigma).")
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
                    "fid, fid-interval, fid-infinity, sfid, kid, mmd, pr, is, room, modes, psnr, ssim, ssim-uniform, ms-ssim, lpips,"
                            + " diversity, memorization; default fid,kid,pr,room,modes. clip-score by itself, with --clip.")
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
                    "scattering, rooms, rooms:FILE, inception, inception:FILE, guided-diffusion:FILE, lenet:FILE, resnet-cifar:FILE, vit:PATH or torchscript:FILE"
                            + " (a program, which is run); default that of the recipe, rooms against rooms, or scattering.")
    private String network;

    @Option(names = "--weights", paramLabel = "FILE", description = "The FILE of --network, given by itself.")
    private String weights;

    @Option(
            names = "--lpips",
            paramLabel = "NAME,BACKBONE,LINEAR",
            description = "For lpips: alex, vgg or squeeze, torchvision's weights of it, and the linear layers.")
    private String lpips;

    @Option(
            names = "--clip",
            paramLabel = "MODEL",
            description =
                    "Judge A by its captions, classes and attributes instead: CLIP score, how well pictures and captions"
                            + " find each other among -n, 256 if not given, zero-shot classification. A run of the kind clip, or a"
                            + " CLIP of others with its vocabulary beside it.")
    private Path clip;

    @Option(names = "--seed", paramLabel = "S", description = "Of what a model draws; default " + USUAL_SEED + ".")
    private Long seed;

    @Option(names = "--allow-few", description = "Score even sets that are too small, where every number is noise.")
    private boolean allowFew;

    @Option(
            names = "--allow-foreign-judge",
            description =
                    "Judge even by a network, or against pictures, of another data set: the numbers are not what they"
                            + " are called.")
    private boolean allowForeignJudge;

    @Option(
            names = "--csv",
            paramLabel = "FILE",
            description = "Write the numbers to this file too, with a line of names.")
    private Path csv;

    @Mixin
    private SquareOptions squares;

    @Mixin
    private NamingOptions naming;

    @Mixin
    private Words.Options words;

    @Mixin
    private Judgements.Kept kept;

    @Mixin
    private SamplingOptions sampling;

    @Mixin
    private ComputeOptions compute;

    @Mixin
    private RankOptions others;

    @Override
    protected Object execute(Console console) throws Exception {
        if (words.given()) return byWords(console);
        if (clip != null) return byCaptions(console);
        Experiment own = Judgements.isModel(subject) ? TrainedFile.experiment(Path.of(subject)) : null;
        Object test = own == null ? null : tested(own, console);
        if (test != null) return test;
        if (naming.given()) throw unused("--few-shot and --views", "of a classifier");
        if (own != null) EncoderOptions.refuse(subject, own);
        Set<Measure> measures = metrics == null ? Judgements.usual(subject, against) : Judgements.measures(metrics);
        GenerativeExperiment experiment = experiment();
        kept.require(against != null || metrics != null || csv != null, csv);
        if (against == null && own == null && !kept.saves())
            throw new IllegalArgumentException(subject + " is no run: it needs --against DATA");
        requireUse(experiment, measures);
        if (others.given() && own == null) throw unused("--world and --store", "of what a model draws");
        try (Ranks ranks = others.join(spec(), console)) {
            Object judged = judged(experiment, measures, ranks, console);
            Order.give(ranks, Order.END, "");
            return judged;
        }
    }

    private Object judged(GenerativeExperiment experiment, Set<Measure> measures, Ranks ranks, Console console)
            throws Exception {
        Preparation preparation = preparation(experiment, measures, console);
        Placement placement =
                compute.placement(console, experiment == null ? PrecisionChoice.FP32 : PrecisionChoice.AUTO);
        Judgement judgement;
        try (Opened generated = open(subject, preparation, placement, ranks);
                Opened real = kept.saves() ? null : open(reference(experiment), preparation, placement, Ranks.ALONE);
                PerceptualNetwork perceptual = Judgements.perceptual(lpips, placement.device());
                FeatureNetwork seen = FeatureNetworks.open(network(experiment), placement.device())) {
            Judge judge = judge(seen, experiment, console);
            if (kept.saves()) return kept.save(judge, generated.source(), preparation, images(experiment));
            Judge.Plan plan = plan(preparation, images(experiment), measures, perceptual);
            judgement = kept.judged(judge, generated.source(), real.source(), plan);
        }
        judgement.caveats().forEach(caveat -> console.say("Note: %s", caveat));
        console.say("%s", judgement.sentence());
        if (Judgements.isRun(subject) && judgement.complete())
            Judgements.write(RunDirectory.open(Path.of(subject)), judgement);
        if (csv != null) AtomicFile.write(csv, Judgements.csv(judgement));
        return new Judgements.Printed(judgement);
    }

    private String reference(GenerativeExperiment experiment) {
        return against == null ? experiment.reference() : against;
    }

    private Judge judge(FeatureNetwork network, GenerativeExperiment experiment, Console console) {
        SmallSets rule = allowFew ? SmallSets.ALLOW : SmallSets.REFUSE;
        return new Judge(network, kept.protocol(rule), foreign(experiment), console);
    }

    private Object byWords(Console console) throws Exception {
        Object[] others = {against, references, weights, lpips, csv, clip, metrics};
        Words.requireAlone(
                !squares.given() && !naming.given() && !kept.given() && !allowFew && !allowForeignJudge, others);
        return Words.of(Path.of(subject), words, new Words.Asked(count, seed, network, sampling), compute, console);
    }

    private Object byCaptions(Console console) throws Exception {
        boolean scored = !naming.given() && (metrics == null || metrics.equals(Judgements.CLIP_SCORE));
        requireAlone(scored, "--clip judges A by its captions: only -n and --metrics clip-score go with it", against);
        if (Judgements.isModel(subject))
            throw new IllegalArgumentException("--clip judges pictures, which have captions, and no model: " + subject);
        return CaptionJudgement.of(subject, clip, count == null ? USUAL_PAIRS : count, compute, console);
    }

    /** Refuses what only images that are drawn are judged with, and {@code others}. */
    private void requireAlone(boolean rest, String message, Object... others) {
        Stream<Object> drawn = Stream.of(references, network, weights, lpips, seed, csv);
        boolean none = Stream.concat(Stream.of(others), drawn).allMatch(Objects::isNull) && !kept.given();
        if (!rest || !none || squares.given() || sampling.given() || allowFew || allowForeignJudge)
            throw new IllegalArgumentException(message);
    }

    /** How a model that draws no images does on the pictures of B; null of one that draws. */
    private Object tested(Experiment own, Console console) throws Exception {
        Path path = Path.of(subject);
        String alone = ", which is tested with --against and -n alone";
        if (PriorJudgement.isOne(own)) {
            requireAlone(!naming.given(), subject + " is a prior" + alone, metrics);
            return PriorJudgement.of(path, against, count, compute.placement(console, PrecisionChoice.FP32), console);
        }
        if (LatentJudgement.isOne(own)) {
            requireAlone(!naming.given(), subject + " is an autoencoder" + alone, metrics);
            return LatentJudgement.of(path, against, count, compute.placement(console), console);
        }
        if (!Classifiers.isOne(own)) return null;
        String rule = subject + " is a classifier, which is tested with --against, -n, --few-shot, --views";
        requireAlone(metrics == null, rule);
        var asked = new Classifiers.Asked(against, count, naming.fewShot(), naming.views());
        return Classifiers.evaluate(path, asked, compute.placement(console), console);
    }

    /** A run or checkpoint, with which all ranks draw, else pictures. */
    private Opened open(String spec, Preparation preparation, Placement placement, Ranks ranks) throws Exception {
        if (!Judgements.isModel(spec)) return Opened.pictures(spec, preparation);
        DrawsImages trained = new SharedModel(
                TrainedFile.open(Path.of(spec), Capability.DRAWS_IMAGES, placement),
                ranks,
                Path.of(spec),
                List.of(),
                sampling.asked(Map.of()));
        Request request = sampling.request(trained.experiment(), seed == null ? USUAL_SEED : seed);
        return new Opened(new PictureSource.Drawn(trained.drawing(request)), trained);
    }

    /** That of the side which is a model, if there is one. */
    private GenerativeExperiment experiment() throws IOException {
        if (Judgements.isModel(subject)) return TrainedFile.generative(Path.of(subject));
        return against != null && Judgements.isModel(against) ? TrainedFile.generative(Path.of(against)) : null;
    }

    /** Refuses options that would do nothing. */
    private void requireUse(GenerativeExperiment experiment, Set<Measure> measures) {
        boolean sets = !measures.stream().allMatch(Measure::ofPairs);
        if (!sets && (network != null || weights != null))
            throw unused("--network and --weights", "of what compares sets, such as fid");
        if (!sets && references != null) throw unused("--references", "of what compares sets, such as fid");
        if (lpips != null && !measures.contains(Measure.LPIPS)) throw unused("--lpips", "of --metrics lpips");
        if (experiment != null && squares.given())
            throw unused("--size and --channels", "of pictures; the run says them");
        if (experiment == null && (seed != null || sampling.given()))
            throw unused("--seed and the options of sampling", "of what a model draws, and neither side is one");
        if (weights != null && network(experiment).contains(":"))
            throw new IllegalArgumentException("--network names a file already: " + network(experiment));
    }

    static IllegalArgumentException unused(String options, String use) {
        return new IllegalArgumentException(options + " would do nothing here: they are " + use);
    }

    private Preparation preparation(GenerativeExperiment experiment, Set<Measure> measures, Console console)
            throws IOException {
        if (experiment != null)
            return new Preparation(experiment.data().size(), experiment.data().channels(), Preparation.Flip.NONE);
        boolean pairs = measures.stream().allMatch(Measure::ofPairs); // which keep their own size
        List<String> sides = pairs ? List.of() : against == null ? List.of(subject) : List.of(subject, against);
        return squares.preparation(sides, network(null).startsWith("lenet") ? 1 : 3, console);
    }

    private String network(GenerativeExperiment experiment) {
        String usual = against != null && Belonging.isRooms(against) ? "rooms" : Scattering.NAME;
        String own = experiment == null ? usual : experiment.evaluation().network();
        String name = network != null ? network : own;
        return weights == null ? name : name + ":" + weights;
    }

    private Foreign foreign(GenerativeExperiment experiment) {
        if (allowForeignJudge) return Foreign.ALLOW;
        return experiment == null ? Foreign.REFUSE : experiment.evaluation().foreignJudge();
    }

    private long images(GenerativeExperiment experiment) {
        if (count != null) return count;
        return experiment == null ? USUAL_COUNT : experiment.evaluation().images();
    }

    private Judge.Plan plan(Preparation preparation, long images, Set<Measure> measures, PerceptualNetwork perceptual) {
        long real = references == null ? images : references == 0 ? Long.MAX_VALUE : references;
        PairSize pairs = !squares.sized() ? PairSize.OWN : PairSize.PREPARED;
        return new Judge.Plan(preparation, images, real, measures, perceptual, pairs);
    }
}
