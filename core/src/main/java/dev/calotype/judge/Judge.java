package dev.calotype.judge;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.Drawing;
import dev.calotype.experiment.Scores;
import dev.calotype.io.Progress;
import dev.calotype.judge.PictureSource.Drawn;
import dev.calotype.judge.PictureSource.Stored;
import dev.calotype.judge.PictureSource.Summarised;
import dev.calotype.judge.Scorer.Need;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.FeatureStatistics;
import dev.calotype.model.Classifier;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * Compares generated pictures with real ones: the same size, the same 8-bit quantisation and the same network for both.
 * The statistics of a real set are kept ({@link ReferenceCache}) and found again.
 *
 * @param network borrowed
 * @param protocol what else must be equal for two judgements to compare
 * @param foreign what to do with pictures of another data set than the network's
 */
public record Judge(FeatureNetwork network, EvaluationProtocol protocol, Belonging.Foreign foreign, Progress progress) {
    private static final Set<Need> REAL = Set.of(Need.SINGLES);
    private static final Set<Need> GENERATED =
            Set.of(Need.SINGLES, Need.GENERATED_SINGLES, Need.CLASSES, Need.PIXELS, Need.MODES);
    private static final int MANY_CLASSES = 100;

    /** One that refuses pictures of another data set than the network's. */
    public Judge(FeatureNetwork network, EvaluationProtocol protocol, Progress progress) {
        this(network, protocol, Belonging.Foreign.REFUSE, progress);
    }

    /** In which size pictures are compared one by one. */
    public enum PairSize {
        /** Their own, oblong ones whole; those of a pair must agree. */
        OWN,
        /** That of {@link Plan#preparation}. */
        PREPARED
    }

    /**
     * What to compare.
     *
     * @param preparation of both sides
     * @param images generated pictures, at most
     * @param references real pictures, at most
     * @param measures what to compute
     * @param perceptual of {@link Measure#LPIPS}, borrowed; may be null where that is not asked for
     * @param pairSize in which size pictures are compared one by one
     */
    public record Plan(
            Preparation preparation,
            long images,
            long references,
            Set<Measure> measures,
            PerceptualNetwork perceptual,
            PairSize pairSize) {
        public Plan {
            Check.range("images", images, 1, Long.MAX_VALUE);
            Check.range("references", references, 1, Long.MAX_VALUE);
            if (measures.isEmpty()) throw new IllegalArgumentException("measures must not be empty");
            if (measures.contains(Measure.LPIPS) && perceptual == null)
                throw new IllegalArgumentException("lpips needs the weights of a perceptual network: `perceptual`");
            measures = Set.copyOf(measures);
        }

        /** As many pictures of both sides, by the usual measures. */
        public static Plan of(Preparation preparation, long count) {
            return new Plan(preparation, count, count, Measure.usual(), null, PairSize.PREPARED);
        }

        /** The measures in their order. */
        Stream<Measure> inOrder() {
            return Stream.of(Measure.values()).filter(measures::contains);
        }

        /** Whether a measure has to be given something. */
        boolean needs(Need need) {
            return measures.stream().anyMatch(measure -> measure.needs(need));
        }

        /** Whether anything but pairs is compared. */
        boolean sets() {
            return !measures.stream().allMatch(Measure::ofPairs);
        }

        /** Whether the network looks at anything. */
        private boolean seen() {
            return needs(Need.FEATURES) || needs(Need.CLASSES);
        }
    }

    /** Compares what a model draws with as many real images: {@code count}, bounded by the size of the data set. */
    public Judgement drawing(Drawing drawing, ImageDataset data, long count) {
        return compare(
                new Drawn(drawing), new Stored(data), Plan.of(drawing.data().preparation(), count));
    }

    /** The same by other measures, none of which may want a perceptual network. */
    public Judgement drawing(Drawing drawing, ImageDataset data, long count, Set<Measure> measures) {
        Plan plan = new Plan(drawing.data().preparation(), count, count, measures, null, PairSize.PREPARED);
        return compare(new Drawn(drawing), new Stored(data), plan);
    }

