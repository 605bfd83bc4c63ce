package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.experiment.GenerativeExperiment;
import dev.calotype.experiment.Request;
import dev.calotype.experiment.Sampling;
import dev.calotype.experiment.offer.OptimizesSteps;
import dev.calotype.io.OutputFile;
import dev.calotype.run.Amendment;
import dev.calotype.run.RunDirectory;
import dev.calotype.run.TrainedFile;
import dev.calotype.settings.Check;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Searches the steps at which a model is drawn best in few of them. */
@Command(
        name = "optimize",
        mixinStandardHelpOptions = true,
        description = {
            "Search, for a trained diffusion model, the noise levels that a sampler should visit when it takes few steps (Chen et al. 2024).",
            "They are written into the run and its last checkpoint. Whatever draws with it takes them from then on where sampler and number of"
                    + " steps are those, and says so; --spacing usual goes without."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype optimize runs/quickstart-001",
            "  calotype sample runs/quickstart-001 --sampler unipc --steps 6 --out six.png",
            "  calotype optimize runs/quickstart-001 --sampler unipc",
            "  calotype optimize length-7.safetensors --out faster.safetensors"
        })
final class OptimizeCommand extends EngineCommand {
    private static final int MOST = 64;

    @Parameters(paramLabel = "RUN", description = "A run directory or a checkpoint file.")
    private Path run;

    @Option(names = "--sampler", paramLabel = "NAME", description = "dpm++ or unipc; default that of the recipe.")
    private String sampler;

    @Option(
            names = "--steps",
            paramLabel = "K,K",
            split = ",",
            description = "Numbers of steps, 2..64 each; default 4,5,6.")
    private List<Integer> steps = List.of(4, 5, 6);

    @Option(
            names = "--guidance",
            paramLabel = "W",
            description = "Weight of classifier-free guidance that they are searched with; default that of the recipe.")
    private Double guidance;

    @Option(
            names = "-n",
            paramLabel = "N",
            description = "Images that are looked at, 1..1000, in 64 steps each; default ${DEFAULT-VALUE}.")
    private int images = 32;

    @Option(names = "--seed", paramLabel = "S", description = "Which ones; default ${DEFAULT-VALUE}.")
    private long seed = 0;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "A new checkpoint file for the result, in place of the run; required for a checkpoint file.")
    private Path out;

    @Mixin
    private ComputeOptions compute;

    /** What was found. */
    record Optimized(String out, List<String> sampling) {
        @Override
        public String toString() {
            return out;
        }
    }

    @Override
    protected Object execute(Console console) throws Exception {
        for (int count : steps) Check.range("steps", count, 2, MOST);
        Check.range("n", images, 1, 1000);
        if (out != null) OutputFile.requireNew(out);
        else if (Files.isRegularFile(run))
            throw new IllegalArgumentException(run + " is a file: --out must name a new one");
        GenerativeExperiment experiment = TrainedFile.generative(run);
        for (int count : steps) experiment.sampling(asked(count)); // or it says what is wrong
        Sampling how = experiment.sampling(asked(steps.get(0)));
        GenerativeExperiment found;
        try (OptimizesSteps model = TrainedFile.open(run, OptimizesSteps.CAPABILITY, compute.placement(console))) {
            found = model.optimized(new Request(how, seed, Request.ANY), steps, images, console);
        }
        if (out == null) Amendment.write(RunDirectory.open(run), found);
        else Amendment.write(run, found, out);
        List<String> drawn = steps.stream()
                .map(count -> found.sampling(asked(count)).toString())
                .toList();
        drawn.forEach(sampling -> console.say("%s", sampling));
        return new Optimized((out == null ? run : out).toString(), drawn);
    }

    private Map<String, String> asked(int count) {
        Map<String, String> asked = new LinkedHashMap<>(Map.of("steps", String.valueOf(count)));
        if (sampler != null) asked.put("sampler", sampler);
        if (guidance != null) asked.put("guidance", guidance.toString());
        return asked;
    }
}
