package dev.calotype.metric;

import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * Two sets of pictures in the eyes of one network, ready to be scored: each method computes one score when it is asked,
 * since some take minutes. Borrows what the collectors hold.
 */
public final class Comparison {
    /** The FID of fewer pictures is visibly too high; papers use 50,000. */
    private static final long UNBIASED_ENOUGH = 10_000;

    private final FeatureCollector real;
    private final FeatureCollector fake;

    private Comparison(FeatureCollector real, FeatureCollector fake) {
        this.real = real;
        this.fake = fake;
    }

    /**
     * Compares what two collectors have seen.
     *
     * @throws IllegalArgumentException if they differ in network or protocol, or if a set is too small for any score
     */
    public static Comparison of(FeatureCollector real, FeatureCollector fake) {
        FeatureNetwork network = real.network();
        EvaluationProtocol protocol = real.protocol();
        if (!network.hash().equals(fake.network().hash()))
            throw new IllegalArgumentException(
                    "features of different networks do not compare: " + network.name() + " " + network.hash() + " and "
                            + fake.network().name() + " " + fake.network().hash());
        if (!protocol.equals(fake.protocol()))
            throw new IllegalArgumentException(
                    "evaluations of different protocols do not compare: " + protocol + " and " + fake.protocol());
        Comparison comparison = new Comparison(real, fake);
        protocol.requireEnough(comparison.realCount(), comparison.fakeCount());
        return comparison;
    }

    /**
     * Of all pictures.
     *
     * @throws IllegalArgumentException with fewer pictures than dimensions, unless the protocol allows small sets
     */
    public Fid fid() {
        protocol().requireRank(network(), realCount(), fakeCount());
        return Fid.between(real.statistics(), fake.statistics());
    }

    /**
     * Where the FID of other pictures, as many, would lie; of the generated features held.
     *
     * @throws IllegalArgumentException as {@link #fid}
     */
    public FidInterval fidInterval() {
        protocol().requireRank(network(), realCount(), fakeCount());
        return Scope.read(
                () -> FidInterval.between(real.statistics(), fake.reservoir().tensor()));
    }

    /**
     * Of the generated features held, in the sizes of {@link FidInfinity.Sizes#standard}.
     *
     * @throws IllegalArgumentException as {@link #fid}
     */
    public FidInfinity fidInfinity() {
        protocol().requireRank(network(), realCount(), fakeCount());
        return Scope.read(() -> {
            Tensor y = fake.reservoir().tensor(); // (M, D)
            FidInfinity.Sizes sizes = FidInfinity.Sizes.standard(y.size(0), dimensions());
            return FidInfinity.between(
                    real.statistics(), y, sizes, Rng.of(protocol().seed()));
        });
    }

    /** Of the features held, with {@link Kid.Subsets#standard}. */
    public Kid kid() {
        return held((x, y) -> {
            Kid.Subsets subsets = Kid.Subsets.standard(Math.min(x.size(0), y.size(0)));
            return Kid.between(x, y, subsets, Rng.of(protocol().seed()));
        });
    }

    /** Of the features held, at the median distance of the real ones. */
    public Mmd mmd() {
        return held((x, y) -> Mmd.between(x, y, Mmd.medianDistance(x)));
    }

    /** Precision, recall, density and coverage of the features held. */
    public PrecisionRecall manifold() {
        return held((x, y) -> PrecisionRecall.between(x, y, protocol().neighbours()));
    }

    /** Of the features held: the real ones are taken for the training set. */
    public NearestNeighbours nearestNeighbours() {
        return held((x, y) -> NearestNeighbours.of(x, y, 1));
    }

    /** The mean distance between two generated pictures, of the features held. */
    public double fakeDiversity() {
        return Scope.read(() -> Diversity.meanDistance(fake.reservoir().tensor()));
    }

    /** The mean distance between two real pictures, of the features held. */
    public double realDiversity() {
        return Scope.read(() -> Diversity.meanDistance(real.reservoir().tensor()));
    }

    private <T> T held(BiFunction<Tensor, Tensor, T> score) {
        return Scope.read(
                () -> score.apply(real.reservoir().tensor(), fake.reservoir().tensor())); // (N, D), (M, D)
    }

    /** What both sets were seen by. */
    public FeatureNetwork network() {
        return real.network();
    }

    /** The settings of both sides. */
    public EvaluationProtocol protocol() {
        return real.protocol();
    }

    /** How many real pictures were seen. */
    public long realCount() {
        return real.statistics().count();
    }

    /** How many generated pictures were seen. */
    public long fakeCount() {
        return fake.statistics().count();
    }

    /** The length of a feature vector. */
    public int dimensions() {
        return network().dimensions();
    }

    /** Whether a covariance behind the FID has fewer pictures than directions: then FIDs compare only at equal counts. */
    public boolean rankDeficient() {
        return smaller() <= dimensions();
    }

    /** What a reader must know before believing any of the numbers, in sentences; empty if nothing. */
    public List<String> caveats() {
        List<String> caveats = new ArrayList<>();
        if (smaller() < EvaluationProtocol.MINIMUM)
            caveats.add("Only " + smaller() + " pictures in a set: every score is noise.");
        if (Math.max(real.reservoir().seen(), fake.reservoir().seen())
                > protocol().capacity())
            caveats.add("KID and precision/recall are those of " + protocol().capacity()
                    + " pictures drawn at random from each larger set.");
        return List.copyOf(caveats);
    }

    /** The same of the FID. */
    public List<String> fidCaveats() {
        List<String> caveats = new ArrayList<>();
        if (rankDeficient())
            caveats.add("The FID is rank-deficient: " + smaller() + " pictures for " + dimensions() + " dimensions.");
        if (smaller() < UNBIASED_ENOUGH)
            caveats.add("The FID of " + smaller()
                    + " pictures is biased upwards: compare it at equal counts, or read the KID.");
        return List.copyOf(caveats);
    }

    private long smaller() {
        return Math.min(realCount(), fakeCount());
    }
}
