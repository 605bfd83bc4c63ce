package dev.calotype.app;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.calotype.experiment.DiffusionExperiment;
import dev.calotype.experiment.DiffusionModel;
import dev.calotype.experiment.FeatureNetworks;
import dev.calotype.experiment.InterpolationStudy;
import dev.calotype.experiment.RunDirectory;
import dev.calotype.experiment.SamplingSettings;
import dev.calotype.experiment.TrainedDiffusion;
import dev.calotype.model.FeatureNetwork;
import dev.calotype.report.Report;
import dev.calotype.tensor.Placement;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Looks into what a model has learned. */
@Command(
        name = "study",
        mixinStandardHelpOptions = true,
        description = "Look into what a model has learned.",
        subcommands = StudyCommand.InterpolationPaths.class)
final class StudyCommand {
    /** Compares two ways between two samples. */
    @Command(
            name = "interpolation",
            mixinStandardHelpOptions = true,
            description = {
                "Walk from one sample's noise to another's, on the straight line and on the arc, and measure both.",
                "Reports the norm of every latent, the contrast of every image and the length of the path in features, and"
                        + " says what they mean. Draws with DDIM. The result is kept in the run and in its report."
            },
            footerHeading = "%nExamples:%n",
            footer = "  calotype study interpolation runs/quickstart-001 --seeds 1,2")
    static final class InterpolationPaths extends EngineCommand {
        @Parameters(paramLabel = "RUN", description = "A run directory.")
        private Path run;

        @Option(
                names = "--seeds",
                paramLabel = "A,B",
                split = ",",
                hideParamSyntax = true,
                required = true,
                description = "The seeds of the ends.")
        private List<Long> seeds;

        @Option(
                names = "--frames",
                paramLabel = "N",
                defaultValue = "10",
                description = "Images of each way, both ends included (default: ${DEFAULT-VALUE}).")
        private int frames;

        @Option(
                names = "--steps",
                paramLabel = "K",
                defaultValue = "50",
                description = "Steps of DDIM (default: ${DEFAULT-VALUE}).")
        private int steps;

        @Option(names = "--network", paramLabel = "NAME", description = "The feature network; default the recipe's.")
        private String network;

        @Mixin
        private ComputeOptions compute;

        @Override
        Object execute(Console console) throws Exception {
            if (seeds.size() != 2) throw new IllegalArgumentException("--seeds wants two numbers A,B: " + seeds);
            RunDirectory directory = RunDirectory.open(run);
            Placement placement = compute.placement(console);
            try (TrainedDiffusion trained = TrainedDiffusion.open(run, placement);
                    FeatureNetwork features = FeatureNetworks.open(named(trained.experiment()), placement.device())) {
                int used = Math.min(steps, trained.experiment().process().steps());
                SamplingSettings ddim = new SamplingSettings(SamplingSettings.Method.DDIM, used, 0, 1);
                var request = new DiffusionModel.Request(ddim, seeds.get(0), DiffusionModel.ANY);
                InterpolationStudy.Drawn drawn =
                        InterpolationStudy.of(trained, features, request, seeds.get(1), frames);
                directory.write(drawn);
                Report.write(directory);
                return new Studied(drawn.study(), directory.studyPicture().toString());
            }
        }

        private String named(DiffusionExperiment experiment) {
            return network != null ? network : experiment.evaluation().network();
        }
    }

    /** A study whose text is its explanation. */
    record Studied(@JsonUnwrapped InterpolationStudy study, String picture) {
        @Override
        public String toString() {
            return String.join(System.lineSeparator(), study.explanation()) + System.lineSeparator() + picture;
        }
    }
}
