package dev.calotype.judge;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.calotype.experiment.Milestone;
import dev.calotype.metric.CategoryHistogram;
import dev.calotype.metric.EvaluationProtocol;
import dev.calotype.metric.Fid;
import dev.calotype.metric.FidInfinity;
import dev.calotype.metric.FidInterval;
import dev.calotype.metric.Kid;
import dev.calotype.metric.Mmd;
import dev.calotype.metric.PrecisionRecall;
import dev.calotype.metric.Variety;
import dev.calotype.model.FeatureNetwork;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How generated pictures compare with real ones, with all that must be stated beside the numbers. A score that was not
 * asked for is null, and absent in JSON.
 *
 * @param generated what was judged, with the seed and the sampler of what was drawn
 * @param against the real pictures
 * @param size pixels per side of both, as prepared; null where only pairs were compared, in their own sizes
 * @param network the feature network; numbers of different networks or hashes do not compare; null where none looked
 * @param fidLow with {@code fidHigh} the bounds at 95 % for other pictures of the same model, as many
 * @param kid unbiased, of all features held; {@code kidLow} and {@code kidHigh} bound it at 95 %
 * @param neighbourCoverage share of real pictures with a generated neighbour (Naeem et al. 2020)
 * @param coverage share of the values of all known attributes, or of all classes, that occur; null where nothing is known
 * @param evenCoverage the same, counting values that occur at least half as often as they should
 * @param entropy of the classes, in nats
 * @param shares how often each value occurs among the generated pictures, by attribute; empty where nothing is known
 * @param fidInfinity the FID of infinitely many generated pictures, and the standard error of the line
 * @param mmd unbiased, with a Gaussian kernel
 * @param room how much of a room the generated pictures are on average, 0..1; null where that is not judged
 * @param conditions what else must be equal for numbers to compare
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Judgement(
        String generated,
        String against,
        Integer size,
        String network,
        String hash,
        long images,
        long realImages,
        Double fid,
        Double fidLow,
        Double fidHigh,
        Double kid,
        Double kidLow,
        Double kidHigh,
        Double precision,
        Double recall,
        Double density,
        Double neighbourCoverage,
        Double coverage,
        Double evenCoverage,
        Double entropy,
        Double room,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Map<String, Double>> shares,
        Extrapolated fidInfinity,
        KernelDistance mmd,
        ClassScore inceptionScore,
        Variety diversity,
        Memorization memorization,
        Pairs pairs,
        Conditions conditions,
        List<String> caveats,
        double seconds) {
    public Judgement {
        shares = shares == null ? Map.of() : shares;
    }

    /** What was compared with what, at which size. */
    record Subject(String generated, String against, Integer size) {}

    /** A FID without the bias of the number of generated pictures. */
    public record Extrapolated(double value, double standardError) {}

    /** A discrepancy and the width of its kernel. */
    public record KernelDistance(double value, double bandwidth) {}

    /** The mean and the deviation over the splits of an Inception Score. */
    public record ClassScore(double mean, double deviation, int splits) {}

    /**
     * Whether generated pictures repeat real ones.
     *
     * @param authenticity share of them that are farther from the real set than its nearest picture is
     * @param copies share that are less than a third as far
     * @param nearest the pictures with the least ratio of these distances
     */
    public record Memorization(double authenticity, double copies, List<Suspect> nearest) {
        public Memorization {
            nearest = List.copyOf(nearest);
        }
    }

    /** A generated picture and the real one that it is nearest to. */
    public record Suspect(String picture, String real, double distance, double ratio) {}

    /**
     * Means over pairs of pictures of the same name.
     *
     * @param count of pairs
     * @param identical how many of them are equal, whose PSNR is infinite
     * @param size of the pictures, or of the smallest and the largest
     * @param pairedBy what the names of a pair agree in
     * @param psnr in dB; null if it is infinite
     * @param psnrOfOthers that of the pairs that differ, where others do not
     * @param ssim with the Gaussian window of 11 x 11
     * @param ssimUniform with the uniform window of 7 x 7
     * @param lpipsNetwork name and hash
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Pairs(
            int count,
            int identical,
            String size,
            String pairedBy,
            Double psnr,
            Double psnrOfOthers,
            Double ssim,
            Double ssimUniform,
            Double msSsim,
            Integer msSsimScales,
            Double lpips,
            String lpipsNetwork) {}

    /**
     * What else a score depends on.
     *
     * @param input what the network does to pictures
     * @param seed of the features held and of the subsets of KID
     * @param neighbours k of precision, recall, density and coverage
     * @param held how many features of each set all scores but the FID see, at most
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Conditions(String input, long seed, int neighbours, int held) {}

    /** What is known of the attributes or classes that the generated pictures show. */
    record Modes(Double coverage, Double evenCoverage, Double entropy, Map<String, Map<String, Double>> shares) {
        /** Of pictures of which the judge does not know. */
        static final String CANNOT_TELL = "cannot tell";

        static final Modes UNKNOWN = new Modes(null, null, null, Map.of());

        static Map<String, Double> shares(CategoryHistogram histogram) {
            Map<String, Double> shares = new LinkedHashMap<>();
            for (int i = 0; i < histogram.categories().size(); i++)
                shares.put(histogram.categories().get(i), histogram.shares()[i]);
            if (histogram.unknown() > 0) shares.put(CANNOT_TELL, histogram.unknown() / (double) histogram.total());
            return shares;
        }
    }

    /** Whether it has all that the report of a run shows. */
    public boolean complete() {
        return fid != null && kid != null && precision != null;
    }

    /** Gathers the scores one by one. */
    static final class Builder {
        private final Subject subject;
        private final FeatureNetwork network;
        private final EvaluationProtocol protocol;
        private long images;
        private long realImages;
        private Fid fid;
        private FidInterval fidInterval;
        private Kid kid;
        private PrecisionRecall manifold;
        private Modes modes = Modes.UNKNOWN;
        private Double room;
        private Extrapolated fidInfinity;
        private KernelDistance mmd;
        private ClassScore inceptionScore;
        private Variety diversity;
        private Memorization memorization;
        private Pairs pairs;

        Builder(Subject subject, FeatureNetwork network, EvaluationProtocol protocol) {
            this.subject = subject;
            this.network = network;
            this.protocol = protocol;
        }

        void images(long generated, long real) {
            images = generated;
            realImages = real;
        }

        void fid(Fid value) {
            fid = value;
        }

        void fidInterval(FidInterval value) {
            fidInterval = value;
        }

        void kid(Kid value) {
            kid = value;
        }

        void manifold(PrecisionRecall value) {
            manifold = value;
        }

        void modes(Modes value) {
            modes = value;
        }

        void room(double value) {
            room = value;
        }

        void fidInfinity(FidInfinity value) {
            fidInfinity = new Extrapolated(value.value(), value.standardError());
        }

        void mmd(Mmd value) {
            mmd = new KernelDistance(value.value(), value.bandwidth());
        }

        void inceptionScore(ClassScore value) {
            inceptionScore = value;
        }

        void diversity(Variety value) {
            diversity = value;
        }

        void memorization(Memorization value) {
            memorization = value;
        }

        void pairs(Pairs value) {
            pairs = value;
        }

        Judgement build(List<String> caveats, double seconds) {
            return new Judgement(
                    subject.generated(),
                    subject.against(),
                    subject.size(),
                    network == null ? null : network.name(),
                    network == null ? null : network.hash(),
                    images,
                    realImages,
                    fid == null ? null : fid.value(),
                    fidInterval == null ? null : fidInterval.low(),
                    fidInterval == null ? null : fidInterval.high(),
                    kid == null ? null : kid.value(),
                    kid == null ? null : kid.low(),
                    kid == null ? null : kid.high(),
                    manifold == null ? null : manifold.precision(),
                    manifold == null ? null : manifold.recall(),
                    manifold == null ? null : manifold.density(),
                    manifold == null ? null : manifold.coverage(),
                    modes.coverage(),
                    modes.evenCoverage(),
                    modes.entropy(),
                    room,
                    modes.shares(),
                    fidInfinity,
                    mmd,
                    inceptionScore,
                    diversity,
                    memorization,
                    pairs,
                    new Conditions(
                            network == null ? null : network.input(),
                            protocol.seed(),
                            protocol.neighbours(),
                            protocol.capacity()),
                    caveats,
                    seconds);
        }
    }

    /** What a milestone keeps of it. */
    public Milestone.Score score() {
        return new Milestone.Score(
                fid(), kid(), precision(), recall(), coverage(), room(), diversity(), images(), network(), hash());
    }
}
