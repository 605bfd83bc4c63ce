package dev.calotype.app;

import dev.calotype.app.console.Console;
import dev.calotype.app.console.EngineCommand;
import dev.calotype.app.recognition.NetworkCosts;
import dev.calotype.checkpoint.CheckpointFolder;
import dev.calotype.checkpoint.PyTorchFile;
import dev.calotype.checkpoint.PyTorchValue;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.checkpoint.SafeTensorsHeader;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.experiment.offer.TextPipelines;
import dev.calotype.run.RunDirectory;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists what a weight file holds. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = {
            "List the tensors and texts of a checkpoint: safetensors, or PyTorch's .pt and .pth (read as data only).",
            "Of the folder of one network of diffusers or transformers list its settings besides; of a run, its last checkpoint.",
            "Of the folder of a text-to-image pipeline of diffusers, or of one file with all of its weights, say what it is, its"
                    + " parts, its memory and what is missing; with --weights list those of such a file.",
            "With --flops, count the parameters and multiplications of a network instead, without making it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  calotype inspect runs/quickstart-001/checkpoints/step-00001000.safetensors",
            "  calotype inspect runs/quickstart-001",
            "  calotype inspect control-canny",
            "  calotype inspect stable-diffusion-v1-5",
            "  calotype inspect v1-5-pruned.safetensors",
            "  calotype inspect vit-mnist --flops",
            "  calotype inspect vit --flops",
            "  calotype inspect vivit --flops"
        })
final class InspectCommand extends EngineCommand {
    @Parameters(
            paramLabel = "CHECKPOINT",
            description =
                    "The file, or the folder of a run, a network or a pipeline; with --flops a recipe, a run, a checkpoint, vit for the published sizes of ViT or one of them,"
                            + " such as vit-b16, or vivit for the four models of ViViT.")
    private Path file;

    @Option(names = "--flops", description = "Count parameters and multiply-adds of one forward pass, part by part.")
    private boolean flops;

    @Option(
            names = "--weights",
            paramLabel = "NAME",
            description = "List one set of several, such as model or ema, by the names in it.")
    private String weights;

    /** One tensor. */
    record Entry(String name, String type, List<Long> shape) {}

    /** What a file holds. */
    record Content(long parameters, Map<String, String> metadata, List<Entry> tensors) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            metadata.forEach((key, value) -> text.append("# ")
                    .append(key)
                    .append(": ")
                    .append(value.strip())
                    .append('\n'));
            for (Entry entry : tensors)
                text.append(String.format(Locale.ROOT, "%-7s %-24s %s%n", entry.type, entry.shape, entry.name));
            return text.append(tensors.size() + " tensors, " + parameters + " numbers")
                    .toString();
        }
    }

    @Override
    protected Object execute(Console console) throws IOException {
        if (flops && weights != null)
            throw new IllegalArgumentException("--weights would do nothing with --flops: " + weights);
        if (flops) return NetworkCosts.of(file.toString());
        TextPipelines pipelines = TextPipelines.installed();
        if (!(weights != null && Files.isRegularFile(file)) && pipelines.isOne(file)) {
            if (weights != null)
                throw new IllegalArgumentException(
                        "--weights would do nothing: " + file + " is a pipeline of diffusers");
            return pipelines.inventory(file);
        }
        if (Files.isRegularFile(file.resolve("config.json"))) return content(StoredNetwork.in(file));
        Path file = Files.isDirectory(this.file) ? lastOf(this.file) : this.file;
        if (WeightFile.isPyTorch(file)) return content(PyTorchFile.read(file));
        try (SafeTensorsFile safe = SafeTensors.open(file)) {
            return content(safe.header());
        }
    }

    /** The last checkpoint of a run. */
    private static Path lastOf(Path run) throws IOException {
        RunDirectory directory = RunDirectory.open(run);
        return new CheckpointFolder(directory.checkpoints(), 1)
                .latest()
                .orElseThrow(() -> new IOException(run + " has no checkpoint yet"));
    }

    /** The settings and tensors of a network of diffusers or transformers. */
    private Content content(StoredNetwork network) throws IOException {
        if (weights != null)
            throw new IllegalArgumentException("--weights would do nothing: " + file + " is one network");
        Map<String, String> settings = new TreeMap<>();
        network.config()
                .properties()
                .forEach(entry -> settings.put(
                        entry.getKey(),
                        entry.getValue().isTextual() ? entry.getValue().asText() : String.valueOf(entry.getValue())));
        List<Entry> entries = entries(network.weights());
        return new Content(count(entries), settings, entries);
    }

    /** All tensors, or those of {@code --weights}; the texts and numbers that lie beside them. */
    private Content content(PyTorchFile read) throws IOException {
        List<Entry> entries = entries(weights == null ? read.tensors() : read.stateDict(weights));
        Map<String, String> plain = new TreeMap<>();
        if (read.root() instanceof PyTorchValue.Dict dict)
            dict.entries().forEach((name, value) -> {
                if (value instanceof PyTorchValue.Text text) plain.put(name, text.text());
                if (value instanceof PyTorchValue.Number number)
                    plain.put(name, number.number().toString());
            });
        if (read.groups().size() > 1) plain.put("groups", String.join(", ", read.groups()));
        return new Content(count(entries), plain, entries);
    }

    private Content content(SafeTensorsHeader header) {
        List<Entry> entries = new ArrayList<>();
        header.entries().forEach((name, e) -> {
            if (weights == null || name.startsWith(weights + ".") || name.startsWith(weights + "/"))
                entries.add(new Entry(name, e.type().toString(), e.shape()));
        });
        if (entries.isEmpty() && weights != null)
            throw new IllegalArgumentException(file + " has no weights '" + weights + "'");
        return new Content(count(entries), header.metadata(), entries);
    }

    private static List<Entry> entries(Map<String, StoredTensor> tensors) {
        List<Entry> entries = new ArrayList<>();
        tensors.forEach((name, tensor) -> {
            List<Long> shape = Arrays.stream(tensor.shape()).boxed().toList();
            entries.add(new Entry(name, tensor.type().toString(), shape));
        });
        return entries;
    }

    private static long count(List<Entry> entries) {
        return entries.stream()
                .mapToLong(
                        e -> Tensors.count(e.shape().stream().mapToLong(x -> x).toArray()))
                .sum();
    }
}
