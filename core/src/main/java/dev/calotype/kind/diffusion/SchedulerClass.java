package dev.calotype.kind.diffusion;

import dev.calotype.kind.diffusion.SamplingSettings.Method;
import java.io.IOException;
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

    private static final Map<String, Method> METHODS = Map.of(
            PNDM,
            Method.PLMS,
            DDPM,
            Method.ANCESTRAL,
            DDIM,
            Method.DDIM,
            "DPMSolverMultistepScheduler",
            Method.DPM_SOLVER,
            HEUN,
            Method.HEUN,
            "EulerDiscreteScheduler",
            Method.EULER,
            "EulerAncestralDiscreteScheduler",
            Method.EULER_ANCESTRAL,
            "UniPCMultistepScheduler",
            Method.UNI_PC,
            LCM,
            Method.LCM,
            UNCLIP,
            Method.ANCESTRAL);

    /** Those that are not here, though their chain is. */
    private static final Set<String> OTHERS = Set.of(
            DDPM_PARALLEL,
            DDIM_PARALLEL,
            KDPM2,
            KDPM2_ANCESTRAL,
            DPM_SDE,
            TCD,
            "DEISMultistepScheduler",
            "DPMSolverSinglestepScheduler",
            "LMSDiscreteScheduler",
            "SASolverScheduler");

    private static final Set<String> CLIPS = Set.of(DDPM, DDIM, UNCLIP, DDPM_PARALLEL, DDIM_PARALLEL);
    private static final Set<String> CLIPS_IF_TOLD = Set.of(HEUN, LCM);

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

    /** Whether predictions are clipped, where its config says it or nothing: most classes pass over what others left there. */
    boolean clips(Boolean said) {
        boolean usual = CLIPS.contains(name);
        return said == null || !(usual || CLIPS_IF_TOLD.contains(name)) ? usual : said;
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
