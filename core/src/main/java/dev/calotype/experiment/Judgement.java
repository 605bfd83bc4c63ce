package dev.calotype.experiment;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.calotype.metric.CategoryHistogram;
import dev.calotype.metric.Evaluation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How generated pictures compare with real ones, with all that must be stated beside the numbers.
 *
 * @param generated what was judged
 * @param against the real pictures
 * @param network the feature network; numbers of different networks or hashes do not compare
 * @param kid unbiased, of all features held; {@code kidLow} and {@code kidHigh} bound it at 95 %
 * @param neighbourCoverage share of real pictures with a generated neighbour (Naeem et al. 2020)
 * @param coverage share of the values of all known attributes, or of all classes, that occur; null where nothing is known
 * @param evenCoverage the same, counting values that occur at least half as often as they should
 * @param shares how often each value occurs among the generated pictures, by attribute
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Judgement(
        String generated,
        String against,
        int size,
        String network,
        String hash,
        long images,
        long realImages,
        double fid,
        double kid,
        double kidLow,
        double kidHigh,
        double precision,
        double recall,
        double density,
        double neighbourCoverage,
        Double coverage,
        Double evenCoverage,
        Map<String, Map<String, Double>> shares,
        List<String> caveats,
        double seconds) {
    /** What was compared with what, at which size. */
    record Subject(String generated, String against, int size) {}

    /** What is known of the attributes or classes that the generated pictures show. */
    record Modes(Double coverage, Double evenCoverage, Map<String, Map<String, Double>> shares) {
        static final Modes UNKNOWN = new Modes(null, null, Map.of());

        static Map<String, Double> shares(CategoryHistogram histogram) {
            Map<String, Double> shares = new LinkedHashMap<>();
            for (int i = 0; i < histogram.categories().size(); i++)
                shares.put(histogram.categories().get(i), histogram.shares()[i]);
            return shares;
        }
    }

    static Judgement of(Subject subject, Evaluation evaluation, Modes modes, double seconds) {
        return new Judgement(
                subject.generated(),
                subject.against(),
                subject.size(),
                evaluation.network(),
                evaluation.hash(),
                evaluation.fakeCount(),
                evaluation.realCount(),
                evaluation.fid().value(),
                evaluation.kid().value(),
                evaluation.kid().low(),
                evaluation.kid().high(),
                evaluation.manifold().precision(),
                evaluation.manifold().recall(),
                evaluation.manifold().density(),
                evaluation.manifold().coverage(),
                modes.coverage(),
                modes.evenCoverage(),
                modes.shares(),
                evaluation.caveats(),
                seconds);
    }
}