    /**
     * Compares two sides.
     *
     * @throws IllegalArgumentException if a side is too small, or a measure cannot be had of this network or of this side
     */
    public Judgement compare(PictureSource generated, PictureSource real, Plan plan) {
        long begun = System.nanoTime();
        long images = Math.min(plan.images(), generated.available());
        long references = Math.min(plan.references(), real.available());
        requirePossible(plan);
        if (plan.needs(Need.PAIRS)) PairScores.requireNames(generated, real);
        if (plan.sets() && !isOwn(real)) belonging(generated, real).require(foreign);
        List<String> caveats = new ArrayList<>();
        if (plan.sets()) {
            requireFit(generated, plan, GENERATED, caveats);
            requireFit(real, plan, REAL, caveats);
        }
        requireEnough(plan, images, references);
        Side fake = null, reference = null;
        if (plan.sets()) {
            Side.Role role = new Side.Role(
                    plan.needs(Need.FEATURES),
                    plan.needs(Need.SPATIAL),
                    modes(plan),
                    plan.needs(Need.CLASSES),
                    plan.needs(Need.PIXELS));
            fake = generated instanceof Summarised known
                    ? summarised(
                            known,
                            plan,
                            GENERATED,
                            pictures -> Side.of(this, pictures, plan.preparation(), images, role))
                    : Side.of(this, generated, plan.preparation(), images, role);
            reference = real instanceof Summarised known
                    ? summarised(known, plan, REAL, pictures -> reference(pictures, plan, references))
                    : reference(real, plan, references);
            requireEnough(plan, seen(fake, images), seen(reference, references));
        }
        Sight sight = new Sight(this, plan, generated, real, fake, reference, caveats);
        return told(sight, scores(sight), (System.nanoTime() - begun) * 1e-9);
    }

    /** Asked before pictures are looked at, and again when it is known how many could be read. */
    private void requireEnough(Plan plan, long images, long references) {
        if (plan.seen()) protocol.requireEnough(references, images);
        if (plan.needs(Need.RANK)) protocol.requireRank(network, references, images);
        plan.inOrder().forEach(measure -> measure.scorer().requireEnough(images));
    }

    /** How many pictures were looked at, or as many as statistics are of. */
    private static long seen(Side side, long expected) {
        return side.shown() > 0 ? side.shown() : expected;
    }

    /** A side of statistics: its pictures are looked at only for what {@code wanted} says. */
    private Side summarised(Summarised side, Plan plan, Set<Need> wanted, Function<Stored, Side> seen) {
        return measures(plan, wanted).isEmpty()
                ? Side.of(this, side.file())
                : seen.apply(side.pictures()).with(side.file());
    }

    private static List<String> measures(Plan plan, Set<Need> wanted) {
        return plan.inOrder()
                .filter(measure -> wanted.stream().anyMatch(measure::needs))
                .map(Kebab::of)
                .toList();
    }

    /** Refuses statistics of another network, and what they cannot tell, before anything is looked at. */
    private void requireFit(PictureSource side, Plan plan, Set<Need> wanted, List<String> caveats) {
        if (!(side instanceof Summarised known)) return;
        caveats.add(known.file().fit(network));
        List<String> more = measures(plan, wanted);
        if (!more.isEmpty() && known.pictures() == null)
            throw new IllegalArgumentException(side.name() + " has statistics alone, which give a FID: "
                    + String.join(", ", more) + " need its pictures");
        if (plan.needs(Need.SPATIAL) && known.file().spatial().isEmpty())
            throw new IllegalArgumentException(side.name() + " has no mu_s and sigma_s, which sfid needs");
    }

    /** Whether statistics say that they are this network's, whatever its pictures were. */
    private boolean isOwn(PictureSource side) {
        return side instanceof Summarised known && known.file().network().equals(StatisticsFile.identity(network));
    }

    /**
     * Writes statistics of pictures as pytorch-fid reads them, with those of spatial features if the network has them.
     *
     * @throws IllegalArgumentException if they are too few
     * @throws IOException if the file cannot be written
     */
    public void saveStatistics(PictureSource source, Preparation preparation, long count, Path out) throws IOException {
        boolean spatial = network instanceof FeatureNetwork.Spatial;
        Side side = statistics(source, preparation, count, new Side.Role(true, spatial, false, false, false));
        StatisticsFile.write(out, network, side.features().statistics(), side.spatial());
    }

    /**
     * The statistics of pictures that a Frechet distance compares.
     *
     * @throws IllegalArgumentException if they are too few
     */
    public FeatureStatistics statistics(PictureSource source, Preparation preparation, long count) {
        Side.Role role = new Side.Role(true, false, false, false, false);
        return statistics(source, preparation, count, role).features().statistics();
    }

    private Side statistics(PictureSource source, Preparation preparation, long count, Side.Role role) {
        long images = Math.min(count, source.available());
        requireTwo(images);
        Side side = Side.of(this, source, preparation, images, role);
        requireTwo(side.shown());
        return side;
    }

    private static void requireTwo(long images) {
        if (images < 2) throw new IllegalArgumentException("statistics need at least 2 pictures: " + images);
    }

