package dev.calotype.metric;

import dev.calotype.model.FeatureNetwork;
import java.util.List;
import java.util.stream.Stream;
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
 * @param caveats what a reader must know before believing the numbers, in sentences
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
        EvaluationProtocol protocol,
        List<String> caveats) {
    public Evaluation {
        caveats = List.copyOf(caveats);
    }

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
        Comparison comparison = Comparison.of(real, fake);
        return new Evaluation(
                comparison.network().name(),
                comparison.network().hash(),
                comparison.dimensions(),
                comparison.realCount(),
                comparison.fakeCount(),
                comparison.fid(),
                comparison.kid(),
                comparison.manifold(),
                comparison.protocol(),
                Stream.concat(comparison.fidCaveats().stream(), comparison.caveats().stream())
                        .toList());
    }
}
