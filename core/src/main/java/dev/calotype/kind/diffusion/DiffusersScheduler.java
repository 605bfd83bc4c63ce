package dev.calotype.kind.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.Parameterization;
import dev.calotype.diffusion.Variance;
import dev.calotype.kind.diffusion.ProcessSettings.Schedule;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import dev.calotype.sampling.Levels;
import dev.calotype.sampling.Timetable;
import dev.calotype.settings.Kebab;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A {@code scheduler_config.json} of diffusers as the process and the sampling of a recipe, with the defaults of its class.
 *
 * @param process keys of {@code process}
 * @param sampling keys of {@code sampling}
 * @param notes what is not honoured, a sentence each
 */
public record DiffusersScheduler(ObjectNode process, ObjectNode sampling, List<String> notes) {
    private static final Map<String, Schedule> SCHEDULES = Map.of(
            "linear", Schedule.LINEAR,
            "scaled_linear", Schedule.SCALED_LINEAR,
            "squaredcos_cap_v2", Schedule.COSINE,
            "sigmoid", Schedule.SIGMOID);
    private static final Map<String, Parameterization> PREDICTIONS = Map.of(
            "epsilon", Parameterization.EPSILON,
            "sample", Parameterization.CLEAN,
            "v_prediction", Parameterization.VELOCITY);

    private static final Map<String, Levels> SPREAD = Map.of(
            "use_karras_sigmas", Levels.KARRAS,
            "use_exponential_sigmas", Levels.EXPONENTIAL,
            "use_beta_sigmas", Levels.BETA);
    private static final Set<Method> BY_STEPS =
            Set.of(Method.ANCESTRAL, Method.DDIM, Method.EULER_ANCESTRAL, Method.PLMS, Method.LCM);

    /** Settings that are right at one value alone, the one that diffusers has where nothing is said. */
    private static final Map<String, Set<String>> FIXED = Map.ofEntries(
            Map.entry("solver_order", Set.of("2")),
            Map.entry("solver_type", Set.of("midpoint", "bh2")),
            Map.entry("lower_order_final", Set.of("true")),
            Map.entry("euler_at_final", Set.of("false", "true")), // the last step is of first order either way
            Map.entry("use_lu_lambdas", Set.of("false")),
            Map.entry("use_flow_sigmas", Set.of("false")),
            Map.entry("flow_shift", Set.of("1.0", "1")),
            Map.entry("lambda_min_clipped", Set.of("-Infinity")),
            Map.entry("interpolation_type", Set.of("linear")),
            Map.entry("timestep_type", Set.of("discrete")),
            Map.entry("predict_x0", Set.of("true")),
            Map.entry("disable_corrector", Set.of("[]")),
            Map.entry("use_dynamic_shifting", Set.of("false")),
            Map.entry("timestep_scaling", Set.of("10.0", "10")),
            Map.entry("time_shift_type", Set.of("exponential")));

    /** Settings that are read, or that say nothing. */
    private static final Set<String> READ = Set.of(
            "num_train_timesteps",
            "beta_start",
            "beta_end",
            "beta_schedule",
            "trained_betas",
            "variance_type",
            "clip_sample",
            "clip_sample_range",
            "prediction_type",
            "thresholding",
            "dynamic_thresholding_ratio",
            "sample_max_value",
            "timestep_spacing",
            "steps_offset",
            "original_inference_steps",
            "rescale_betas_zero_snr",
            "set_alpha_to_one",
            "final_sigmas_type",
            "algorithm_type",
            "skip_prk_steps",
            "use_karras_sigmas",
            "use_exponential_sigmas",
            "use_beta_sigmas");

