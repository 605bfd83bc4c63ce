package dev.calotype.adaptive;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.calotype.restore.AdaptivePrior.Centre;
import dev.calotype.settings.Summary;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * How fast a diffusion model learns to restore if its forward process ends at an estimate of each picture, and how fast if
 * it ends at noise as usual: union 2 of {@code docs/theory.md}. Both networks see the estimate.
 *
 * @param degradation what was done to the pictures
 * @param pictures trained on
 * @param heldOut other pictures, which are restored
 * @param deviation root mean squared error of the estimates of the training pictures, in 8-bit steps
 * @param linear PSNR of the pseudo-inverse on the held-out pictures, in dB
 * @param estimate PSNR of the estimates of the held-out pictures, in dB
 * @param scores of every seed, of both centres, in the order of steps
 */
public record AdaptiveTraining(
        String degradation,
        int pictures,
        int heldOut,
        double deviation,
        double linear,
        double estimate,
        List<Score> scores) {
    /**
     * What the averaged weights can do after some steps.
     *
     * @param psnr of single restorations, in dB
     * @param meanPsnr of the mean of several restorations of a picture, in dB
     * @param diversity root mean squared difference between restorations of one picture, in 8-bit steps
     * @param kid of all restorations against the held-out pictures, in the features of the judge of rooms
     */
    public record Score(
            long seed, Centre centre, int step, double psnr, double meanPsnr, double diversity, double kid) {}

    /**
     * After how many steps the process that ends at estimates was first as good as the other one was at its end; null if
     * never.
     */
    public record Lead(long seed, Integer byPsnr, Integer byKid) {}

    public AdaptiveTraining {
        scores = List.copyOf(scores);
    }

    /** Steps at which was measured. */
    @JsonIgnore
    List<Integer> steps() {
        return scores.stream().map(Score::step).distinct().sorted().toList();
    }

    /** For each seed. */
    public List<Lead> leads() {
        int last = steps().get(steps().size() - 1);
        List<Lead> leads = new ArrayList<>();
        for (long seed : scores.stream().mapToLong(Score::seed).distinct().toArray()) {
            Score goal = of(seed, Centre.ORIGIN).stream()
                    .filter(score -> score.step == last)
                    .findFirst()
                    .orElseThrow();
            List<Score> others = of(seed, Centre.ESTIMATE);
            leads.add(new Lead(
                    seed,
                    first(others, score -> score.psnr >= goal.psnr),
                    first(others, score -> score.kid <= goal.kid)));
        }
        return leads;
    }

    private static Integer first(List<Score> scores, Predicate<Score> good) {
        return scores.stream().filter(good).map(Score::step).findFirst().orElse(null);
    }

    private List<Score> of(long seed, Centre centre) {
        return scores.stream()
                .filter(score -> score.seed == seed && score.centre == centre)
                .toList();
    }

    /** Means over the seeds ± one standard deviation. */
    public String markdown() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s: pseudo-inverse %.2f dB, estimates %.2f dB (held out: %d pictures; v = %.1f of 255)%n%n",
                degradation,
                linear,
                estimate,
                heldOut,
                deviation));
        text.append(
                "| steps | ends at | PSNR dB | PSNR of the mean dB | diversity | KID |\n|---:|---|---:|---:|---:|---:|\n");
        for (int step : steps()) for (Centre centre : Centre.values()) text.append(row(step, centre));
        return text.toString();
    }

    private String row(int step, Centre centre) {
        List<Score> here = scores.stream()
                .filter(score -> score.step == step && score.centre == centre)
                .toList();
        return String.format(
                Locale.ROOT,
                "| %d | %s | %s | %s | %s | %s |%n",
                step,
                centre == Centre.ORIGIN ? "noise" : "estimates",
                Summary.of(here.stream().map(Score::psnr).toList()),
                Summary.of(here.stream().map(Score::meanPsnr).toList()),
                Summary.of(here.stream().map(Score::diversity).toList()),
                Summary.of(here.stream().map(Score::kid).toList()));
    }
}
