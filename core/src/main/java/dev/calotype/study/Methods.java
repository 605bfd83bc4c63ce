package dev.calotype.study;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.RecipeException;
import dev.calotype.experiment.Yaml;
import dev.calotype.io.NearestName;
import dev.calotype.restore.DnCnnDenoiser;
import dev.calotype.restore.Observation;
import dev.calotype.restore.PlugAndPlay;
import dev.calotype.restore.PseudoInverse;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.TotalVariation;
import dev.calotype.restore.Unchanged;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Makes restorers of names and settings. */
public final class Methods {
    private static final String KIND = "method";
    private static final List<String> LIGHT = List.of("unchanged", "pseudo-inverse", "tv", "dncnn");

    private Methods() {}

    /** The kinds there are. */
    public static List<String> kinds() {
        List<String> kinds = new ArrayList<>();
        defaults().fieldNames().forEachRemaining(kinds::add);
        return kinds;
    }

    /**
     * A method of a study file.
     *
     * @param given a kind, or a mapping of {@code method} to a kind and of settings to values
     * @throws RecipeException in one sentence if there is no such kind or setting
     */
    public static Method of(String label, JsonNode given) {
        if (given.isTextual()) return new Method(label, given.asText(), settings(label, given.asText()));
        if (!(given instanceof ObjectNode mapping) || !mapping.hasNonNull(KIND))
            throw new RecipeException("methods." + label + " must be a method, or a mapping with the key " + KIND);
        String kind = mapping.get(KIND).asText();
        ObjectNode settings = settings(label, kind);
        ObjectNode changes = mapping.deepCopy().without(KIND);
        try {
            Yaml.merge(settings, changes);
        } catch (RecipeException e) {
            throw new RecipeException("methods." + label + ": " + e.getMessage(), e);
        }
        return new Method(label, kind, settings);
    }

    /**
     * A method of the command line.
     *
     * @param settings each {@code key=value}
     */
    public static Method named(String kind, List<String> settings) {
        StringBuilder yaml = new StringBuilder(KIND + ": " + kind + "\n");
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) throw new RecipeException("--set wants key=value: " + setting);
            yaml.append(setting, 0, equals).append(": ").append(setting.substring(equals + 1)).append('\n');
        }
        return of(kind, Yaml.object(yaml.toString(), "--set"));
    }

    /** How many pixels a method takes at once in bounded memory. */
    static long pixelsAtOnce(Method method) {
        return LIGHT.contains(method.kind()) ? 4_000_000 : 400_000;
    }

    private static ObjectNode defaults() {
        return Yaml.resource(Methods.class, "methods.yaml");
    }

    private static ObjectNode settings(String label, String kind) {
        if (!(defaults().get(kind) instanceof ObjectNode settings))
            throw new RecipeException("the method of " + label + " must be one of " + String.join(", ", kinds())
                    + NearestName.hint(kind, kinds()) + ": " + kind);
        settings.put(Method.SECONDS, 0.0).put(Method.ITERATIONS, 0);
        return settings;
    }

    /**
     * The restorer of a method for one observation.
     *
     * @throws IOException if its weights cannot be read
     * @throws IllegalArgumentException if the equipment lacks what it needs
     */
    public static Restorer restorer(Method method, Equipment equipment, Observation observation) throws IOException {
        ObjectNode settings = method.settings().deepCopy().without(List.of(Method.SECONDS, Method.ITERATIONS));
        return switch (method.kind()) {
            case "auto" -> restorer(auto(equipment), equipment, observation);
            case "unchanged" -> new Unchanged();
            case "pseudo-inverse" -> new PseudoInverse();
            case "tv" -> Yaml.value(settings, TvSettings.class).restorer();
            case "dncnn" -> Yaml.value(settings, DnCnnSettings.class).restorer(equipment);
            case "dip", "dip-ema" ->
                Yaml.value(settings, DipSettings.class).restorer(observation, equipment.placement());
            default -> throw new IllegalArgumentException("there is no method " + method.kind());
        };
    }

    /** What is best with what there is. */
    private static Method auto(Equipment equipment) {
        return named(equipment.hasDnCnn() ? "dncnn" : "dip-ema", List.of());
    }

    private record TvSettings(double strength) {
        Restorer restorer() {
            return new TotalVariation(strength, TotalVariation.USUAL.iterations());
        }
    }

    /**
     * A denoiser, by itself and in the place of a prior.
     *
     * @param level that it was trained for, in units of 0..255
     * @param rounds of half-quadratic splitting
     */
    private record DnCnnSettings(double level, int rounds) {
        Restorer restorer(Equipment equipment) throws IOException {
            return new PlugAndPlay(new DnCnnDenoiser(equipment.dncnn(), level), rounds);
        }
    }
}
