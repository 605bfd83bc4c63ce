package dev.calotype.restoration;

import dev.calotype.image.Images;
import dev.calotype.restore.Budget;
import dev.calotype.restore.Evidence;
import dev.calotype.restore.Masking;
import dev.calotype.restore.Rehearsal;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.javacpp.PointerScope;

/**
 * What {@code --method auto} takes: a trained model where one is given; the fit of a network where pixels are missing and it
 * gets done in the seconds that are given; else what comes nearest to the truth when methods of seconds, the denoiser that
 * comes with the library first of all, are rehearsed on a part of the picture.
 */
final class Choosing {
    /** Iterations without which a fit fills holes no better than total variation: see docs/results/restoration.md. */
    static final int ENOUGH = 3000;

    private static final double SHORT = 30; // seconds in which no machine makes so many iterations
    private static final int LARGE = 16; // pixels across: in such a hole one that is drawn may be nearer
    private static final double SHARE = 0.15; // of the time, for each rehearsal

    private final Damaged damaged;
    private final Proving proving;
    private final Sample sample;
    private final Equipment equipment;
    private final Budget budget;
    private final Rng rng;

    /**
     * A method, why, and what its rehearsal came to.
     *
     * @param reason as the end of a sentence
     */
    record Chosen(Method method, String reason, Evidence evidence) {}

    Choosing(Damaged damaged, Proving proving, Budget budget, Rng rng) {
        this.damaged = damaged;
        this.proving = proving;
        sample = proving.sample();
        equipment = proving.equipment();
        this.budget = budget;
        this.rng = rng;
    }

    /** What was asked for; if that is {@code auto}, what suits. */
    Chosen of(Method asked) throws IOException {
        if (asked.isAutomatic()) return automatic();
        if (asked.isOpen() && budget.seconds() > 0 && budget.iterations() == 0) {
            FitWidth.Fitting fitting = new FitWidth(proving, rng.fork(3)).in(asked, budget.seconds());
            return new Chosen(fitting.method(), "as asked for, " + fitting.reason(), Evidence.NONE);
        }
        Evidence evidence = asked.isQuick() ? rehearsed(asked).evidence : Evidence.NONE;
        return new Chosen(asked, "as asked for", evidence);
    }

    private Chosen automatic() throws IOException {
        if (equipment.hasPrior())
            return new Chosen(named("dip+ddpm"), "because a trained model was given", Evidence.NONE);
        String fit = "";
        if (sample.observation().operator() instanceof Masking && isLongEnough()) {
            double seconds = fitSeconds();
            String forecast = "a fit of " + ENOUGH + " iterations takes about " + Math.round(seconds) + " s here";
            if (seconds <= budget.seconds()) return new Chosen(named("dip-ema"), "because " + forecast, Evidence.NONE);
            fit = "; " + forecast + ", more than the time: `method` dip-ema has it nevertheless";
        } else if (sample.observation().operator() instanceof Masking && budget.equals(Budget.UNLIMITED)) {
            fit = "; in minutes, a fit to this picture alone may do better: `method` dip-ema";
        }
        List<String> names = new ArrayList<>(damaged.candidates());
        if (equipment.hasDenoiser()) names.add(0, "denoiser");
        boolean large = sample.observation().operator() instanceof Masking mask && mask.missesSquare(LARGE);
        if (large && equipment.hasDenoiser()) names.add("diffpir");
        if (equipment.hasDnCnn()) names.add(0, "dncnn");
        return nearest(names, fit);
    }

    private boolean isLongEnough() {
        return budget.seconds() >= SHORT && (budget.iterations() == 0 || budget.iterations() >= ENOUGH);
    }

    private static Method named(String kind) {
        return Methods.named(kind, List.of());
    }

    /** The seconds that {@link #ENOUGH} iterations of a fit take for the whole, by the first few of them on the sample. */
    private double fitSeconds() throws IOException {
        return new FitWidth(proving, rng).seconds(named("dip-ema")) * ENOUGH;
    }

    /** @param seconds for the whole picture, at a guess */
    private record Tried(Method method, Evidence evidence, double seconds) {}

    private Chosen nearest(List<String> names, String fit) throws IOException {
        Tried best = null, first = null;
        List<String> slow = new ArrayList<>();
        for (String name : names) {
            Tried tried = rehearsed(named(name));
            if (budget.seconds() > 0 && tried.seconds > budget.seconds()) {
                slow.add(name);
                continue;
            }
            if (first == null) first = tried;
            if (best == null || tried.evidence.after() < best.evidence.after()) best = tried;
        }
        if (best == null)
            return new Chosen(named(names.get(0)), "because " + names + " all need more time" + fit, Evidence.NONE);
        String left = slow.isEmpty() ? "" : "; " + String.join(", ", slow) + " would need more time";
        if (!best.evidence.isMeasured())
            return new Chosen(best.method, "as usual here: nothing could be measured" + left + fit, best.evidence);
        if (!best.evidence.isBetter()) {
            String told =
                    "as usual here: none of " + String.join(", ", names) + " is shown to be better than the input";
            return new Chosen(first.method, told + left + fit, first.evidence);
        }
        String reason = names.size() - slow.size() == 1
                ? "as usual here"
                : "because it came nearest of " + String.join(", ", names) + " on " + sample.size() + " pixels of it";
        return new Chosen(best.method, reason + left + fit, best.evidence);
    }

    private Tried rehearsed(Method method) throws IOException {
        proving.heard().run();
        long begun = proving.clock().getAsLong();
        Evidence evidence;
        try (PointerScope scope = new PointerScope()) {
            Budget part = new Budget(budget.seconds() * SHARE, budget.iterations());
            evidence = new Rehearsal(
                            method.restorer(equipment, sample.observation()),
                            rng.fork(1),
                            part,
                            frame -> proving.heard().run())
                    .on(sample.observation(), image -> sample.again(image, rng.fork(2)));
        }
        double seconds = (proving.clock().getAsLong() - begun) * 1e-9;
        return new Tried(method, evidence, seconds * proving.pixels() / sample.pixels());
    }

    /** One sentence about what a measure says. */
    static String sentence(Evidence evidence) {
        if (!evidence.isMeasured()) return "It is not shown to be better than the input: " + evidence.measure() + ".";
        String numbers = String.format(
                Locale.ROOT,
                "error about %.1f levels of 255, that of the input about %.1f, by %s",
                evidence.after() * Images.LEVELS,
                evidence.before() * Images.LEVELS,
                evidence.measure());
        return evidence.isBetter()
                ? "Better than the input: " + numbers + "."
                : "It is not shown to be better than the input: " + numbers + ".";
    }
}
