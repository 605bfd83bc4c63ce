package dev.calotype.app.option;

import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** How images are drawn; what is not given comes from the recipe of the run. */
public final class SamplingOptions {
    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description = "ddim, dpm++, dpm++sde, heun, euler, euler-ancestral, unipc, plms, lcm or ancestral.")
    private String method;

    @Option(
            names = "--steps",
            paramLabel = "K",
            description =
                    "Noise levels visited; 10 to 50 do for all but ancestral; 1 to 8 for distilled models and lcm.")
    private Integer steps;

    @Option(names = "--eta", description = "Fresh noise of ddim: 0 none, 1 as much as ancestral.")
    private Double eta;

    @Option(
            names = "--spacing",
            paramLabel = "NAME",
            description =
                    "Time steps as diffusers' schedulers space them: leading, linspace or trailing; karras, exponential or"
                            + " beta for their noise levels in between; usual for the sampler's own. Any goes without optimized steps.")
    private String spacing;

    @Option(names = "--guidance", paramLabel = "W", description = "Weight of classifier-free guidance; 1 for none.")
    private Double guidance;

    @Option(
            names = "--class",
            paramLabel = "C",
            description = "Name or number of the class; default all in turn, and for interpolate the first.")
    private String label;

    /** Whether any was given. */
    public boolean given() {
        return method != null || steps != null || eta != null || guidance != null || spacing != null || label != null;
    }

    public Request request(GenerativeExperiment experiment, long seed) {
        return request(experiment, seed, Map.of());
    }

    /** The same with other values that the kind of the model may know, by name. */
    public Request request(GenerativeExperiment experiment, long seed, Map<String, String> others) {
        return new Request(
                experiment.sampling(asked(others)),
                seed,
                label(experiment.condition().classes()));
    }

    /** What is asked for otherwise than a recipe has it, and {@code others}, by name. */
    public Map<String, String> asked(Map<String, String> others) {
        Map<String, String> asked = new LinkedHashMap<>(others);
        asked.putAll(values());
        return asked;
    }

    /** What is asked of a model that has no classes, by name. */
    public Map<String, String> asked() {
        if (label != null) throw new IllegalArgumentException("this model has no classes: --class " + label);
        return values();
    }

    private Map<String, String> values() {
        Map<String, String> asked = new LinkedHashMap<>();
        put(asked, "sampler", method);
        put(asked, "steps", steps);
        put(asked, "eta", eta);
        put(asked, "guidance", guidance);
        put(asked, "spacing", spacing);
        return asked;
    }

    private static void put(Map<String, String> asked, String name, Object value) {
        if (value != null) asked.put(name, value.toString());
    }

    private int label(List<String> classes) {
        if (label == null) return Request.ANY;
        if (classes.isEmpty()) throw new IllegalArgumentException("this model has no classes: --class " + label);
        int index = classes.indexOf(label);
        if (index >= 0) return index;
        if (label.matches("\\d{1,6}") && Integer.parseInt(label) < classes.size()) return Integer.parseInt(label);
        throw new IllegalArgumentException(
                "--class must be one of " + String.join(", ", classes) + " or its number: " + label);
    }
}
