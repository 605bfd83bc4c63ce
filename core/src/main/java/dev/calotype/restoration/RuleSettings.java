package dev.calotype.restoration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.restore.EsEmv;
import dev.calotype.restore.EsWmv;
import dev.calotype.restore.FixedCount;
import dev.calotype.restore.HeldOutPixels;
import dev.calotype.restore.Observation;
import dev.calotype.restore.RuleSignal;
import dev.calotype.restore.StoppingRule;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * When a fit ends. Each kind takes of the rest what it knows.
 *
 * @param longest iterations at most
 */
record RuleSettings(
        Kind kind, RuleSignal signal, int window, double alpha, double share, double decay, int patience, int longest) {
    /** Which rule. */
    enum Kind {
        /** {@link #HELD_OUT} where there is noise; {@link #FIXED} where there is none, and so nothing to be wary of. */
        AUTO,
        FIXED,
        ES_WMV,
        ES_EMV,
        HELD_OUT
    }

    /**
     * Rules by name.
     *
     * @param given a mapping of names to mappings of what differs from {@code usual}; an empty text for none
     */
    static Map<String, RuleSettings> named(JsonNode given, RuleSettings usual) {
        if (given.isTextual() && given.asText().isEmpty()) return Map.of();
        if (!(given instanceof ObjectNode mapping))
            throw new RecipeException("jury must be a mapping of names to rules");
        Map<String, RuleSettings> rules = new LinkedHashMap<>();
        mapping.properties().forEach(entry -> {
            if (!(entry.getValue() instanceof ObjectNode changes))
                throw new RecipeException("jury." + entry.getKey() + " must be a mapping");
            ObjectNode settings = Yaml.tree(usual);
            Yaml.merge(settings, changes);
            rules.put(entry.getKey(), Yaml.value(settings, RuleSettings.class));
        });
        return rules;
    }

    StoppingRule rule(Observation observation) {
        return switch (kind) {
            case AUTO ->
                observation.sigma() > 0
                        ? new HeldOutPixels(RuleSignal.SMOOTHED, share, decay, patience, longest)
                        : new FixedCount(longest);
            case FIXED -> new FixedCount(longest);
            case ES_WMV -> new EsWmv(signal, window, patience, longest);
            case ES_EMV -> new EsEmv(signal, alpha, patience, longest);
            case HELD_OUT -> new HeldOutPixels(signal, share, decay, patience, longest);
        };
    }
}
