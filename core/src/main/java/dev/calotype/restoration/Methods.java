package dev.calotype.restoration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.NearestName;
import dev.calotype.restore.Observation;
import dev.calotype.restore.Restorer;
import dev.calotype.restore.StoppingRule;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes restorers of names and settings. */
public final class Methods {
    private static final String KIND = "method";
    private static final List<String> LIGHT =
            List.of("unchanged", "pseudo-inverse", "tv", "dncnn", "ddpm"); // or in tiles of their own
    private static final List<String> WITH_PRIOR = List.of("auto", "ddpm", "dip+ddpm", "guided-dip");
    private static final List<String> WITH_DNCNN = List.of("auto", "dncnn", "guided-dip");
    private static final long LIGHT_PIXELS = 4_000_000, HEAVY_PIXELS = 400_000;

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
     * @throws RecipeException in one sentence if there is no such kind, setting or value
     */
    public static Method of(String label, JsonNode given) {
        if (!given.isTextual() && !given.path(KIND).isTextual())
            throw new RecipeException("methods." + label + " must be a method, or a mapping with the key " + KIND);
        String kind = given.isTextual() ? given.asText() : given.get(KIND).asText();
        ObjectNode changes =
                given instanceof ObjectNode mapping ? mapping.deepCopy().without(KIND) : Yaml.tree(Map.of());
        try {
            Method method = new Method(label, kind, settings(kind, changes));
            typed(method);
            return method;
        } catch (IllegalArgumentException e) {
            throw new RecipeException("methods." + label + ": " + e.getMessage(), e);
        }
    }

    /**
     * A method of the command line.
     *
     * @param settings each {@code key=value}; a key in a mapping is {@code mapping.key}
     */
    public static Method named(String kind, List<String> settings) {
        ObjectNode changes = Yaml.tree(Map.of());
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) throw new RecipeException("--set wants key=value: " + setting);
            String[] path = setting.substring(0, equals).split("\\.");
            ObjectNode at = changes;
            for (int i = 0; i < path.length - 1; i++) at = at.withObject("/" + path[i]);
            at.set(
                    path[path.length - 1],
                    Yaml.object("v: " + setting.substring(equals + 1), "--set " + setting)
                            .get("v"));
        }
        Method method = new Method(kind, kind, settings(kind, changes));
        typed(method);
        return method;
    }

    /** What of the equipment decides about the results of a method, as a text. */
    public static String uses(Method method, Equipment.Sources sources) {
        String all = sources.device() + " " + sources.precision();
        if (WITH_PRIOR.contains(method.kind())) all += " prior " + sources.prior();
        if (WITH_DNCNN.contains(method.kind())) all += " dncnn " + sources.dncnn();
        return all;
    }

    /** How many pixels a method takes at once in bounded memory. */
    static long pixelsAtOnce(Method method) {
        return LIGHT.contains(method.kind()) ? LIGHT_PIXELS : HEAVY_PIXELS;
    }

    /** Each kind with all its settings; what stands for another kind's settings is replaced by them. */
    private static ObjectNode defaults() {
        ObjectNode kinds = Yaml.resource(Methods.class, "methods.yaml");
        for (JsonNode settings : kinds)
            for (String part : List.of("fit", "diffusion"))
                if (settings.path(part).isTextual())
                    ((ObjectNode) settings)
                            .set(part, kinds.get(settings.get(part).asText()).deepCopy());
        return kinds;
    }

    private static ObjectNode settings(String kind, ObjectNode changes) {
        if (!(defaults().get(kind) instanceof ObjectNode settings))
            throw new RecipeException("the method must be one of " + String.join(", ", kinds())
                    + NearestName.hint(kind, kinds()) + ": " + kind);
        settings.put(Method.SECONDS, 0.0).put(Method.ITERATIONS, 0);
        Yaml.merge(settings, changes);
        return settings;
    }

    private static MethodSettings typed(Method method) {
        ObjectNode settings = method.settings().deepCopy().without(List.of(Method.SECONDS, Method.ITERATIONS));
        Yaml.value(method.settings().get(Method.SECONDS), Double.class);
        Yaml.value(method.settings().get(Method.ITERATIONS), Integer.class);
        return switch (method.kind()) {
            case "auto" -> Yaml.value(settings, Baselines.Auto.class);
            case "unchanged" -> Yaml.value(settings, Baselines.AsSeen.class);
            case "pseudo-inverse" -> Yaml.value(settings, Baselines.Inverse.class);
            case "tv" -> Yaml.value(settings, Baselines.Smooth.class);
            case "dncnn" -> Yaml.value(settings, Baselines.Denoised.class);
            case "dip", "dip-ema" -> Yaml.value(settings, DipSettings.class);
            case "staged-dip" -> Yaml.value(settings, StagedSettings.class);
            case "guided-dip" -> Yaml.value(settings, GuidedSettings.class);
            case "ddpm" -> Yaml.value(settings, DiffusionSettings.class);
            case "dip+ddpm" -> Yaml.value(settings, UnionSettings.class);
            default -> throw new IllegalStateException("methods.yaml has a kind that nobody makes: " + method.kind());
        };
    }

    /**
     * The restorer of a method for one observation.
     *
     * @throws IOException if its weights cannot be read
     * @throws IllegalArgumentException if the equipment lacks what it needs
     */
    public static Restorer restorer(Method method, Equipment equipment, Observation observation) throws IOException {
        return typed(method).restorer(equipment, observation);
    }

    /** Rules that are to say what they would have answered in the fit of a method, by name. */
    public static Map<String, StoppingRule> jury(Method method, Observation observation) {
        return typed(method).jury(observation);
    }
}
