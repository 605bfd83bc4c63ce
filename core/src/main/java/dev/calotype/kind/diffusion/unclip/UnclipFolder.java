package dev.calotype.kind.diffusion.unclip;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.io.JsonFile;
import dev.calotype.io.Quoted;
import dev.calotype.kind.diffusion.pipeline.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The parts of a pipeline with a prior, of which no weights have been read.
 *
 * @param path what was named
 * @param type the class of the pipeline that draws
 * @param parts the folder of every part, by its {@link Layout name here}
 */
record UnclipFolder(Path path, String type, Map<String, Path> parts) {
    private static final String INDEX = "model_index.json", CONFIG = "config.json";
    private static final String NETWORK = "PriorTransformer";
    private static final long MAX_BYTES = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    UnclipFolder {
        parts = Map.copyOf(parts);
    }

    /** Whether it is a pipeline of these, or holds the two of one. */
    static boolean is(Path path) {
        if (!Files.isDirectory(path)) return false;
        try {
            if (indexed(path)) return Layout.of(classOf(path)) != null;
            Optional<Path> drawing = drawing(path);
            return drawing.isPresent()
                    && within(path, layout(drawing.get()).elsewhere()).isPresent();
        } catch (IOException e) {
            return false; // whoever opens it says what is wrong
        }
    }

    /**
     * Finds the parts.
     *
     * @param prior the folder of a prior, or of its network alone; empty for the one that lies beside the decoder
     * @throws IOException if it is none of these, or a part is of another class
     */
    static UnclipFolder open(Path path, Optional<Path> prior) throws IOException {
        Path drawing = path;
        Optional<Path> beside = Optional.empty();
        if (!indexed(path)) {
            drawing = drawing(path).orElse(path);
            if (!drawing.equals(path)) beside = within(path, layout(drawing).elsewhere());
        }
        String type = classOf(drawing);
        Layout layout = Layout.of(type);
        if (layout == null) throw new IOException(path + " is a pipeline of the class " + Quoted.name(type));
        if (layout.isPrior())
            throw new IOException(path + " is a prior, which makes vectors of texts and no pictures: name the folder of"
                    + " its decoder, and this one as `prior`");
        Map<String, Path> parts = new LinkedHashMap<>(layout.parts(drawing, index(drawing)));
        if (prior.isPresent() && !layout.hasPrior())
            throw new IllegalArgumentException("a prior would do nothing: " + path + " draws variations of pictures");
        Optional<Path> pipeline = prior.filter(UnclipFolder::indexed);
        if (pipeline.isEmpty() && layout.elsewhere() != null)
            pipeline = beside.isPresent() ? beside : beside(drawing, layout.elsewhere());
        if (pipeline.isPresent()) parts.putAll(ofPrior(pipeline.get(), layout));
        if (prior.isPresent() && !indexed(prior.get())) parts.put("prior", network(prior.get()));
        return new UnclipFolder(path, type, parts);
    }

    private static boolean indexed(Path folder) {
        return Files.isRegularFile(folder.resolve(INDEX));
    }

    private static Map<String, Path> ofPrior(Path folder, Layout drawing) throws IOException {
        String type = classOf(folder);
        Layout layout = Layout.of(type);
        if (layout == null || !layout.isPrior())
            throw new IOException(folder + " is no prior, but a pipeline of the class " + Quoted.name(type));
        if (layout != drawing.others())
            throw new IOException(folder + " is the prior of another family, " + Quoted.name(type)
                    + ": what draws is one of " + String.join(", ", drawing.types()));
        return layout.parts(folder, index(folder));
    }

    /** A folder of a prior's network alone, as ECLIPSE's are. */
    private static Path network(Path folder) throws IOException {
        Path config = folder.resolve(CONFIG);
        if (!Files.isRegularFile(config))
            throw new IOException(folder + " is no prior: it has neither " + INDEX + " nor " + CONFIG);
        String type =
                JsonFile.object(JSON, config, MAX_BYTES).path("_class_name").asText("nothing");
        if (!type.equals(NETWORK))
            throw new IOException(folder + " is no prior: _class_name must be " + NETWORK + ": " + Quoted.name(type));
        return folder;
    }

