package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.option.ComputeOptions;
import dev.calotype.data.ImageDataset;
import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DataSets;
import dev.calotype.experiment.DataSettings;
import dev.calotype.experiment.Likelihood;
import dev.calotype.experiment.TellsLikelihood;
import dev.calotype.experiment.TrainingSettings.PrecisionChoice;
import dev.calotype.run.TrainedFile;
import dev.calotype.tensor.Placement;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures likelihoods. */
@Command(
        name = "nll",
        mixinStandardHelpOptions = true,
        description = {
            "Measure the negative log-likelihood of images in bits per dimension.",
            "It is the variational bound, with predicted images clipped as in improved-diffusion. JPEG files and resized"
                    + " images have other likelihoods than their originals: compare like with like."
        },
        footerHeading = "%nExamples:%n",
        footer = "  calotype nll runs/mnist-001 --data path/to/mnist:test -n 100 --steps 100")
final class NllCommand extends EngineCommand {
    @Parameters(paramLabel = "RUN", description = "A run directory or a checkpoint file.")
    private Path run;

    @Option(names = "--data", paramLabel = "PATH", required = true, description = "The images.")
    private String data;

    @Option(names = "-n", paramLabel = "N", defaultValue = "128", description = "Images (default: ${DEFAULT-VALUE}).")
    private long count;

    @Option(
            names = "--steps",
            paramLabel = "K",
            description = "Steps of the process, default all; fewer give a looser bound sooner.")
    private Integer steps;

    @Mixin
    private ComputeOptions compute;

    @Override
    protected Object execute(Console console) throws Exception {
        Placement placement = compute.placement(console, PrecisionChoice.FP32);
        try (TellsLikelihood trained = TrainedFile.open(run, Capability.TELLS_LIKELIHOOD, placement)) {
            DataSettings settings = trained.experiment().data();
            int used = steps == null ? trained.steps() : steps;
            try (ImageDataset images = DataSets.open(data, settings)) {
                Likelihood likelihood = trained.likelihood(images, count, used, console);
                console.say(
                        "%.4f ± %.4f bits/dim over %d images of %s in %d steps (prior %.5f, first term %.4f)",
                        likelihood.bitsPerDim(),
                        likelihood.standardError(),
                        likelihood.images(),
                        likelihood.data(),
                        used,
                        likelihood.prior(),
                        likelihood.terms()[0]);
                return new Bits(likelihood);
            }
        }
    }

    /** A likelihood whose text is the one number. */
    record Bits(
            String data,
            long images,
            int steps,
            double bitsPerDim,
            double standardError,
            double prior,
            double[] terms) {
        Bits(Likelihood l) {
            this(l.data(), l.images(), l.steps(), l.bitsPerDim(), l.standardError(), l.prior(), l.terms());
        }

        @Override
        public String toString() {
            return String.valueOf(bitsPerDim);
        }
    }
}
