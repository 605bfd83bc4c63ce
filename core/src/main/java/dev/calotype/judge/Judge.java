package dev.calotype.judge;

import dev.calotype.data.ImageDataset;
import dev.calotype.data.Preparation;
import dev.calotype.experiment.Belonging;
import dev.calotype.experiment.Drawing;
import dev.calotype.io.Progress;
import dev.calotype.judge.PictureSource.Drawn;
import dev.calotype.judge.PictureSource.Stored;
import dev.calotype.metric.Comparison;
import dev.calotype.metric.Diversity;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.MsSsim;
import dev.calotype.metric.NearestNeighbours;
import dev.calotype.metric.Variety;
import dev.calotype.model.Classifier;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.PerceptualNetwork;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private static final int BATCH = 50;
    private static final int MANY_CLASSES = 100;
    private static final int SIMILARITY_PAIRS = 500;
    private static final int SUSPECTS = 10;
    private static final double NOTHING = 0.1; // of a room
    private static final double LITTLE = 0.5;

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
                throw new IllegalArgumentException("lpips needs the weights of a perceptual network (--lpips)");
            measures = Set.copyOf(measures);
        }

        /** As many pictures of both sides, by the usual measures. */
        public static Plan of(Preparation preparation, long count) {
            return new Plan(preparation, count, count, Measure.usual(), null, PairSize.PREPARED);
        }

        private boolean pairs() {
            return measures.stream().anyMatch(Measure::ofPairs);
        }

        private boolean features() {
            return !measures.stream().allMatch(m -> m.ofPairs() || m == Measure.IS);
        }

        /** Whether anything but pairs is compared. */
        private boolean sets() {
            return !measures.stream().allMatch(Measure::ofPairs);
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
        requirePossible(plan, images, references);
        if (plan.pairs()) requireNames(generated, real);
        if (plan.sets()) belonging(generated, real).require(foreign);
        Scores scores = new Scores(generated, real, plan);
        if (!plan.sets()) return scores.of(null, null, begun);
        Side.Role role = new Side.Role(
                plan.features(),
                modes(plan),
                plan.measures().contains(Measure.IS),
                plan.measures().contains(Measure.DIVERSITY));
        Side fake = new Side(this, images, role);
        generated.batches(plan.preparation(), images, BATCH, progress).forEach(fake::add);
        Side reference = reference(real, plan, references);
        return scores.of(fake, reference, begun);
    }

    /** Whose data set the network and the two sides are of. */
    private Belonging belonging(PictureSource generated, PictureSource real) {
        String source = generated instanceof Drawn drawn
                ? drawn.drawing().data().source()
                : Belonging.isRooms(generated.name()) ? generated.name() : "";
        String reference = real instanceof Drawn drawn ? drawn.drawing().data().source() : real.name();
        return new Belonging(network.name(), network.madeFor(), source, reference);
    }

    private void requirePossible(Plan plan, long images, long references) {
        if (plan.features() || plan.measures().contains(Measure.IS)) protocol.requireEnough(references, images);
        if (plan.measures().stream().anyMatch(Measure::wantsRank)) protocol.requireRank(network, references, images);
        if (plan.measures().contains(Measure.IS) && !(network instanceof Classifier))
            throw new IllegalArgumentException("an Inception Score needs a classifier, which " + network.name()
                    + " is not: name inception, lenet or resnet-cifar");
    }

    private static void requireNames(PictureSource generated, PictureSource real) {
        for (PictureSource side : List.of(generated, real))
            if (side instanceof Drawn)
                throw new IllegalArgumentException(
                        "psnr, ssim and lpips compare each picture with the one of the same name,"
                                + " which what a model draws does not have: " + side.name());
    }

    /** Shares of a thousand classes without names say nothing that the other scores do not. */
    private boolean modes(Plan plan) {
        boolean many =
                network instanceof Classifier classifier && classifier.classes().size() > MANY_CLASSES;
        return plan.measures().contains(Measure.MODES) && !many;
    }

    private Side reference(PictureSource real, Plan plan, long count) {
        Side.Role role = new Side.Role(plan.features(), network instanceof RoomsJudge, false, false);
        if (real instanceof Stored stored && plan.features()) {
            try (PointerScope scope = new PointerScope()) {
                ReferenceCache cache = ReferenceCache.standard();
                ReferenceCache.Entry entry = cache.entry(stored.data(), plan.preparation(), count, network, protocol);
                Optional<Map<String, Tensor>> kept = cache.read(entry);
                if (kept.isPresent()) return Side.restore(this, kept.get());
                Side side = read(real, plan, count, role);
                cache.write(entry, side.state());
                return side;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return read(real, plan, count, role);
    }

    private Side read(PictureSource source, Plan plan, long count, Side.Role role) {
        Side side = new Side(this, count, role);
        source.batches(plan.preparation(), count, BATCH, progress).forEach(side::add);
        return side;
    }

    /** The scores of two sides that have been seen. */
    private final class Scores {
        private final PictureSource generated;
        private final PictureSource real;
        private final Plan plan;

        Scores(PictureSource generated, PictureSource real, Plan plan) {
            this.generated = generated;
            this.real = real;
            this.plan = plan;
        }

        Judgement of(Side fake, Side reference, long begun) {
            List<String> caveats = new ArrayList<>();
            Judgement.Builder result = new Judgement.Builder(
                    new Judgement.Subject(
                            generated.name(),
                            real.name(),
                            plan.sets() || plan.pairSize() == PairSize.PREPARED
                                    ? plan.preparation().size()
                                    : null),
                    plan.features() || plan.measures().contains(Measure.IS) ? network : null,
                    protocol);
            if (plan.features()) {
                Comparison comparison = Comparison.of(reference.features(), fake.features());
                result.images(comparison.fakeCount(), comparison.realCount());
                ofFeatures(comparison, result);
                if (network instanceof RoomsJudge rooms) room(rooms, fake, result, caveats);
                if (plan.measures().contains(Measure.FID)) caveats.addAll(comparison.fidCaveats());
                caveats.addAll(comparison.caveats());
            } else {
                result.images(
                        Math.min(plan.images(), generated.available()), Math.min(plan.references(), real.available()));
            }
            if (fake == null) return pairs(result, caveats, begun);
            belonging(caveats);
            if (plan.measures().contains(Measure.MODES)) result.modes(fake.modes(reference));
            result.inceptionScore(fake.inceptionScore());
            if (plan.measures().contains(Measure.DIVERSITY)) result.diversity(diversity(fake, reference));
            return pairs(result, caveats, begun);
        }

        private void room(RoomsJudge rooms, Side fake, Judgement.Builder result, List<String> caveats) {
            double room = rooms.room(fake.features().statistics().mean());
            result.room(room);
            String percent = Math.round(100 * room) + " % of a room is found in them on average";
            if (room < NOTHING) caveats.add("These pictures are nothing like rooms: " + percent + ".");
            else if (room < LITTLE) caveats.add("These pictures are hardly rooms: " + percent + ".");
        }

        /** What a reader must know of the network and the real pictures. */
        private void belonging(List<String> caveats) {
            Judge.this
                    .belonging(generated, real)
                    .fault()
                    .ifPresent(fault -> caveats.add("A foreign judge: " + fault + ". The numbers are not what they are"
                            + " called, and compare at best with each other."));
            if (!network.caution().isEmpty()) caveats.add(network.caution());
            if (generated instanceof Drawn drawn
                    && real instanceof Stored stored
                    && learnedFrom(drawn.drawing().data().source(), stored.name()))
                caveats.add(
                        "The real pictures are those that the model learned from: one that repeats them scores well,"
                                + " which memorization (copies) would show.");
        }

        private static boolean learnedFrom(String source, String reference) {
            String name = source.equals("rooms") ? "rooms:train" : source;
            return name.replaceFirst("[/\\\\]+$", "").equals(reference);
        }

        /** Adds the scores of pairs, if they are wanted, and ends. */
        private Judgement pairs(Judgement.Builder result, List<String> caveats, long begun) {
            if (generated instanceof Stored ours && real instanceof Stored theirs && plan.pairs()) {
                try {
                    Judgement.Pairs pairs = PairScores.of(ours.data(), theirs.data(), plan, caveats, progress);
                    result.pairs(pairs);
                    if (!plan.sets()) result.images(pairs.count(), pairs.count());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return result.build(caveats, (System.nanoTime() - begun) * 1e-9);
        }

        private void ofFeatures(Comparison comparison, Judgement.Builder result) {
            for (Measure measure : plan.measures()) {
                progress.at("computing " + Kebab.of(measure), 0, 1);
                switch (measure) {
                    case FID -> result.fid(comparison.fid());
                    case FID_INTERVAL -> result.fidInterval(comparison.fidInterval());
                    case FID_INFINITY -> result.fidInfinity(comparison.fidInfinity());
                    case KID -> result.kid(comparison.kid());
                    case MMD -> result.mmd(comparison.mmd());
                    case PR -> result.manifold(comparison.manifold());
                    case MEMORIZATION -> result.memorization(memorization(comparison.nearestNeighbours()));
                    default -> {}
                }
            }
        }

        private Variety diversity(Side fake, Side reference) {
            Comparison comparison = Comparison.of(reference.features(), fake.features());
            PixelStore pixels = fake.pixels();
            int size = plan.preparation().size();
            boolean fits = size >= MsSsim.fitting(size, size).smallest();
            Double similarity = !fits
                    ? null
                    : Scope.read(() -> Diversity.meanSimilarity(
                            pixels.tensor(0, pixels.size()), SIMILARITY_PAIRS, Rng.of(protocol.seed())));
            return new Variety(
                    comparison.fakeDiversity(),
                    comparison.realDiversity(),
                    similarity,
                    fits ? MsSsim.fitting(size, size).scales() : null);
        }

        private Judgement.Memorization memorization(NearestNeighbours found) {
            List<Judgement.Suspect> suspects = new ArrayList<>();
            for (int i : found.suspects(SUSPECTS)) {
                boolean named = generated.available() >= found.ratios().length; // in order while all features are held
                suspects.add(new Judgement.Suspect(
                        named ? generated.picture(i) : "picture " + i,
                        real.picture(found.indices()[i][0]),
                        found.distances()[i][0],
                        found.ratios()[i]));
            }
            return new Judgement.Memorization(found.authenticity(), found.copies(), suspects);
        }
    }
}
