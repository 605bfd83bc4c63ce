package dev.calotype.sweep;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.calotype.experiment.Story;
import dev.calotype.io.NearestName;
import dev.calotype.judge.Judgement;
import dev.calotype.judge.Measure;
import dev.calotype.judge.Score;
import dev.calotype.judge.Score.Better;
import dev.calotype.settings.Summary;
import java.util.ArrayList;
import java.util.List;

/**
 * A number by which cells are compared, as a column of the table: a score of drawn images, or what a training came to and
 * took.
 *
 * @param score its name, title and direction
 * @param measure what the judge computes it from; null for what is no number of drawn images
 */
public record Column(Score score, Measure measure) {
    static final Column BITS_PER_DIM = own("bits-per-dim", "bits/dim", Better.LOWER);
    /** Of the averaged weights, at the end; comparable between cells of the same loss only. */
    static final Column VALIDATION = own("validation", Story.Worth.LOSS.title(), Better.NEITHER);

    /** The share of its test pictures that a classifier names rightly. */
    static final Column TOP_1 = own("top-1", "top-1", Better.HIGHER);

    static final Column TOP_5 = own("top-5", "top-5", Better.HIGHER);
    static final Column CROSS_ENTROPY = own("cross-entropy", "cross-entropy", Better.LOWER);
    static final Column CALIBRATION_ERROR = own("calibration-error", "calibration error", Better.LOWER);
    /** The share of captions whose picture is the nearest of all to the vector that a prior predicts. */
    static final Column RECALL_1 = own("recall-1", "R@1", Better.HIGHER);

    static final Column RECALL_5 = own("recall-5", "R@5", Better.HIGHER);
    static final Column RECALL_10 = own("recall-10", "R@10", Better.HIGHER);
    /** Of the vector that a prior predicts and that of the picture, on average. */
    static final Column COSINE = own("cosine", "cosine", Better.HIGHER);

    static final Column PARAMETERS = own("parameters", "parameters", Better.NEITHER);
    static final Column MULTIPLY_ADDS = own("multiply-adds", "multiply-adds", Better.NEITHER);

    static final Column TRAINING_STEPS = own("training-steps", "steps", Better.NEITHER);
    static final Column TRAINING_SECONDS = own("training-seconds", "training s", Better.NEITHER);
    static final Column IMAGES_PER_SECOND = own("images-per-second", "images/s", Better.NEITHER);
    static final Column MEMORY_MB = own("memory-mb", "memory MB", Better.NEITHER);
    /** To draw one image, of those that were judged, in batches. */
    static final Column SAMPLING_SECONDS = own("sampling-seconds", "s per image", Better.NEITHER);
    /** To draw the images that were judged, and to judge them. */
    static final Column EVALUATION_SECONDS = own("evaluation-seconds", "evaluation s", Better.NEITHER);

    private static final List<Column> ALL = all();

    private static Column own(String name, String title, Better better) {
        return new Column(new Score(name, title, better, scores -> null), null);
    }

    private static List<Column> all() {
        List<Column> all = new ArrayList<>();
        for (Measure measure : Measure.values())
            for (Score score : measure.columns()) all.add(new Column(score, measure));
        all.addAll(List.of(
                TOP_1,
                TOP_5,
                CROSS_ENTROPY,
                CALIBRATION_ERROR,
                RECALL_1,
                RECALL_5,
                RECALL_10,
                COSINE,
                BITS_PER_DIM,
                VALIDATION,
                PARAMETERS,
                MULTIPLY_ADDS,
                TRAINING_STEPS,
                TRAINING_SECONDS,
                IMAGES_PER_SECOND,
                MEMORY_MB,
                SAMPLING_SECONDS,
                EVALUATION_SECONDS));
        return List.copyOf(all);
    }

    /** Every column, those of drawn images first. */
    public static List<Column> known() {
        return ALL;
    }

    /**
     * The column of a name.
     *
     * @throws IllegalArgumentException if there is none, with those that there are
     */
    @JsonCreator
    public static Column named(String name) {
        List<String> names = ALL.stream().map(Column::name).toList();
        int at = names.indexOf(name);
        if (at < 0)
            throw new IllegalArgumentException(
                    "must be one of " + String.join(", ", names) + ": " + name + NearestName.hint(name, names));
        return ALL.get(at);
    }

    /** In kebab case: what files and recipes call it. */
    @JsonValue
    public String name() {
        return score.name();
    }

    /** The head of its column. */
    public String title() {
        return score.title();
    }

    public Better better() {
        return score.better();
    }

    /** Whether it is a number of drawn images. */
    public boolean judged() {
        return measure != null;
    }

    /** Whether it belongs to a training, however the model is sampled then. */
    public boolean ofTraining() {
        return !judged() && this != EVALUATION_SECONDS && this != SAMPLING_SECONDS;
    }

    /** A value of its column for people; counts are whole. */
    public String text(Summary value) {
        boolean whole =
                List.of(TRAINING_STEPS, MEMORY_MB, PARAMETERS, MULTIPLY_ADDS).contains(this);
        return whole ? value.toString(0) : value.toString();
    }

    /** Its value in a judgement; null where the judge does not know it. */
    public Double of(Judgement judgement) {
        return score.of(judgement.scores());
    }
}
