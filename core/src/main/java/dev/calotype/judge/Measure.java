package dev.calotype.judge;

import dev.calotype.io.NearestName;
import dev.calotype.settings.Kebab;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What two sets of pictures can be judged by, in the names of the command line ({@link Kebab}). */
public enum Measure {
    /** The Frechet distance. */
    FID,
    /** The interval of the Frechet distance over other generated pictures, as many. */
    FID_INTERVAL,
    /** The Frechet distance extrapolated to infinitely many generated pictures. */
    FID_INFINITY,
    /** The kernel distance with its interval. */
    KID,
    /** The discrepancy with a Gaussian kernel. */
    MMD,
    /** Precision, recall, density and coverage. */
    PR,
    /** The Inception Score of the generated pictures. */
    IS,
    /** Which known attributes or classes the generated pictures show. */
    MODES,
    /** The signal-to-noise ratio of each picture to the one of the same name on the other side. */
    PSNR,
    /** The structural similarity to it, Gaussian window of 11 x 11. */
    SSIM,
    /** The structural similarity to it, uniform window of 7 x 7. */
    SSIM_UNIFORM,
    /** The structural similarity to it over several scales. */
    MS_SSIM,
    /** The learned perceptual distance to it. */
    LPIPS,
    /** How different the generated pictures are from each other. */
    DIVERSITY,
    /** Whether the generated pictures repeat real ones. */
    MEMORIZATION;

    private static final Set<Measure> RANKED = EnumSet.of(FID, FID_INTERVAL, FID_INFINITY);
    private static final Set<Measure> PAIRS = EnumSet.of(PSNR, SSIM, SSIM_UNIFORM, MS_SSIM, LPIPS);

    /** What is judged where nothing is asked for. */
    public static Set<Measure> usual() {
        return EnumSet.of(FID, KID, PR, MODES);
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

    /** Whether it wants at least as many pictures as there are features. */
    boolean wantsRank() {
        return RANKED.contains(this);
    }

    /** Whether it compares pictures one by one, and not in the eyes of the feature network. */
    public boolean ofPairs() {
        return PAIRS.contains(this);
    }
}