    /**
     * Reads a config.
     *
     * @param ddim whether the pipeline makes a DDIMScheduler of any other
     * @throws IOException if the process is none of ours, in one sentence with the setting and its value
     */
    public static DiffusersScheduler read(JsonNode config, boolean ddim) throws IOException {
        List<String> notes = new ArrayList<>();
        SchedulerClass type = SchedulerClass.of(name(config), ddim);
        JsonNode json = type.acting(config, notes);
        Method method = method(json, type, notes);
        boolean plms = method == Method.PLMS;
        boolean lcm = method == Method.LCM;
        boolean stepwise = method == Method.ANCESTRAL || method == Method.DDIM || plms || lcm;
        int steps = json.path("num_train_timesteps").asInt(1000);
        ObjectNode process = process(json, type, steps);
        ObjectNode sampling = JsonNodeFactory.instance.objectNode();
        sampling.put("method", Kebab.of(method));
        boolean unclip = type.isUnclip();
        int usual = method == Method.ANCESTRAL && !unclip ? 1000 : lcm ? 4 : stepwise && !unclip ? 50 : 25;
        sampling.put("steps", Math.min(steps, usual));
        String spacing = json.path("timestep_spacing").asText(type.spacing());
        if (!Set.of("leading", "linspace", "trailing").contains(spacing))
            throw unknown("timestep_spacing", "leading, linspace or trailing", spacing);
        boolean first =
                !json.path("set_alpha_to_one").asBoolean(!type.endsAtFirstStep()) && (method == Method.DDIM || plms)
                        || json.path("final_sigmas_type").asText().equals("sigma_min") && !stepwise;
        int offset = json.path("steps_offset").asInt(0);
        sampling.putObject("timetable")
                .put("spacing", spacing)
                .put("offset", spacing.equals("leading") ? offset : 0)
                .put("end", first ? "first-step" : "clean")
                .put("levels", Kebab.of(levels(json, method, notes)))
                .put("teacher", json.path("original_inference_steps").asInt(50));
        sampling.set("clip", clip(json, type));
        notes(json, notes);
        return new DiffusersScheduler(process, sampling, notes);
    }

    /** Whether it is a scheduler that visits two steps at least, the first and the last among them. */
    public static boolean isUnclip(JsonNode json) {
        return SchedulerClass.UNCLIP.equals(name(json));
    }

    private static String name(JsonNode json) {
        return json.path("_class_name").textValue();
    }

    private static Method method(JsonNode json, SchedulerClass type, List<String> notes) {
        Method method = type.method();
        if (method == Method.DPM_SOLVER) {
            String algorithm = json.path("algorithm_type").asText("dpmsolver++");
            if (algorithm.equals("sde-dpmsolver++")) return Method.DPM_SOLVER_SDE;
            if (!algorithm.equals("dpmsolver++"))
                notes.add("algorithm_type " + algorithm + " is not honoured: dpmsolver++ is taken instead.");
        }
        if (method == Method.PLMS && json.path("prediction_type").asText().equals("v_prediction")) {
            notes.add("PNDMScheduler with v_prediction is not honoured: its process is, drawn by DDIM.");
            return Method.DDIM;
        }
        if (method == Method.PLMS && !json.path("skip_prk_steps").asBoolean(false))
            notes.add("skip_prk_steps false is not honoured: the first steps are of lower order, not of Runge-Kutta.");
        if (method != null) return method;
        notes.add("The scheduler " + type.name() + " is not honoured: its process is, drawn by DDIM.");
        return Method.DDIM;
    }

    private static ObjectNode process(JsonNode json, SchedulerClass type, int steps) throws IOException {
        ObjectNode process = JsonNodeFactory.instance.objectNode();
        process.put("steps", steps);
        JsonNode betas = json.path("trained_betas");
        boolean table = betas.isArray();
        String name = json.path("beta_schedule").asText(type.betas());
        Schedule schedule = table ? Schedule.TABLE : SCHEDULES.get(name);
        if (schedule == null)
            throw unknown("beta_schedule", "linear, scaled_linear, squaredcos_cap_v2 or sigmoid", name);
        boolean zero = json.path("rescale_betas_zero_snr").asBoolean(false);
        process.put("schedule", Kebab.of(schedule) + (zero ? "-zero-snr" : ""));
        double scale = steps / 1000.0; // betas are given for 1000 steps
        ObjectNode inner = process.putObject("betas");
        if (table) inner.set("table", betas);
        else if (schedule != Schedule.COSINE)
            inner.put("from", scale * json.path("beta_start").asDouble(type.firstBeta()))
                    .put("to", scale * json.path("beta_end").asDouble(type.lastBeta()));
        process.put("told", steps == 1000 ? "thousandths" : "steps");
        String prediction = json.path("prediction_type").asText("epsilon");
        if (!PREDICTIONS.containsKey(prediction))
            throw unknown("prediction_type", "epsilon, sample or v_prediction", prediction);
        process.put("parameterization", Kebab.of(PREDICTIONS.get(prediction)));
        process.put("variance", Kebab.of(variance(json)));
        process.put("loss", variance(json) == Variance.LEARNED_RANGE ? "hybrid" : "simple");
        return process;
    }

