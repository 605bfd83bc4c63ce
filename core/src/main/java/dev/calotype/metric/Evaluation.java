package dev.calotype.metric;

import dev.calotype.model.FeatureNetwork;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;

/**
 * How far generated pictures are from real ones in the eyes of one network, with everything that must be stated beside
 * the numbers.
 *
 * @param network its name
 * @param hash of its weights
 * @param dimensions of its features
 * @param realCount pictures behind the FID
 * @param fakeCount pictures behind the FID
 * @param fid of all pictures
 * @param kid of the features held, see {@link EvaluationProtocol#capacity()}
 * @param manifold precision, recall, density and coverage of the features held
 * @param protocol the settings
 */
public record Evaluation(
        String network,
        String hash,
        int dimensions,
        long realCount,
        long fakeCount,
        Fid fid,
        Kid kid,
        PrecisionRecall manifold,
        EvaluationProtocol protocol) {
    /** The FID of fewer pictures is visibly too high; papers use 50,000. */
    private static final long UNBIASED_ENOUGH = 10_000;

    /** {@link #of(Iterable, Iterable, FeatureNetwork, EvaluationProtocol)} with the standard protocol. */
    public static Evaluation of(Iterable<Tensor> real, Iterable<Tensor> fake, FeatureNetwork network) {
        return of(real, fake, network, EvaluationProtocol.standard());
    }

    /**
     * Scores two streams of uint8 batches (N, C, H, W).
     *
     * @throws IllegalArgumentException if a set is too small for the protocol
     */
    public static Evaluation of(
            Iterable<Tensor> real, Iterable<Tensor> fake, FeatureNetwork network, EvaluationProtocol protocol) {
        return of(
                new FeatureCollector(network, protocol).addAll(real),
                new FeatureCollector(network, protocol).addAll(fake));
    }

    /**
     * Scores what two collectors have seen.
     *
     * @throws IllegalArgumentException if they differ in network or protocol, or if a set is too small
     */
    public static Evaluation of(FeatureCollector real, FeatureCollector fake) {
        FeatureNetwork network = real.network();
        EvaluationProtocol protocol = real.protocol();
        if (!network.hash().equals(fake.network().hash()))
            throw new IllegalArgumentException(
                    "features of different networks do not compare: " + network.name() + " " + network.hash() + " and "
                            + fake.network().name() + " " + fake.network().hash());
        if (!protocol.equals(fake.protocol()))
            throw new IllegalArgumentException(
                    "evaluations of different protocols do not compare: " + protocol + " and " + fake.protocol());
        long realCount = real.statistics().count();
        long fakeCount = fake.statistics().count();
        if (Math.min(realCount, fakeCount) < protocol.minimum())
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%d real and %d generated pictures are too few: below %d the scores are noise",
                    realCount,
                    fakeCount,
                    protocol.minimum()));
        Fid fid = Fid.between(real.statistics(), fake.statistics());
        return Scope.read(() -> {
            Tensor x = real.reservoir().tensor(); // (N, D)
            Tensor y = fake.reservoir().tensor(); // (M, D)
            Kid.Subsets subsets = Kid.Subsets.standard(Math.min(x.size(0), y.size(0)));
            return new Evaluation(
                    network.name(),
                    network.hash(),
                    network.dimensions(),
                    realCount,
                    fakeCount,
                    fid,
                    Kid.between(x, y, subsets, Rng.of(protocol.seed())),
                    PrecisionRecall.between(x, y, protocol.neighbours()),
                    protocol);
        });
    }

    /** Whether a covariance behind the FID has fewer pictures than directions: then FIDs compare only at equal counts. */
    public boolean rankDeficient() {
        return smaller() <= dimensions;
    }

    /** What a reader must know before believing the numbers, in sentences; empty if nothing. */
    public List<String> caveats() {
        List<String> caveats = new ArrayList<>();
        if (smaller() < EvaluationProtocol.MINIMUM)
            caveats.add("Only " + smaller() + " pictures in a set: every score is noise.");
        if (rankDeficient())
            caveats.add("The FID is rank-deficient: " + smaller() + " pictures for " + dimensions + " dimensions.");
        if (smaller() < UNBIASED_ENOUGH)
            caveats.add("The FID of " + smaller()
                    + " pictures is biased upwards: compare it at equal counts, or read the KID.");
        if (Math.max(realCount, fakeCount) > protocol.capacity())
            caveats.add("KID and precision/recall are those of " + protocol.capacity()
                    + " pictures drawn at random from each larger set.");
        return List.copyOf(caveats);
    }

    private long smaller() {
        return Math.min(realCount, fakeCount);
    }
}
