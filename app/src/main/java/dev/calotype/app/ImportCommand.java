package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.experiment.offer.ImportsModels;
import dev.calotype.experiment.offer.TextPipelines;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a run of a model that was trained elsewhere. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description = {
            "Make a run of a diffusion model that was trained elsewhere, for sample, evaluate, nll, restore, interpolate and"
                    + " train --resume.",
            "PATH is a folder of diffusers (a UNet2DModel, or a pipeline with unet/ and scheduler/), or a .pt file of"
                    + " improved-diffusion or guided-diffusion. What is not honoured is said in a sentence each."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype import ddpm-church-256 --out runs/church",
            "  calotype import my-pipeline --out runs/mine --data photos/",
            "  calotype import ema_0.9999_500000.pt --size 64 --set process.schedule=cosine --set process.steps=4000"
                    + " --out runs/imagenet64"
        })
final class ImportCommand extends EngineCommand {
    @Parameters(paramLabel = "PATH", description = "The folder or the file.")
    private Path path;

    @Option(names = "--out", paramLabel = "RUN", required = true, description = "The new run directory.")
    private Path out;

    @Option(
            names = "--data",
            paramLabel = "SOURCE",
            defaultValue = "",
            description = "Real images: what evaluate compares with and train --resume learns from.")
    private String data;

    @Option(
            names = "--size",
            paramLabel = "N",
            defaultValue = "0",
            description = "Pixels per side, where the folder does not tell; a .pt file never does.")
    private int size;

    @Option(
            names = "--classes",
            paramLabel = "A,B,...",
            split = ",",
            hideParamSyntax = true,
            description = "Names of the classes; one fewer than the model has if its last means no class.")
    private List<String> classes = List.of();

    @Option(
            names = "--weights",
            paramLabel = "NAME",
            defaultValue = "",
            description = "One set of weights of several in a .pt file, such as ema.")
    private String weights;

    @Option(
            names = "--attention-order",
            paramLabel = "ORDER",
            defaultValue = "legacy",
            description =
                    "Of a .pt file of guided-diffusion: new if it was trained with use_new_attention_order, as its"
                            + " 64x64_diffusion.pt was; legacy (the default) if not.")
    private ImportsModels.AttentionOrder order;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A value of the recipe, such as network.heads=8.")
    private List<String> overrides = List.of();

    @Override
    protected Object execute(Console console) throws Exception {
        if (TextPipelines.installed().readsTexts(path))
            throw new IllegalArgumentException(
                    path + " draws pictures of texts, and needs no import: imagine draws with it where it"
                            + " lies, and inspect tells what it holds. A run is what is trained further and judged, which this is not");
        var wishes = new ImportsModels.Wishes(weights, data, classes, size, order, overrides);
        ImportsModels.Imported made = ImportsModels.kind().importModel(path, wishes, out);
        made.notes().forEach(note -> console.say("%s", note));
        return made;
    }
}
