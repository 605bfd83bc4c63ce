package dev.calotype.app;

import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.SamplingSettings;
import dev.calotype.experiment.SamplingSettings.Method;
import dev.calotype.kind.diffusion.DiffusionExperiment;
import dev.calotype.kind.diffusion.DiffusionModel;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How images are drawn; what is not given comes from the recipe of the run. */
final class SamplingOptions {
    /** The names people know the samplers by. */
    private static final class MethodNames implements ITypeConverter<Method> {
        @Override
        public Method convert(String name) {
            return switch (name) {
                case "ddim" -> Method.DDIM;
                case "dpm++", "dpm-solver" -> Method.DPM_SOLVER;
                case "heun" -> Method.HEUN;
                case "ancestral", "ddpm" -> Method.ANCESTRAL;
                default ->
                    throw new TypeConversionException("the sampler must be ddim, dpm++, heun or ancestral: " + name);
            };
        }
    }

    private static final int ANCESTRAL_STEPS = 250;

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            converter = MethodNames.class,
            description = "ddim, dpm++, heun or ancestral.")
    private Method method;

    @Option(
            names = "--steps",
            paramLabel = "K",
            description = "Noise levels visited; 10 to 50 do for all but ancestral.")
    private Integer steps;

    @Option(names = "--eta", description = "Fresh noise of ddim: 0 none, 1 as much as ancestral.")
    private Double eta;

    @Option(names = "--guidance", paramLabel = "W", description = "Weight of classifier-free guidance; 1 for none.")
    private Double guidance;

    @Option(
            names = "--class",
            paramLabel = "C",
            description = "Name or number of the class; default all in turn, and for interpolate the first.")
    private String label;

    /** Whether any was given. */
    boolean given() {
        return method != null || steps != null || eta != null || guidance != null || label != null;
    }

    DiffusionModel.Request request(GenerativeExperiment experiment, long seed) {
        SamplingSettings sampling =
                experiment instanceof DiffusionExperiment diffusion ? sampling(diffusion) : sampling(experiment);
        return new DiffusionModel.Request(
                sampling, seed, label(experiment.condition().classes()));
    }

    private SamplingSettings sampling(GenerativeExperiment atOnce) {
        if (method != null || steps != null || eta != null || guidance != null)
            throw new IllegalArgumentException(
                    "--sampler, --steps, --eta and --guidance are of diffusion models; " + atOnce.name() + " is a gan");
        return atOnce.sampling();
    }

    private SamplingSettings sampling(DiffusionExperiment experiment) {
        SamplingSettings usual = experiment.sampling();
        Method used = method == null ? usual.method() : method;
        if (eta != null && used != Method.DDIM)
            throw new IllegalArgumentException("--eta is of the sampler ddim: " + eta);
        if (guidance != null && !experiment.labelled())
            throw new IllegalArgumentException(
                    "--guidance needs a model with classes, which " + experiment.name() + " has not: " + guidance);
        return new SamplingSettings(
                method == null ? usual.method() : method,
                steps == null ? steps(experiment) : steps,
                eta == null ? usual.eta() : eta,
                guidance == null ? usual.guidance() : guidance);
    }

    /** Those of the recipe; ancestral sampling, where the recipe has another sampler, wants many more. */
    private int steps(DiffusionExperiment experiment) {
        SamplingSettings usual = experiment.sampling();
        boolean many = method == Method.ANCESTRAL && usual.method() != Method.ANCESTRAL;
        return many ? Math.min(ANCESTRAL_STEPS, experiment.process().steps()) : usual.steps();
    }

    private int label(List<String> classes) {
        if (label == null) return DiffusionModel.ANY;
        if (classes.isEmpty()) throw new IllegalArgumentException("this model has no classes: --class " + label);
        int index = classes.indexOf(label);
        if (index >= 0) return index;
        if (label.matches("\\d{1,6}") && Integer.parseInt(label) < classes.size()) return Integer.parseInt(label);
        throw new IllegalArgumentException(
                "--class must be one of " + String.join(", ", classes) + " or its number: " + label);
    }
}
