package dev.calotype.judge;

import dev.calotype.experiment.Scores;
import dev.calotype.io.NearestName;
import dev.calotype.metric.Ssim;
import dev.calotype.settings.Kebab;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What two sets of pictures can be judged by, in the order in which it is told. A measure is a {@link Scorer} and its name here,
 * which people write in kebab case ({@link Kebab}).
 */
public enum Measure {
    /** The Frechet distance. */
    FID(new FidScorer()),
    /** The interval of the Frechet distance over other generated pictures, as many. */
    FID_INTERVAL(new FidIntervalScorer()),
    /** The kernel distance with its interval. */
    KID(new KidScorer()),
    /** Precision, recall, density and coverage. */
    PR(new ManifoldScorer()),
    /** How much of a room the generated pictures are, where the network can tell. */
    ROOM(new RoomScorer()),
    /** Which known attributes or classes the generated pictures show. */
    MODES(new ModesScorer()),
    /** The Frechet distance extrapolated to infinitely many generated pictures. */
    FID_INFINITY(new FidInfinityScorer()),
    /** The Frechet distance of spatial features. */
    SFID(new SpatialFidScorer()),
    /** The discrepancy with a Gaussian kernel. */
    MMD(new MmdScorer()),
    /** The Inception Score of the generated pictures. */
    IS(new InceptionScorer()),
    /** How different the generated pictures are from each other. */
    DIVERSITY(new DiversityScorer()),
    /** Whether the generated pictures repeat real ones. */
    MEMORIZATION(new MemorizationScorer()),
    /** The signal-to-noise ratio of each picture to the one of the same name on the other side. */
    PSNR(new PsnrScorer()),
    /** The structural similarity to it, Gaussian window of 11 x 11. */
    SSIM(new SsimScorer("ssim", "SSIM", Ssim.GAUSSIAN)),
    /** The structural similarity to it, uniform window of 7 x 7. */
    SSIM_UNIFORM(new SsimScorer("ssimUniform", "SSIM (uniform 7 x 7)", Ssim.UNIFORM)),
    /** The structural similarity to it over several scales. */
    MS_SSIM(new MsSsimScorer()),
    /** The learned perceptual distance to it. */
    LPIPS(new LpipsScorer());

    private final Scorer scorer;

    Measure(Scorer scorer) {
        this.scorer = scorer;
    }

    /** What is judged where nothing is asked for. */
    public static Set<Measure> usual() {
        return EnumSet.of(FID, KID, PR, ROOM, MODES);
    }

    /** {@link #usual} and {@code others}. */
    public static Set<Measure> usualAnd(Collection<Measure> others) {
        Set<Measure> measures = usual();
        measures.addAll(others);
        return measures;
    }

    /**
     * Names separated by commas.
     *
     * @throws IllegalArgumentException for an unknown one, with the nearest that there is
     */
    public static Set<Measure> parse(String names) {
        Set<Measure> measures = EnumSet.noneOf(Measure.class);
        for (String name : names.split(",", -1)) {
            Measure measure = Kebab.parse(Measure.class, name.strip());
            if (measure == null) throw new IllegalArgumentException(unknown(name.strip()));
            measures.add(measure);
        }
        return measures;
    }

    private static String unknown(String name) {
        List<String> known = Arrays.stream(values()).map(Kebab::of).toList();
        return "there is no metric '" + name + "'" + NearestName.hint(name, known) + "; there are "
                + String.join(", ", known);
    }

    /** How it is computed and told. */
    Scorer scorer() {
        return scorer;
    }

    /** Whether it has to be given something. */
    boolean needs(Scorer.Need need) {
        return scorer.needs().contains(need);
    }

    /** Whether it compares pictures one by one, and not in the eyes of the feature network. */
    public boolean ofPairs() {
        return needs(Scorer.Need.PAIRS);
    }

    /** The numbers by which models are compared, of all measures in their order. */
    public static List<Score> scores() {
        return Arrays.stream(values())
                .flatMap(measure -> measure.columns().stream())
                .toList();
    }

    /** The numbers by which models are compared in tables. */
    public List<Score> columns() {
        return scorer.columns();
    }

    /** What it found, by headings, for a page about one model; none where it was not computed. */
    public Map<String, String> facts(Scores scores) {
        return scorer.facts(scores);
    }
}
