package dev.calotype.app;

import dev.calotype.checkpoint.ElementType;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.SafeTensorsFile;
import dev.calotype.checkpoint.SafeTensorsHeader;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lists what a weight file holds. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description =
                "List the tensors and texts of a checkpoint: safetensors, or PyTorch's .pt and .pth (read as data only).",
        footerHeading = "%nExamples:%n",
        footer = "  calotype inspect runs/quickstart-001/checkpoints/step-00001000.safetensors")
final class InspectCommand extends EngineCommand {
    @Parameters(paramLabel = "CHECKPOINT", description = "The file.")
    private Path file;

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
                text.append(String.format(Locale.ROOT, "%-6s %-24s %s%n", entry.type, entry.shape, entry.name));
            return text.append(tensors.size() + " tensors, " + parameters + " numbers")
                    .toString();
        }
    }

    @Override
    Object execute(Console console) throws IOException {
        try (SafeTensorsFile safe = SafeTensors.open(file)) {
            return content(safe.header());
        } catch (IOException notSafeTensors) {
            try (PointerScope scope = new PointerScope()) {
                List<Entry> entries = new ArrayList<>();
                WeightFile.read(file).forEach((name, tensor) -> {
                    List<Long> shape =
                            Arrays.stream(Tensors.shape(tensor)).boxed().toList();
                    entries.add(new Entry(name, ElementType.of(tensor).toString(), shape));
                });
                return new Content(count(entries), Map.of(), entries);
            } catch (IOException notPyTorch) {
                notPyTorch.addSuppressed(notSafeTensors);
                throw notPyTorch;
            }
        }
    }

    private static Content content(SafeTensorsHeader header) {
        List<Entry> entries = new ArrayList<>();
        header.entries()
                .forEach((name, e) -> entries.add(new Entry(name, e.type().toString(), e.shape())));
        return new Content(count(entries), header.metadata(), entries);
    }

    private static long count(List<Entry> entries) {
        return entries.stream()
                .mapToLong(
                        e -> Tensors.count(e.shape().stream().mapToLong(x -> x).toArray()))
                .sum();
    }
}
