package dev.calotype.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds the weights in a folder as diffusers and transformers lay them: one file or several with an index, safetensors
 * before {@code .bin}, of the plain precision or of a variant.
 */
public final class WeightFolder {
    private static final List<String> USUAL = List.of("fp16", "bf16");

    private final Path folder;
    private final String stem;

    /** @param stem what the names of its files begin with, such as {@code diffusion_pytorch_model} */
    public WeightFolder(Path folder, String stem) {
        this.folder = folder;
        this.stem = stem;
    }

    /**
     * The file of weights, or the index of several.
     *
     * @throws IOException if there is none, or there are several variants and none of the usual ones
     */
    public Path find() throws IOException {
        Path plain = find("");
        if (plain != null) return plain;
        TreeSet<String> variants = variants();
        for (String usual : USUAL) if (variants.contains(usual)) return find(usual);
        if (variants.size() == 1) return find(variants.first());
        if (variants.isEmpty())
            throw new IOException(folder + " has no weights: neither " + stem + ".safetensors nor " + stem
                    + ".bin, neither a variant such as " + stem + ".fp16.safetensors nor the index of several files");
        throw new IOException(folder + " has the variants " + String.join(", ", variants)
                + " of its weights: leave one of them, or rename it to " + stem + ".safetensors");
    }

    /** Whether there is any. */
    boolean any() throws IOException {
        return find("") != null || !variants().isEmpty();
    }

    private Path find(String variant) {
        for (String kind : List.of("safetensors", "bin"))
            for (String name : List.of(
                    dotted(stem, variant, kind),
                    dotted(stem, kind, "index", variant, "json"),
                    dotted(stem, variant, kind, "index", "json"))) {
                Path file = folder.resolve(name);
                if (Files.isRegularFile(file)) return file;
            }
        return null;
    }

    private static String dotted(String... parts) {
        return String.join(".", Stream.of(parts).filter(part -> !part.isEmpty()).toList());
    }

    private TreeSet<String> variants() throws IOException {
        String name = Pattern.quote(stem);
        List<Pattern> patterns = List.of(
                Pattern.compile(name + "\\.([A-Za-z0-9_-]+)\\.(safetensors|bin)(\\.index\\.json)?"),
                Pattern.compile(name + "\\.(?:safetensors|bin)\\.index\\.([A-Za-z0-9_-]+)\\.json"));
        TreeSet<String> variants = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList())
                for (Pattern pattern : patterns) {
                    Matcher matcher = pattern.matcher(file.getFileName().toString());
                    boolean part = matcher.matches() && matcher.group(1).matches(".*-\\d+-of-\\d+");
                    if (matcher.matches() && !part) variants.add(matcher.group(1));
                }
        }
        return variants;
    }

    /** The bytes of a file of weights, or of those that an index names. */
    public static long bytes(Path found) throws IOException {
        long sum = 0;
        for (Path part : WeightIndex.is(found) ? WeightIndex.read(found).parts() : List.of(found))
            sum += Files.size(part);
        return sum;
    }
}
