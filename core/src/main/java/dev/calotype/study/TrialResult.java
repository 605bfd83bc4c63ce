package dev.calotype.study;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What a trial came to.
 *
 * @param trial its id
 * @param scores of the estimate; null if the method failed
 * @param oracle of the same fit; null if the method failed
 * @param effort what it took; null if the method failed
 * @param failure why there is no estimate; null if there is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrialResult(
        String trial,
        String method,
        String picture,
        String degradation,
        long seed,
        Scores scores,
        Oracle oracle,
        Effort effort,
        String failure) {
    /**
     * How near the estimate is to the truth.
     *
     * @param psnr in dB
     * @param ssim null for a picture smaller than the window
     * @param lpips null without a network
     * @param observed the psnr of what was seen; null if it has another size
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Scores(double psnr, Double ssim, Double lpips, Double observed) {}

    /**
     * What somebody would have chosen who knows the truth. For reports only: no method is told.
     *
     * @param psnr the best of all iterations, in dB
     * @param iteration of it
     * @param gap what the choice without the truth lost, in dB
     */
    public record Oracle(double psnr, int iteration, double gap) {}

    /**
     * What it took.
     *
     * @param seconds of the method
     * @param watching seconds of these in which it was watched for curves and the oracle
     * @param iteration the one chosen, 0 where there are none
     * @param iterations made
     */
    public record Effort(double seconds, double watching, int iteration, int iterations) {}

    static TrialResult of(Trial trial, Scores scores, Oracle oracle, Effort effort) {
        return new TrialResult(
                trial.id(),
                trial.method().label(),
                trial.picture().name(),
                trial.degradation(),
                trial.seed(),
                scores,
                oracle,
                effort,
                null);
    }

    static TrialResult failed(Trial trial, String reason) {
        return new TrialResult(
                trial.id(),
                trial.method().label(),
                trial.picture().name(),
                trial.degradation(),
                trial.seed(),
                null,
                null,
                null,
                reason);
    }

    /** Whether there is an estimate. */
    boolean succeeded() {
        return failure == null;
    }
}
