package dev.calotype.experiment;

import java.io.IOException;
import java.util.Optional;

/**
 * What averaged weights are worth at a checkpoint.
 *
 * @param validation the lower the better; what it is tells {@link Story#worth}
 * @param judged asked once the checkpoint is written, so that nothing is lost if judging takes long or fails
 */
public record Appraisal(double validation, Judged judged) {
    /** How images that the network draws compare with real ones, where the experiment asks for it. */
    @FunctionalInterface
    public interface Judged {
        Optional<Scores> score() throws IOException;
    }

    /** One of a network whose images nobody judges. */
    public static Appraisal of(double validation) {
        return new Appraisal(validation, Optional::empty);
    }
}
