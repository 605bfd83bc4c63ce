package dev.calotype.study;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a trial came to.
 *
 * @param trial its id
 * @param scores of the estimate; null if the method failed
 * @param oracle of the same fit; null if the method failed
 * @param effort what it took; null if the method failed
 * @param jury what other rules would have answered in the same fit; null if there are none
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
        List<Verdict> jury,
        String failure) {
    /**
     * How near the estimate is to the truth.
     *
     * @param psnr in dB
     * @param ssim null for a picture smaller than the window
     * @param lpips null without a network
     * @param observed the psnr of what was seen; null if it has another size
     * @param drawSpread the standard deviation between the draws whose mean the estimate is, in units of 0..255; null where
     *     there are not two
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Scores(double psnr, Double ssim, Double lpips, Double observed, Double drawSpread) {}

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

    /**
     * What another rule would have answered.
     *
     * @param rule its name
     * @param effort until it would have ended
     */
    public record Verdict(String rule, Scores scores, Oracle oracle, Effort effort) {}

    /** An estimate, and what others would have made of the fit. */
    static TrialResult of(Trial trial, Verdict own, List<Verdict> jury) {
        return of(trial, own, jury.isEmpty() ? null : jury, null);
    }

    static TrialResult failed(Trial trial, String reason) {
        return of(trial, new Verdict("", null, null, null), null, reason);
    }

    private static TrialResult of(Trial trial, Verdict own, List<Verdict> jury, String failure) {
        return new TrialResult(
                trial.id(),
                trial.method().label(),
                trial.picture().name(),
                trial.degradation(),
                trial.seed(),
                own.scores(),
                own.oracle(),
                own.effort(),
                jury,
                failure);
    }

    /** Each verdict of the jury as a result of its own, whose method has the rule in its name. */
    List<TrialResult> others() {
        if (jury == null) return List.of();
        return jury.stream()
                .map(v -> new TrialResult(
                        trial,
                        method + ": " + v.rule(),
                        picture,
                        degradation,
                        seed,
                        v.scores(),
                        v.oracle(),
                        v.effort(),
                        null,
                        null))
                .toList();
    }

    /** Whether there is an estimate. */
    boolean succeeded() {
        return failure == null;
    }
}
