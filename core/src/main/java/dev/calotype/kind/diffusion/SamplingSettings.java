package dev.calotype.kind.diffusion;

import dev.calotype.diffusion.Clip;
import dev.calotype.diffusion.GaussianDiffusion;
import dev.calotype.diffusion.NoiseSchedule;
import dev.calotype.experiment.Sampling;
import dev.calotype.sampling.Ancestral;
import dev.calotype.sampling.Ddim;
import dev.calotype.sampling.DpmSolver;
import dev.calotype.sampling.Euler;
import dev.calotype.sampling.Grid;
import dev.calotype.sampling.Heun;
import dev.calotype.sampling.HeunWalk;
import dev.calotype.sampling.Lcm;
import dev.calotype.sampling.Levels;
import dev.calotype.sampling.Multistep;
import dev.calotype.sampling.Multistep.Equation;
import dev.calotype.sampling.Plms;
import dev.calotype.sampling.Sampler;
import dev.calotype.sampling.StepwiseSampler;
import dev.calotype.sampling.Timetable;
import dev.calotype.sampling.Timetable.Spacing;
import dev.calotype.sampling.UniPc;
import dev.calotype.sampling.Walk;
import dev.calotype.settings.Check;
import dev.calotype.settings.Kebab;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How images are drawn from a trained model.
 *
 * @param steps levels that the sampler visits, at least 1 (of the solvers 2) and at most those of the process
 * @param eta fresh noise of DDIM: 0 none, 1 as much as ancestral sampling
 * @param guidance weight of classifier-free guidance; 1 for none
 * @param timetable which time steps are visited; the usual one is the sampler's own, others are those of diffusers' schedulers
 * @param clip what is done to predicted pixels; latents are left alone
 * @param optimized levels that take the place of the usual ones of their method in as many steps
 */
