package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.WeightFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a folder of a pipeline holds, and what it takes.
 *
 * @param type the class of the pipeline
 * @param missing files that it needs and that are not there
 * @param size width and height of a picture where nobody says otherwise, in pixels; empty where something is missing
 * @param sampling how pictures are drawn where nobody says otherwise; empty where something is missing
 * @param notes what is not honoured
 */
public record PipelineInventory(
        String type, List<Part> parts, List<String> missing, List<Integer> size, String sampling, List<String> notes) {
    private static final List<String> TYPES = List.of("unet", "vae", "text_encoder", "text_encoder_2");
    private static final double MB = 1e6;

    /**
     * One network.
     *
     * @param type its class
     * @param parameters numbers of its weights
     * @param fileBytes of its files
     */
    public record Part(String name, String type, long parameters, long fileBytes) {
        /** Bytes of its weights in memory, at so many bytes each. */
        long bytes(int each) {
            return parameters * each;
        }
    }

    /**
     * Looks at a folder; no weights are read.
     *
     * @throws IOException if it is no pipeline that is supported, or a file is damaged
     */
    public static PipelineInventory of(Path path) throws IOException {
        PipelineFolder folder = PipelineFolder.open(path);
        List<Part> parts = new ArrayList<>();
        for (String name : TYPES)
            if (folder.parts().containsKey(name) && Files.isDirectory(folder.part(name)))
                part(folder, name).ifPresent(parts::add);
        List<String> missing = folder.missing();
        if (!missing.isEmpty()) return new PipelineInventory(folder.type(), parts, missing, List.of(), "", List.of());
        TextToImage model = TextToImage.open(path);
        int[] size = model.size();
        return new PipelineInventory(
                folder.type(),
                parts,
                missing,
                List.of(size[0], size[1]),
                model.sampling().toString(),
                model.notes());
    }

    private static Optional<Part> part(PipelineFolder folder, String name) throws IOException {
        for (String stem : List.of("diffusion_pytorch_model", "model", "pytorch_model")) {
            Path file;
            try {
                file = new WeightFolder(folder.part(name), stem).find();
            } catch (IOException e) {
                continue; // under another name
            }
            long numbers = WeightFile.stored(file).values().stream()
                    .mapToLong(StoredTensor::count)
                    .sum();
            return Optional.of(new Part(name, folder.parts().get(name), numbers, WeightFolder.bytes(file)));
        }
        return Optional.empty();
    }

    /** The weights of the largest part in megabytes, which is what is in memory at once, by precision. */
    public Map<String, Long> largestMegabytes() {
        Map<String, Long> megabytes = new TreeMap<>();
        long largest = parts.stream().mapToLong(Part::parameters).max().orElse(0);
        megabytes.put("bf16", Math.round(2 * largest / MB));
        megabytes.put("fp32", Math.round(4 * largest / MB));
        return megabytes;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(type + ": draws pictures of texts\n");
        for (Part part : parts)
            line(
                    text,
                    "%-15s %-30s %8.1f million parameters, %6.0f MB in bf16, %6.0f MB in fp32",
                    part.name(),
                    part.type(),
                    part.parameters() / MB,
                    part.bytes(2) / MB,
                    part.bytes(4) / MB);
        if (!missing.isEmpty()) return text + "missing: " + String.join(", ", missing);
        line(text, "%d x %d px, %s", size.get(0), size.get(1), sampling);
        for (String note : notes) text.append(note).append('\n');
        Map<String, Long> largest = largestMegabytes();
        line(
                text,
                "One part is in memory at a time: weights of %d MB at most in bf16, %d MB in fp32, and what is computed",
                largest.get("bf16"),
                largest.get("fp32"));
        return text.toString().strip();
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