    private static Variance variance(JsonNode json) throws IOException {
        JsonNode type = json.path("variance_type");
        return switch (type.isTextual() ? type.asText() : "fixed_small") {
            case "fixed_small", "fixed_small_log" -> Variance.FIXED_SMALL;
            case "fixed_large", "fixed_large_log" -> Variance.FIXED_LARGE;
            case "learned_range" -> Variance.LEARNED_RANGE;
            default -> throw unknown("variance_type", "fixed_small, fixed_large or learned_range", type.asText());
        };
    }

    /** How the levels are spread, which samplers that go by steps do not ask. */
    private static Levels levels(JsonNode json, Method method, List<String> notes) {
        Levels found = Levels.SPACED;
        for (var spread : SPREAD.entrySet()) {
            if (!json.path(spread.getKey()).asBoolean(false)) continue;
            if (BY_STEPS.contains(method))
                notes.add(spread.getKey() + " is not honoured: " + Kebab.of(method) + " goes by steps.");
            else found = spread.getValue();
        }
        return found;
    }

    private static ObjectNode clip(JsonNode json, SchedulerClass type) {
        ObjectNode clip = JsonNodeFactory.instance.objectNode();
        if (json.path("thresholding").asBoolean(false))
            return clip.put("kind", "dynamic")
                    .put("bound", json.path("sample_max_value").asDouble(1))
                    .put("quantile", json.path("dynamic_thresholding_ratio").asDouble(0.995));
        boolean clips = json.path("clip_sample").asBoolean(type.clips());
        return clip.put("kind", clips ? "clamp" : "none")
                .put("bound", clips ? json.path("clip_sample_range").asDouble(1) : 1);
    }

    private static void notes(JsonNode json, List<String> notes) {
        Set<String> unknown = new TreeSet<>();
        for (var e : json.properties()) {
            String name = e.getKey();
            JsonNode value = e.getValue();
            Set<String> allowed = FIXED.get(name);
            if (name.startsWith("_") || READ.contains(name) || value.isNull()) continue;
            if (allowed == null) unknown.add(name);
            else if (!allowed.contains(value.isContainerNode() ? value.toString() : value.asText()))
                notes.add(name + " " + value + " is not honoured.");
        }
        if (!unknown.isEmpty()) notes.add("Settings of the scheduler that are not known here: " + unknown + ".");
    }

    static IOException unknown(String name, String allowed, String value) {
        return new IOException("scheduler_config.json: " + name + " must be " + allowed + ": " + value);
    }

