package dev.calotype.sweep;

import dev.calotype.experiment.Judgement;
import java.util.function.Function;

/** A number by which cells are compared, as a column of the table. */
public enum Score {
    FID("FID", Better.LOWER, Judgement::fid),
    KID("KID", Better.LOWER, Judgement::kid),
    PRECISION("precision", Better.HIGHER, Judgement::precision),
    RECALL("recall", Better.HIGHER, Judgement::recall),
    DENSITY("density", Better.HIGHER, Judgement::density),
    NEIGHBOUR_COVERAGE("neighbour coverage", Better.HIGHER, Judgement::neighbourCoverage),
    /** The share of known classes or attribute values that occur. */
    COVERAGE("values shown", Better.HIGHER, Judgement::coverage),
    /** The same, counting what occurs at least half as often as it should. */
    EVEN_COVERAGE("values shown evenly", Better.HIGHER, Judgement::evenCoverage),
    BITS_PER_DIM("bits/dim", Better.LOWER, null),
    /** Of the averaged weights, at the end; comparable between cells of the same loss only. */
    VALIDATION("validation loss", Better.NEITHER, null),
    TRAINING_STEPS("steps", Better.NEITHER, null),
    TRAINING_SECONDS("training s", Better.NEITHER, null),
    IMAGES_PER_SECOND("images/s", Better.NEITHER, null),
    MEMORY_MB("memory MB", Better.NEITHER, null),
    /** To draw the images that were judged, and to judge them. */
    EVALUATION_SECONDS("evaluation s", Better.NEITHER, null);

    /** Which way is better. */
    public enum Better {
        LOWER,
        HIGHER,
        /** A cost or a fact, of which no best is marked. */
        NEITHER
    }

    private final String title;
    private final Better better;
    private final Function<Judgement, Double> judged;

    Score(String title, Better better, Function<Judgement, Double> judged) {
        this.title = title;
        this.better = better;
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
    boolean judged() {
        return judged != null;
    }

    /** Whether it belongs to a training, however the model is sampled then. */
    public boolean ofTraining() {
        return !judged() && this != EVALUATION_SECONDS;
    }

    /** A value of its column for people; counts are whole. */
    public String text(SweepTable.Summary value) {
        return this == TRAINING_STEPS || this == MEMORY_MB ? value.toString(0) : value.toString();
    }

    /** Its value in a judgement; null where the judge does not know it. */
    Double of(Judgement judgement) {
        return judged.apply(judgement);
    }
}
