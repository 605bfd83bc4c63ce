package dev.calotype.kind.diffusion;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.kind.diffusion.SamplingSettings.Method;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A class of schedulers of diffusers whose process is a chain of betas, with what it takes where its config says nothing.
 *
 * @param method what it is here; null for none
 */
record SchedulerClass(String name, Method method) {
    private static final String DDPM = "DDPMScheduler", DDIM = "DDIMScheduler", PNDM = "PNDMScheduler";
    private static final String HEUN = "HeunDiscreteScheduler", LCM = "LCMScheduler", TCD = "TCDScheduler";
    static final String UNCLIP = "UnCLIPScheduler"; // of Karlo and priors, with defaults of its own
    private static final String DDPM_PARALLEL = "DDPMParallelScheduler", DDIM_PARALLEL = "DDIMParallelScheduler";
    private static final String KDPM2 = "KDPM2DiscreteScheduler", KDPM2_ANCESTRAL = "KDPM2AncestralDiscreteScheduler";
    private static final String DPM_SDE = "DPMSolverSDEScheduler";

    private static final String DPM = "DPMSolverMultistepScheduler", UNIPC = "UniPCMultistepScheduler";
    private static final String EULER = "EulerDiscreteScheduler", EULER_ANCESTRAL = "EulerAncestralDiscreteScheduler";
    private static final String DPM_SINGLE = "DPMSolverSinglestepScheduler", DEIS = "DEISMultistepScheduler";
    private static final String LMS = "LMSDiscreteScheduler", SA = "SASolverScheduler";

    private static final Map<String, Method> METHODS = Map.of(
            PNDM,
            Method.PLMS,
            DDPM,
            Method.ANCESTRAL,
            DDIM,
            Method.DDIM,
            DPM,
            Method.DPM_SOLVER,
            HEUN,
            Method.HEUN,
            EULER,
            Method.EULER,
            EULER_ANCESTRAL,
            Method.EULER_ANCESTRAL,
            UNIPC,
            Method.UNI_PC,
            LCM,
            Method.LCM,
            UNCLIP,
            Method.ANCESTRAL);

    /** Those that are not here, though their chain is. */
    private static final Set<String> OTHERS =
            Set.of(DDPM_PARALLEL, DDIM_PARALLEL, KDPM2, KDPM2_ANCESTRAL, DPM_SDE, TCD, DEIS, DPM_SINGLE, LMS, SA);

    private static final Set<String> CLIPS = Set.of(DDPM, DDIM, UNCLIP, DDPM_PARALLEL, DDIM_PARALLEL);
    private static final Set<String> LEADING = Set.of(DDPM, DDIM, DDPM_PARALLEL, DDIM_PARALLEL, PNDM, LCM, TCD);
    private static final Set<String> SPREADS =
            Set.of(DPM, DPM_SINGLE, DPM_SDE, DEIS, SA, UNIPC, EULER, HEUN, LMS, KDPM2, KDPM2_ANCESTRAL);

    /** Settings that act with these classes alone, as those of diffusers 0.42.1 have it. */
    private static final Map<String, Set<String>> ACTS_WITH = Map.of(
            "thresholding",
            Set.of(DDPM, DDIM, DDPM_PARALLEL, DDIM_PARALLEL, LCM, DPM, DPM_SINGLE, DEIS, SA, UNIPC),
            "clip_sample",
            Set.of(DDPM, DDIM, UNCLIP, DDPM_PARALLEL, DDIM_PARALLEL, HEUN, LCM),
            "rescale_betas_zero_snr",
            Set.of(DDPM, DDIM, DDPM_PARALLEL, DDIM_PARALLEL, LCM, TCD, DPM, UNIPC, EULER, EULER_ANCESTRAL),
            "final_sigmas_type",
            Set.of(DPM, DPM_SINGLE, UNIPC, EULER),
            "set_alpha_to_one",
            Set.of(DDIM, DDIM_PARALLEL, PNDM, LCM, TCD),
            "use_karras_sigmas",
            SPREADS,
            "use_exponential_sigmas",
            SPREADS,
            "use_beta_sigmas",
            SPREADS);

    /** What a class without the setting does. */
    private static final Set<String> USUAL = Set.of("linspace", "zero");

    /** Settings that act with all classes but these. */
    private static final Map<String, Set<String>> ACTS_NOT_WITH =
            Map.of("timestep_spacing", Set.of(UNCLIP, DPM_SINGLE), "steps_offset", Set.of(UNCLIP, DPM_SINGLE));

    /** Those with the betas of Stable Diffusion. */
    private static final Set<String> LATENT = Set.of(HEUN, LCM, TCD, KDPM2, KDPM2_ANCESTRAL, DPM_SDE);

    /**
     * The class of a name.
     *
     * @param said null for that of old configs, which name none
     * @param ddim whether the pipeline makes a DDIMScheduler of any other
     * @throws IOException if its process is no chain of betas, or it is not known
     */
    static SchedulerClass of(String said, boolean ddim) throws IOException {
        String name = ddim ? DDIM : said == null ? DDPM : said;
        if (METHODS.containsKey(name) || OTHERS.contains(name)) return new SchedulerClass(name, METHODS.get(name));
        Set<String> known = new TreeSet<>(METHODS.keySet());
        known.addAll(OTHERS);
        throw DiffusersScheduler.unknown("_class_name", "one of " + String.join(", ", known), name);
    }

    boolean isUnclip() {
        return name.equals(UNCLIP);
    }

    boolean endsAtFirstStep() {
        return name.equals(PNDM);
    }

    /**
     * What of a config acts: files keep what another class left there, which diffusers passes over.
     *
     * @param notes gets what would have changed pictures, a sentence each
     */
    JsonNode acting(JsonNode json, List<String> notes) {
        ObjectNode acting = JsonNodeFactory.instance.objectNode();
        for (var e : json.properties()) {
            JsonNode value = e.getValue();
            if (acts(e.getKey())) acting.set(e.getKey(), value);
            else if (value.isBoolean() ? value.booleanValue() : value.isTextual() && !USUAL.contains(value.asText()))
                notes.add(e.getKey() + " " + value.asText() + " is without effect: " + name + " has none.");
        }
        return acting;
    }

    private boolean acts(String setting) {
        Set<String> with = ACTS_WITH.get(setting);
        return (with == null || with.contains(name))
                && !ACTS_NOT_WITH.getOrDefault(setting, Set.of()).contains(name);
    }

    /** Whether predictions are clipped where a config does not say it. */
    boolean clips() {
        return CLIPS.contains(name);
    }

    /** How steps are spaced where a config does not say it. */
    String spacing() {
        return LEADING.contains(name) ? "leading" : "linspace";
    }

    String betas() {
        if (isUnclip()) return "squaredcos_cap_v2";
        return name.equals(LCM) || name.equals(TCD) ? "scaled_linear" : "linear";
    }

    double firstBeta() {
        return LATENT.contains(name) ? 0.00085 : 0.0001;
    }

    double lastBeta() {
        return LATENT.contains(name) ? 0.012 : 0.02;
    }
}
