package dev.calotype.sweep;

import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.metric.Variety;
import dev.calotype.settings.Summary;
import java.util.function.Function;

/** A number by which cells are compared, as a column of the table. */
public enum Score {
    FID("FID", Better.LOWER, Measure.FID, Judgement::fid),
    /** Lower bound at 95 % over other images of the same model. */
    FID_LOW("FID from", Better.NEITHER, Measure.FID_INTERVAL, Judgement::fidLow),
    /** Upper bound of it. */
    FID_HIGH("FID to", Better.NEITHER, Measure.FID_INTERVAL, Judgement::fidHigh),
    KID("KID", Better.LOWER, Measure.KID, Judgement::kid),
    KID_LOW("KID from", Better.NEITHER, Measure.KID, Judgement::kidLow),
    KID_HIGH("KID to", Better.NEITHER, Measure.KID, Judgement::kidHigh),
    PRECISION("precision", Better.HIGHER, Measure.PR, Judgement::precision),
    RECALL("recall", Better.HIGHER, Measure.PR, Judgement::recall),
    DENSITY("density", Better.HIGHER, Measure.PR, Judgement::density),
    NEIGHBOUR_COVERAGE("neighbour coverage", Better.HIGHER, Measure.PR, Judgement::neighbourCoverage),
    /** The share of known classes or attribute values that occur. */
    COVERAGE("values shown", Better.HIGHER, Measure.MODES, Judgement::coverage),
    /** The same, counting what occurs at least half as often as it should. */
    EVEN_COVERAGE("values shown evenly", Better.HIGHER, Measure.MODES, Judgement::evenCoverage),
    /** How much of a room drawn images are on average. */
    ROOM("of a room", Better.HIGHER, Measure.FID, Judgement::room),
    /** Mean distance of two drawn images in features, in units of that of two real ones. */
    DIVERSITY("diversity", Better.NEITHER, Measure.DIVERSITY, Score::diversity),
    /** Share of drawn images that are much nearer to a real one than real ones are to each other. */
    COPIES("copies", Better.LOWER, Measure.MEMORIZATION, Score::copies),
    BITS_PER_DIM("bits/dim", Better.LOWER),
    /** Of the averaged weights, at the end; comparable between cells of the same loss only. */
    VALIDATION("validation loss", Better.NEITHER),
    TRAINING_STEPS("steps", Better.NEITHER),
    TRAINING_SECONDS("training s", Better.NEITHER),
    IMAGES_PER_SECOND("images/s", Better.NEITHER),
    MEMORY_MB("memory MB", Better.NEITHER),
    /** To draw one image, of those that were judged, in batches. */
    SAMPLING_SECONDS("s per image", Better.NEITHER),
    /** To draw the images that were judged, and to judge them. */
    EVALUATION_SECONDS("evaluation s", Better.NEITHER);

    /** Which way is better. */
    public enum Better {
        LOWER,
        HIGHER,
        /** A cost or a fact, of which no best is marked. */
        NEITHER
    }

    private final String title;
    private final Better better;
    private final Measure measure;
    private final Function<Judgement, Double> judged;

    /** What is no number of drawn images. */
    Score(String title, Better better) {
        this(title, better, null, null);
    }

    Score(String title, Better better, Measure measure, Function<Judgement, Double> judged) {
        this.title = title;
        this.better = better;
        this.measure = measure;
        this.judged = judged;
    }

    /** The head of its column. */
    public String title() {
        return title;
    }

    public Better better() {
        return better;
    }

    /** Whether it is a number of drawn images. */
    public boolean judged() {
        return judged != null;
    }

    /** What the judge computes it from; null for what is no number of drawn images. */
    Measure measure() {
        return measure;
    }

    /** Whether it belongs to a training, however the model is sampled then. */
    public boolean ofTraining() {
        return !judged() && this != EVALUATION_SECONDS && this != SAMPLING_SECONDS;
    }

    /** A value of its column for people; counts are whole. */
    public String text(Summary value) {
        return this == TRAINING_STEPS || this == MEMORY_MB ? value.toString(0) : value.toString();
    }

    private static Double diversity(Judgement judgement) {
        Variety variety = judgement.diversity();
        return variety == null ? null : variety.featureDistance() / variety.realFeatureDistance();
    }

    private static Double copies(Judgement judgement) {
        return judgement.memorization() == null
                ? null
                : judgement.memorization().copies();
    }

    /** Its value in a judgement; null where the judge does not know it. */
    public Double of(Judgement judgement) {
        return judged.apply(judgement);
    }
}
