package dev.calotype.experiment.tune;

import dev.calotype.settings.Check;
import dev.calotype.train.GradientStep.PartRates;
import dev.calotype.train.adapt.Adaptation;
import dev.calotype.train.adapt.Adaptation.Method;
import dev.calotype.train.adapt.Adaptation.Part;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a training begins with that is not to begin from nothing, and what of it learns.
 *
 * @param from a run or checkpoint, the base, whose averaged weights are begun with; empty for fresh weights
 * @param hash SHA-256 of these weights; empty in a recipe, filled when a run starts
 * @param method what learns
 * @param layers patterns of the weights that learn, or that get factors; empty for all
 * @param whole patterns of weights that learn as they are beside those with factors
 * @param rank of factors
 * @param alpha over {@code rank} is how much factors count
 * @param rankDropout the share of factors that a step does without, in [0, 1)
 * @param rates how fast parts learn, {@code NAME=SHARE} each: the beginning of names of weights, and a share of the learning rate, 0..1
 * @param rehearsal what is learned beside, so that it is not forgotten
 * @param adapters files of adapters whose weights are added, {@code FILE} or {@code FILE:WEIGHT}
 */
public record Tuning(
        String from,
        String hash,
        Method method,
        List<String> layers,
        List<String> whole,
        int rank,
        double alpha,
        double rankDropout,
        List<String> rates,
        Rehearsal rehearsal,
        List<String> adapters) {
    /**
     * Pictures that the base knows, which a share of each batch is taken from (prior preservation, Ruiz et al. 2023).
     *
     * @param source a data set; empty for none
     * @param share of the pictures learned from, in [0, 1)
     * @param target what is learned of them
     */
    public record Rehearsal(String source, double share, Target target) {
        /** What is learned of a picture that is rehearsed. */
        public enum Target {
            /** What is learned of all others. */
            PICTURES,
            /** To answer as the base does (learning without forgetting, Li and Hoiem 2016). */
            BASE
        }

        public Rehearsal {
            Check.that(share >= 0 && share < 1, "rehearsal.share must be in [0, 1)", share);
        }

        /** Whether there are any. */
        public boolean used() {
            return !source.isEmpty() && share > 0;
        }

        /** Whether the base is asked what is to be learned of them. */
        public boolean asksBase() {
            return used() && target == Target.BASE;
        }
    }

    public Tuning {
        layers = List.copyOf(layers);
        whole = List.copyOf(whole);
        rates = List.copyOf(rates);
        adapters = List.copyOf(adapters);
        Check.that(!from.isEmpty() || method == Method.FULL, "method must be full where from names no base", method);
        Check.that(!from.isEmpty() || hash.isEmpty(), "hash must be empty where from names no base", hash);
        Check.that(!from.isEmpty() || rates.isEmpty(), "rates must be empty where from names no base", rates);
        Check.that(
                !from.isEmpty() || !rehearsal.used(),
                "rehearsal.source must be empty where from names no base",
                rehearsal.source());
        new Adaptation(method, layers, new HashSet<>(whole), rank, alpha, rankDropout, 0);
        shares(rates);
    }

    /** Whether there is a base. */
    public boolean used() {
        return !from.isEmpty();
    }

    /** Whether checkpoints hold only what is not the base's. */
    public boolean keepsBase() {
        return method != Method.FULL;
    }

    /** Which weights learn, {@code grown} ones as they are. */
    public Adaptation adaptation(Set<String> grown, long seed) {
        if (method == Method.FULL) return Adaptation.FULL;
        Set<String> all = new HashSet<>(whole);
        all.addAll(grown);
        return new Adaptation(method, layers, all, rank, alpha, rankDropout, seed);
    }

    /** How fast the parts learn. */
    public PartRates shares() {
        return shares(rates);
    }

    /**
     * Refuses rates that would do nothing.
     *
     * @param parts what becomes of each weight
     * @throws IllegalArgumentException if one is of weights that do not learn, or that there are not
     */
    public void requireRates(Map<String, Part> parts) {
        for (String part : shares().shares().keySet())
            Check.that(
                    parts.entrySet().stream().anyMatch(each -> names(each.getKey(), each.getValue())
                            .anyMatch(name -> name.startsWith(part))),
                    "training.tune.rates must name how weights begin that learn",
                    part);
    }

    /** What learns of a weight: itself, or the factors that it has. */
    private Stream<String> names(String weight, Part part) {
        return switch (part) {
            case FROZEN -> Stream.empty();
            case FACTORED -> Adaptation.factors(weight).stream().limit(method.factors());
            case WHOLE -> Stream.of(weight);
        };
    }

    private static PartRates shares(List<String> rates) {
        Map<String, Double> shares = new LinkedHashMap<>();
        for (String rate : rates) {
            int equals = rate.lastIndexOf('=');
            Check.that(equals >= 0 && number(rate.substring(equals + 1)), "rates must be NAME=SHARE", rate);
            double share = Double.parseDouble(rate.substring(equals + 1));
            Check.range("the share of rates", share, 0, 1);
            shares.put(rate.substring(0, equals), share);
        }
        return new PartRates(shares);
    }

    private static boolean number(String text) {
        return text.matches("[0-9]*\\.?[0-9]+");
    }
}