    /** Whose data set the network and the two sides are of. */
    private Belonging belonging(PictureSource generated, PictureSource real) {
        String source = generated instanceof Drawn drawn
                ? drawn.drawing().data().source()
                : Belonging.isRooms(generated.name()) ? generated.name() : "";
        String reference = real instanceof Drawn drawn ? drawn.drawing().data().source() : real.name();
        return new Belonging(network.name(), network.madeFor(), source, reference);
    }

    private void requirePossible(Plan plan) {
        if (plan.needs(Need.SPATIAL) && !(network instanceof FeatureNetwork.Spatial))
            throw new IllegalArgumentException("sfid needs a network that tells where something is, which "
                    + network.name() + " is not: name guided-diffusion or inception");
        if (plan.needs(Need.CLASSES) && !(network instanceof Classifier))
            throw new IllegalArgumentException("an Inception Score needs a classifier, which " + network.name()
                    + " is not: name inception, lenet or resnet-cifar");
    }

    /** Shares of a thousand classes without names say nothing that the other scores do not. */
    private boolean modes(Plan plan) {
        boolean many =
                network instanceof Classifier classifier && classifier.classes().size() > MANY_CLASSES;
        return plan.needs(Need.MODES) && !many;
    }

    Side reference(PictureSource real, Plan plan, long count) {
        Side.Role role = new Side.Role(
                plan.needs(Need.FEATURES), plan.needs(Need.SPATIAL), network instanceof RoomsJudge, false, false);
        if (real instanceof Stored stored && plan.needs(Need.FEATURES)) {
            try (PointerScope scope = new PointerScope()) {
                ReferenceCache cache = ReferenceCache.standard();
                ReferenceCache.Entry entry = cache.entry(stored.data(), plan, count, network, protocol);
                Optional<Map<String, Tensor>> kept = cache.read(entry);
                if (kept.isPresent()) return Side.restore(this, kept.get());
                Side side = Side.of(this, real, plan.preparation(), count, role);
                cache.write(entry, side.state());
                return side;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Side.of(this, real, plan.preparation(), count, role);
    }

    /** What the measures find, in their order. */
    private Scores scores(Sight sight) {
        Scores scores = Scores.NONE;
        List<Measure> ofSets = sight.plan().inOrder().filter(m -> !m.ofPairs()).toList();
        for (Measure measure : ofSets) {
            progress.at("computing " + Kebab.of(measure), 0, 1);
            scores = scores.and(measure.scorer().score(sight));
        }
        if (sight.plan().needs(Need.FEATURES))
            sight.caveats().addAll(sight.comparison().caveats());
        if (sight.plan().sets()) belonging(sight);
        if (sight.generated() instanceof Stored ours
                && sight.real() instanceof Stored theirs
                && sight.plan().needs(Need.PAIRS)) {
            try {
                scores = scores.and(PairScores.of(ours.data(), theirs.data(), sight.plan(), sight.caveats(), progress));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return scores;
    }

    /** What a reader must know of the network and the real pictures. */
    private void belonging(Sight sight) {
        belonging(sight.generated(), sight.real()).fault().ifPresent(fault -> sight.caveats()
                .add("A foreign judge: " + fault + ". The numbers are not what they are"
                        + " called, and compare at best with each other."));
        if (!network.caution().isEmpty()) sight.caveats().add(network.caution());
        if (sight.generated() instanceof Drawn drawn
                && sight.real() instanceof Stored stored
                && learnedFrom(drawn.drawing().data().source(), stored.name()))
            sight.caveats()
                    .add("The real pictures are those that the model learned from: one that repeats them scores well,"
                            + " which memorization (copies) would show.");
    }

    private static boolean learnedFrom(String source, String reference) {
        String name = source.equals("rooms") ? "rooms:train" : source;
        return name.replaceFirst("[/\\\\]+$", "").equals(reference);
    }

    private Judgement told(Sight sight, Scores scores, double seconds) {
        Plan plan = sight.plan();
        FeatureNetwork seenBy = plan.seen() ? network : null;
        boolean prepared = plan.sets() || plan.pairSize() == PairSize.PREPARED;
        return new Judgement(
                new Judgement.Subject(
                        sight.generated().name(),
                        sight.real().name(),
                        prepared ? plan.preparation().size() : null),
                seenBy == null ? null : new Judgement.Eyes(network.name(), network.hash()),
                sight.counts(scores),
                scores,
                new Judgement.Conditions(
                        seenBy == null ? null : network.input(),
                        protocol.seed(),
                        protocol.neighbours(),
                        protocol.capacity()),
                sight.caveats(),
                seconds);
    }
}
