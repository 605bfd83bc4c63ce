package dev.calotype.restoration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.io.NearestName;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes methods of names and settings. */
public final class Methods {
    private static final String KIND = "method";
    /** What the settings of each kind are; {@code methods.yaml} has their values. */
    private static final Map<String, Class<? extends MethodSettings>> KINDS = Map.ofEntries(
            Map.entry("auto", Baselines.Auto.class),
            Map.entry("unchanged", Baselines.AsSeen.class),
            Map.entry("pseudo-inverse", Baselines.Inverse.class),
            Map.entry("tv", Baselines.Smooth.class),
            Map.entry("denoiser", Baselines.Learned.class),
            Map.entry("diffpir", Baselines.Drawn.class),
            Map.entry("dct", Baselines.Sliding.class),
            Map.entry("dncnn", Baselines.Denoised.class),
            Map.entry("dip", DipSettings.class),
            Map.entry("dip-ema", DipSettings.class),
            Map.entry("ddpm", DiffusionSettings.class),
            Map.entry("dip+ddpm", UnionSettings.class),
            Map.entry("staged-dip", StagedSettings.class),
            Map.entry("guided-dip", GuidedSettings.class));

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
            return method(label, kind, changes);
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
            if (equals < 1) throw new RecipeException("`set` wants key=value: " + setting);
            String[] path = setting.substring(0, equals).split("\\.");
            ObjectNode at = changes;
            for (int i = 0; i < path.length - 1; i++) at = at.withObject("/" + path[i]);
            at.set(
                    path[path.length - 1],
                    Yaml.object("v: " + setting.substring(equals + 1), "`set` " + setting)
                            .get("v"));
        }
        return method(kind, kind, changes);
    }

    /** A method with another value of one setting. */
    static Method changed(Method method, ObjectNode settings, String key, int value) {
        return method(method.label(), method.kind(), settings.deepCopy().put(key, value));
    }

    /** What a kind does where nothing is changed. */
    static MethodSettings usual(String kind) {
        return Yaml.value(defaults().get(kind), KINDS.get(kind));
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

    private static Method method(String label, String kind, ObjectNode changes) {
        ObjectNode all = settings(kind, changes);
        Yaml.value(all.get(Method.SECONDS), Double.class);
        Yaml.value(all.get(Method.ITERATIONS), Integer.class);
        ObjectNode own = all.deepCopy().without(List.of(Method.SECONDS, Method.ITERATIONS));
        return new Method(label, kind, all, Yaml.value(own, KINDS.get(kind)));
    }
}
