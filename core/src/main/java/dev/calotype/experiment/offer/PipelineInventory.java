package dev.calotype.experiment.offer;

import java.util.List;
import java.util.Locale;
import java.util.Map;
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
        if (missing.isEmpty()) line(text, "%d x %d px, %s", size.get(0), size.get(1), sampling);
        for (String note : notes) text.append(note).append('\n');
        if (!missing.isEmpty()) return text + "missing: " + String.join(", ", missing);
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