public record SamplingSettings(
        Method method,
        int steps,
        double eta,
        double guidance,
        Timetable timetable,
        Clip clip,
        List<OptimizedSteps> optimized)
        implements Sampling {
    private static final List<String> NAMES = List.of("sampler", "steps", "eta", "guidance", "spacing");
    private static final Set<Levels> SPREAD = EnumSet.complementOf(EnumSet.of(Levels.SPACED));
    private static final int ANCESTRAL_STEPS = 250, LCM_STEPS = 4;

    /** The samplers by the names that recipes use. */
    public enum Method {
        ANCESTRAL,
        DDIM,
        /** DPM-Solver++(2M). */
        DPM_SOLVER,
        /** DPM-Solver++(2M) of the reverse diffusion, which adds noise on the way. */
        DPM_SOLVER_SDE,
        /** Heun's method on the grid of EDM; two calls per step. */
        HEUN,
        EULER,
        /** Euler's method, with as much fresh noise as ancestral sampling has. */
        EULER_ANCESTRAL,
        /** UniPC of second order. */
        UNI_PC,
        /** The linear multi-step method of the pseudo-numerical ones; one call more than there are steps. */
        PLMS,
        /** That of latent consistency models, which are distilled for it: 1 to 8 steps. */
        LCM
    }

    private static final Set<Method> TO_FIRST_STEP = Set.of(Method.DDIM, Method.PLMS);
    private static final Timetable PNDM = new Timetable(Spacing.LEADING, 0, Timetable.End.FIRST_STEP);
    private static final Set<Method> BY_STEPS = Set.of(Method.ANCESTRAL, Method.DDIM, Method.PLMS, Method.LCM);
    private static final Set<Method> RANDOM =
            Set.of(Method.ANCESTRAL, Method.DPM_SOLVER_SDE, Method.EULER_ANCESTRAL, Method.LCM);

    /** As the samplers have it by themselves: their own time steps, pixels clipped to their range. */
    public SamplingSettings(Method method, int steps, double eta, double guidance) {
        this(method, steps, eta, guidance, Timetable.USUAL, Clip.PIXELS);
    }

    /** Without steps that were optimized. */
    public SamplingSettings(Method method, int steps, double eta, double guidance, Timetable timetable, Clip clip) {
        this(method, steps, eta, guidance, timetable, clip, List.of());
    }

    public SamplingSettings {
        optimized = List.copyOf(optimized);
        for (OptimizedSteps one : optimized)
            Check.that(
                    optimized.stream()
                                    .filter(other -> other.isOf(
                                            one.method(), one.sigmas().size()))
                                    .count()
                            == 1,
                    "sampling.optimized must have each number of steps of a method once",
                    Kebab.of(one.method()) + " in " + one.sigmas().size());
        Check.range("steps", steps, 1, 100_000);
        Check.range("eta", eta, 0, 1);
        Check.range("guidance", guidance, 0, 100);
        Check.that(
                method != Method.PLMS || timetable.spacing() != Spacing.USUAL,
                "spacing must be leading, linspace or trailing with plms, which has no time steps of its own",
                Kebab.of(timetable.spacing()));
    }

    @Override
    public boolean isDeterministic() {
        return !RANDOM.contains(method) && (method != Method.DDIM || eta == 0);
    }

    /**
     * These settings with what somebody asks for.
     *
     * @param asked {@code sampler}, {@code steps}, {@code eta}, {@code guidance} and {@code spacing}
     * @param most steps of the process
     */
    public SamplingSettings with(Map<String, String> asked, int most) {
        for (String name : asked.keySet())
            Check.that(NAMES.contains(name), "of a diffusion model these can be asked for: " + NAMES, name);
        Method wanted = asked.containsKey("sampler") ? method(asked.get("sampler")) : method;
        Check.that(
                wanted != Method.LCM || !asked.containsKey("spacing"),
                "the spacing would do nothing with lcm, which visits the steps that its model learned of",
                asked.get("spacing"));
        double fresh = asked.containsKey("eta") ? number("eta", asked.get("eta")) : wanted == Method.DDIM ? eta : 0;
        Check.that(
                wanted == Method.DDIM || fresh == 0 || !asked.containsKey("eta"),
                "eta is of the sampler ddim and must be 0 with another",
                fresh);
        return new SamplingSettings(
                wanted,
                asked.containsKey("steps") ? (int) number("steps", asked.get("steps")) : steps(wanted, most),
                fresh,
                asked.containsKey("guidance") ? number("guidance", asked.get("guidance")) : guidance,
                asked.containsKey("spacing") ? spaced(asked.get("spacing"), wanted) : timetableOf(wanted),
                clip,
                asked.containsKey("spacing") ? List.of() : optimized);
    }

    /** Where nobody says it: another number with samplers that want many more or far fewer. */
    private int steps(Method wanted, int most) {
        if (wanted == method) return steps;
        return switch (wanted) {
            case ANCESTRAL -> Math.min(ANCESTRAL_STEPS, most);
            case LCM -> Math.min(LCM_STEPS, most);
            default -> steps;
        };
    }

    /**
     * The timetable with another sampler: the end at the first step is that of some, and solvers that take their place go on to an image
     * without noise; those that go by steps have no other levels, and plms no steps but those of diffusers.
     */
    private Timetable timetableOf(Method wanted) {
        if (wanted == Method.PLMS && timetable.spacing() == Spacing.USUAL) return PNDM;
        boolean solver = TO_FIRST_STEP.contains(method) && !TO_FIRST_STEP.contains(wanted);
        return new Timetable(
                timetable.spacing(),
                timetable.offset(),
                solver ? Timetable.End.CLEAN : timetable.end(),
                BY_STEPS.contains(wanted) ? Levels.SPACED : timetable.levels(),
                timetable.teacher());
    }

    /** The time steps, or how the levels between the first and the last of them are spread. */
    private Timetable spaced(String name, Method wanted) {
        Timetable.End end = timetableOf(wanted).end();
        for (Spacing spacing : Spacing.values())
            if (Kebab.of(spacing).equals(name))
                return new Timetable(spacing, spacing == Spacing.LEADING ? timetable.offset() : 0, end);
        Spacing spacing = timetable.spacing() == Spacing.USUAL ? Spacing.LINSPACE : timetable.spacing();
        for (Levels levels : SPREAD)
            if (Kebab.of(levels).equals(name)) return new Timetable(spacing, timetable.offset(), end, levels);
        throw new IllegalArgumentException("the spacing must be " + Kebab.list(Spacing.values()) + ", "
                + String.join(", ", SPREAD.stream().map(Kebab::of).toList()) + ": " + name);
    }

    /** The sampler by one of the names that people know it by. */
    private static Method method(String name) {
        return switch (name) {
            case "ddim" -> Method.DDIM;
            case "dpm++", "dpm-solver" -> Method.DPM_SOLVER;
            case "dpm++sde", "dpm-solver-sde" -> Method.DPM_SOLVER_SDE;
            case "heun" -> Method.HEUN;
            case "euler" -> Method.EULER;
            case "euler-ancestral", "euler-a" -> Method.EULER_ANCESTRAL;
            case "unipc", "uni-pc" -> Method.UNI_PC;
            case "plms", "pndm" -> Method.PLMS;
            case "lcm" -> Method.LCM;
            case "ancestral", "ddpm" -> Method.ANCESTRAL;
            default ->
                throw new IllegalArgumentException(
                        "the sampler must be ddim, dpm++, dpm++sde, heun, euler, euler-ancestral, unipc, plms, lcm or ancestral: "
                                + name);
        };
    }

    private static double number(String name, String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " must be a number: " + text, e);
        }
    }

    /** The sampler for a process. */
    public Sampler sampler(GaussianDiffusion process) {
        NoiseSchedule schedule = process.schedule();
        Check.range("the sampler's steps", steps, 1, schedule.steps());
        Optional<OptimizedSteps> found = fitting();
        if (found.isPresent()) return found.get().sampler(schedule);
        if (timetable.spacing() != Spacing.USUAL) return scheduled(process, 0);
        return switch (method) {
            case ANCESTRAL -> new Ancestral(schedule.respaced(steps), process.variance());
            case DDIM -> new Ddim(schedule.respaced(steps), eta);
            case DPM_SOLVER -> new DpmSolver(schedule, steps);
            case DPM_SOLVER_SDE -> new Multistep(Walk.of(schedule, steps, Grid.LOG_SNR), Equation.DIFFUSION);
            case HEUN -> new Heun(schedule, steps);
            case EULER -> new Euler(Walk.of(schedule, steps, Grid.TIME), 0, Clip.NONE);
            case EULER_ANCESTRAL -> new Euler(Walk.of(schedule, steps, Grid.TIME), 1, Clip.NONE);
            case UNI_PC -> new UniPc(Walk.of(schedule, steps, Grid.LOG_SNR));
            case LCM -> scheduled(process, 0);
            case PLMS -> throw new IllegalStateException("plms has no time steps of its own");
        };
    }

    /** The optimized steps of these settings, if there are such. */
    Optional<OptimizedSteps> fitting() {
        return optimized.stream().filter(one -> one.isOf(method, steps)).findFirst();
    }

    /** How a strength shortens the way from a picture. */
    public enum Shortening {
        /** The first of the steps are left out. */
        FEWER_STEPS,
        /** All are taken, of those that the teacher of a distilled model took at so little noise: of {@code lcm} alone. */
        SAME_STEPS
    }

    /**
     * The sampler that goes on from a picture that is noised to its first level, as the image-to-image pipelines of diffusers do.
     *
     * @param strength the part of the way that is taken, 0..1
     * @throws IllegalArgumentException if no step is left, or the time steps are not those of diffusers
     */
    public StepwiseSampler sampler(GaussianDiffusion process, double strength, Shortening shortening) {
        Check.range("strength", strength, 0, 1);
        Check.range("the sampler's steps", steps, 1, process.schedule().steps());
        Check.that(
                method == Method.LCM || timetable.spacing() != Spacing.USUAL,
                "spacing must be leading, linspace or trailing where a picture is given",
                Kebab.of(timetable.spacing()));
        if (method == Method.LCM && shortening == Shortening.SAME_STEPS)
            return new Lcm(timetable.distilled(process.schedule(), steps, strength));
        int taken = Math.min((int) (steps * strength), steps);
        Check.that(taken > 0, "strength times " + steps + " steps must be at least 1 step", strength);
        return scheduled(process, steps - taken);
    }

    /** As the schedulers of diffusers walk, without the first {@code skipped} steps. */
    private StepwiseSampler scheduled(GaussianDiffusion process, int skipped) {
        NoiseSchedule schedule = process.schedule();
        return switch (method) {
            case ANCESTRAL -> {
                int[] points = Arrays.stream(timetable.points(schedule.steps(), steps))
                        .sorted()
                        .toArray();
                yield new Ancestral(
                        schedule.keeping(Arrays.copyOf(points, points.length - skipped)), process.variance());
            }
            case DDIM -> new Euler(timetable.ddim(schedule, steps).after(skipped), eta, clip);
            case DPM_SOLVER -> new Multistep(timetable.solver(schedule, steps).after(skipped), Equation.FLOW);
            case DPM_SOLVER_SDE ->
                new Multistep(timetable.solver(schedule, steps).after(skipped), Equation.DIFFUSION);
            case HEUN -> new HeunWalk(timetable.euler(schedule, steps).after(skipped));
            case EULER -> new Euler(timetable.euler(schedule, steps).after(skipped), 0, Clip.NONE);
            case EULER_ANCESTRAL -> new Euler(timetable.euler(schedule, steps).after(skipped), 1, Clip.NONE);
            case UNI_PC -> new UniPc(timetable.solver(schedule, steps).after(skipped));
            case PLMS -> new Plms(Plms.after(timetable.ddim(schedule, steps), skipped));
            case LCM -> new Lcm(timetable.distilled(schedule, steps, 1).after(skipped));
        };
    }

    /** The same with something else done to what the model predicts. */
    SamplingSettings clippedBy(Clip other) {
        return new SamplingSettings(method, steps, eta, guidance, timetable, other, optimized);
    }

    /** What is done to what the model predicts before the sampler sees it: nothing where the sampler does it itself. */
    public Clip before() {
        boolean own = method == Method.DDIM && timetable.spacing() != Spacing.USUAL;
        return own ? Clip.NONE : clip;
    }

    /** For people and for keys: {@code dpm-solver, 20 steps}, and all that is not as usual. */
    @Override
    public String toString() {
        List<String> said = new ArrayList<>(List.of(Kebab.of(method), steps + (steps == 1 ? " step" : " steps")));
        if (eta != 0) said.add("eta " + eta);
        if (guidance != 1) said.add("guidance " + guidance);
        Optional<OptimizedSteps> found = fitting();
        if (found.isPresent())
            said.add("spacing optimized "
                    + Integer.toHexString(found.get().sigmas().hashCode()));
        else if (!timetable.equals(Timetable.USUAL)) said.add(spacing());
        if (!clip.equals(Clip.PIXELS)) said.add(clipping());
        return String.join(", ", said);
    }

    private String spacing() {
        if (method == Method.LCM) return "of " + timetable.teacher() + " steps";
        return "spacing " + Kebab.of(timetable.spacing())
                + (timetable.offset() == 0 ? "" : " + " + timetable.offset())
                + (timetable.levels() == Levels.SPACED ? "" : " " + Kebab.of(timetable.levels()))
                + (timetable.end() == Timetable.End.CLEAN ? "" : " to the first step");
    }

    private String clipping() {
        return "clip " + Kebab.of(clip.kind())
                + switch (clip.kind()) {
                    case NONE -> "";
                    case CLAMP -> " " + clip.bound();
                    case DYNAMIC -> " " + clip.quantile() + " up to " + clip.bound();
                };
    }
}