    /** The prior called as the decoder is, beside it: {@code kandinsky-2-2-prior}, or {@code kandinsky-2-1-prior}. */
    private static Optional<Path> beside(Path decoder, Layout prior) throws IOException {
        Path path = decoder.toAbsolutePath().normalize();
        String name = path.getFileName().toString();
        Path beside =
                path.resolveSibling(name.contains("decoder") ? name.replace("decoder", "prior") : name + "-prior");
        return indexed(beside) && layout(beside) == prior ? Optional.of(beside) : Optional.empty();
    }

    /** The folder of a pipeline of a layout in another folder; empty if there is none, or several. */
    private static Optional<Path> within(Path path, Layout layout) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> folders = Files.list(path)) {
            for (Path folder : folders.sorted().toList())
                if (indexed(folder) && Layout.of(classOf(folder)) == layout) found.add(folder);
        }
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** The folder in another one that draws what a prior beside it tells; empty if there is none, or several. */
    private static Optional<Path> drawing(Path path) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Layout layout : Layout.values())
            if (layout.elsewhere() != null) within(path, layout).ifPresent(found::add);
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private static Layout layout(Path folder) throws IOException {
        return Layout.of(classOf(folder));
    }

    private static String classOf(Path folder) throws IOException {
        return index(folder).path("_class_name").asText("nothing");
    }

    private static JsonNode index(Path folder) throws IOException {
        return JsonFile.object(JSON, folder.resolve(INDEX), MAX_BYTES);
    }

    /** What the pipeline needs and is not there; empty if nothing. */
    List<String> missing() throws IOException {
        List<String> missing = new ArrayList<>();
        boolean told = parts.containsKey("prior") && parts.containsKey("text_encoder");
        if (Layout.of(type).hasPrior() && !told)
            missing.add("its prior (name the folder of that as `prior`, or lay it beside, called as this one with"
                    + " 'prior' in the place of 'decoder', or with '-prior' behind)");
        for (Map.Entry<String, Path> part : parts.entrySet()) {
            if (part.getKey().equals("image_processor")) continue; // usual settings will do
            Path folder = part.getValue();
            String name = path.equals(folder.getParent()) ? folder.getFileName().toString() : folder.toString();
            if (!Files.isDirectory(folder)) missing.add(name + "/");
            else if (part.getKey().endsWith("scheduler")) lacks(folder, name, "scheduler_config.json", missing);
            else if (part.getKey().equals("tokenizer")) {
                if (!has(folder, "(merges\\.txt|tokenizer\\.json)"))
                    missing.add(name + "/merges.txt or tokenizer.json");
            } else if (part.getKey().equals("words_tokenizer")) {
                if (!has(folder, "tokenizer\\.json"))
                    missing.add(name + "/tokenizer.json, which AutoTokenizer of transformers writes out of"
                            + " sentencepiece.bpe.model");
            } else {
                lacks(folder, name, CONFIG, missing);
                if (!has(folder, ".*\\.(safetensors|bin|pth|pt)")) missing.add("the weights of " + name + "/");
            }
        }
        return missing;
    }

    private static void lacks(Path folder, String name, String file, List<String> missing) {
        if (!Files.isRegularFile(folder.resolve(file))) missing.add(name + "/" + file);
    }

    private static boolean has(Path folder, String pattern) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> file.getFileName().toString().matches(pattern));
        }
    }

    /** Throws IOException that names all that {@link #missing} does. */
    void requireComplete() throws IOException {
        List<String> missing = missing();
        if (!missing.isEmpty())
            throw new IOException(path + " is a " + type + " and lacks " + String.join(", ", new TreeSet<>(missing)));
    }

    /** What is done to pictures before the image encoder sees them; the file need not exist. */
    Path preprocessor() {
        return parts.get("image_processor").resolve("preprocessor_config.json");
    }

    StoredNetwork network(String part) throws IOException {
        return StoredNetwork.in(parts.get(part));
    }

    Words words() throws IOException {
        return Words.in(parts.get("tokenizer"));
    }

    JsonNode scheduler(String part) throws IOException {
        return JsonFile.object(JSON, parts.get(part).resolve("scheduler_config.json"), MAX_BYTES);
    }
}