    /**
     * The config of a scheduler of diffusers that draws as the experiment does.
     *
     * @param notes gets what cannot be said there
     * @throws IllegalArgumentException if diffusers has no such process
     */
    static ObjectNode json(DiffusionExperiment experiment, List<String> notes) {
        ProcessSettings process = experiment.process();
        if (process.steps() != 1000 && process.told() == ProcessSettings.Told.THOUSANDTHS)
            throw new IllegalArgumentException(
                    "diffusers tells a network the step itself, this one was told thousandths:"
                            + " process.steps must be 1000: " + process.steps());
        SamplingSettings sampling = drawn(experiment, notes);
        boolean ancestral = sampling.method() == Method.ANCESTRAL;
        int steps = ancestral ? 1000 : 50;
        if (sampling.steps() != steps)
            notes.add("The pipeline takes " + steps + " steps unless it is told: pass num_inference_steps="
                    + sampling.steps() + " when you call it.");
        if (sampling.eta() != 0)
            notes.add("sampling.eta " + sampling.eta() + " stands in no config of diffusers: pass eta=" + sampling.eta()
                    + " when you call the pipeline.");
        if (!sampling.optimized().isEmpty())
            notes.add(
                    "sampling.optimized stands in no config of diffusers: the pipeline takes the steps of its scheduler.");
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("_class_name", ancestral ? "DDPMScheduler" : "DDIMScheduler").put("_diffusers_version", "0.42.1");
        json.put("num_train_timesteps", process.steps());
        betas(json, process);
        json.put("prediction_type", key(PREDICTIONS, process.parameterization()));
        timetable(json, sampling, ancestral, notes);
        Clip clip = sampling.clip();
        json.put("clip_sample", clip.kind() == Clip.Kind.CLAMP)
                .put("clip_sample_range", clip.kind() == Clip.Kind.CLAMP ? clip.bound() : 1.0)
                .put("thresholding", clip.kind() == Clip.Kind.DYNAMIC)
                .put("dynamic_thresholding_ratio", clip.quantile())
                .put("sample_max_value", clip.kind() == Clip.Kind.DYNAMIC ? clip.bound() : 1.0);
        if (ancestral) json.put("variance_type", variance(process.variance()));
        else json.put("set_alpha_to_one", sampling.timetable().end() == Timetable.End.CLEAN);
        return json;
    }

    /** As the unconditional pipelines of diffusers can draw it. */
    private static SamplingSettings drawn(DiffusionExperiment experiment, List<String> notes) {
        SamplingSettings own = experiment.sampling();
        Method method = own.method();
        boolean learned = experiment.process().variance() == Variance.LEARNED_RANGE;
        if (method == Method.ANCESTRAL || method == Method.DDIM && !learned) return own;
        notes.add(
                learned
                        ? "The pipeline draws by DDPM, with fresh noise in each step, not by " + Kebab.of(method)
                                + ": no other pipeline of diffusers takes the variance that the network has learned;"
                                + " `sampler` ancestral draws here what the pipeline draws there."
                        : "The pipeline draws by DDIM, not by " + Kebab.of(method)
                                + ", which no unconditional pipeline of diffusers takes.");
        return own.with(
                Map.of("sampler", learned ? "ancestral" : "ddim"),
                experiment.process().steps());
    }

    private static String variance(Variance variance) {
        return switch (variance) {
            case FIXED_SMALL -> "fixed_small";
            case FIXED_LARGE -> "fixed_large";
            case LEARNED_RANGE -> "learned_range";
        };
    }

    private static void betas(ObjectNode json, ProcessSettings process) {
        String kebab = Kebab.of(process.schedule());
        boolean zero = kebab.endsWith("-zero-snr");
        Schedule plain = Schedule.valueOf(process.schedule().name().replace("_ZERO_SNR", ""));
        double scale = 1000.0 / process.steps();
        json.put("rescale_betas_zero_snr", zero)
                .put("beta_schedule", plain == Schedule.TABLE ? "linear" : key(SCHEDULES, plain))
                .put("beta_start", scale * process.betas().from())
                .put("beta_end", scale * process.betas().to());
        if (plain != Schedule.TABLE) {
            json.putNull("trained_betas");
            return;
        }
        ArrayNode table = json.putArray("trained_betas");
        process.betas().table().forEach(table::add);
    }

    private static void timetable(ObjectNode json, SamplingSettings sampling, boolean ancestral, List<String> notes) {
        Timetable table = sampling.timetable();
        if (table.spacing() != Timetable.Spacing.USUAL) {
            json.put("timestep_spacing", Kebab.of(table.spacing())).put("steps_offset", table.offset());
            return;
        }
        json.put("timestep_spacing", ancestral ? "linspace" : "trailing").put("steps_offset", 0);
        if (!ancestral)
            notes.add(
                    "diffusers' DDIM spaces its steps otherwise; `sampler` ddim with `spacing` trailing draws here what"
                            + " the pipeline draws there.");
    }

    private static <T> String key(Map<String, T> names, T value) {
        return names.entrySet().stream()
                .filter(e -> e.getValue() == value)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "diffusers has no " + value + " here, only " + new TreeSet<>(names.keySet())));
    }
}
