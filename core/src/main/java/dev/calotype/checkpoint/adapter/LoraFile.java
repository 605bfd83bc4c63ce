package dev.calotype.checkpoint.adapter;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.checkpoint.adapter.LoraNames.Layer;
import dev.calotype.io.Quoted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file of a low-rank adapter, whatever program made it: names of kohya's scripts with underscores, of diffusers old and new, of peft,
 * of CompVis with kohya's beginning (as for XL), and the counted ones of the oldest; LoHa, LoKr and DoRA of LyCORIS too. Its numbers
 * are read when they are wanted.
 */
public final class LoraFile {
    /** The parts of a pipeline of diffusers that one can change. */
    public static final List<String> PARTS =
            List.of(LoraNames.UNET, LoraNames.TRANSFORMER, LoraNames.TEXT, LoraNames.SECOND_TEXT, LoraNames.THIRD_TEXT);

    private static final int SHOWN = 6;
    private static final Pattern PAIR = Pattern.compile(
            "(.+?)(?:\\.lora_linear_layer|[._]lora)[._](down|up|mid|A|B)(?:\\.[A-Za-z0-9_-]+)?\\.weight");
    private static final Pattern ALPHA = Pattern.compile("(.+?)(?:\\.lora_linear_layer|[._]lora)?\\.alpha");
    private static final Pattern MAGNITUDE =
            Pattern.compile("(.+)\\.lora_magnitude_vector(?:\\.[A-Za-z0-9_-]+)?(?:\\.weight)?");
    private static final Pattern OTHER =
            Pattern.compile("(.+)\\.(dora_scale|hada_(?:w[12]_[ab]|t[12])|lokr_(?:w[12](?:_[ab])?|t2))");
    private static final Pattern COUNTED = Pattern.compile("(unet|text_encoder):(\\d{1,6}):(up|down)");
    private static final Pattern TOKEN = Pattern.compile("<[^<>\\s]+>");

    private final Path path;
    private final LoraSettings settings;
    private final Map<String, LoraLayer> layers = new LinkedHashMap<>(); // by what the file calls them
    private final Map<String, StoredTensor> tokens = new LinkedHashMap<>();

    private LoraFile(Path path, Map<String, StoredTensor> stored, LoraSettings settings) throws IOException {
        this.path = path;
        this.settings = settings;
        List<String> left = new ArrayList<>();
        stored.forEach((name, tensor) -> {
            if (!sorted(name, tensor)) left.add(name);
        });
        if (layers.isEmpty())
            throw new IOException(path + " is no low-rank adapter: it has " + Quoted.names(left, SHOWN));
        if (!left.isEmpty())
            throw new IOException(path + " holds " + left.size() + " weights of kinds that are not supported: "
                    + Quoted.names(left, SHOWN));
        List<String> lacking = new ArrayList<>();
        layers.forEach((name, layer) -> {
            String why = layer.lacking();
            if (why != null) lacking.add(Quoted.name(name) + " " + why);
        });
        if (!lacking.isEmpty()) throw new IOException(path + " is damaged: " + String.join(", ", first(lacking)));
    }

    /**
     * Opens a file.
     *
     * @throws IOException if it cannot be read, is no such adapter, or holds kinds of weights besides that are not supported: they are
     *     named
     */
    public static LoraFile open(Path file) throws IOException {
        return new LoraFile(file, WeightFile.stored(file), LoraSettings.of(file));
    }

    /**
     * What a file would hold, by the names of diffusers, with alpha.
     *
     * @param path what messages name
     * @throws IOException as {@link #open}
     */
    public static LoraFile of(Path path, Map<String, StoredTensor> stored) throws IOException {
        return new LoraFile(path, stored, LoraSettings.NONE);
    }

    private boolean sorted(String name, StoredTensor tensor) {
        Matcher pair = PAIR.matcher(name), alpha = ALPHA.matcher(name), magnitude = MAGNITUDE.matcher(name);
        Matcher other = OTHER.matcher(name), counted = COUNTED.matcher(name);
        if (counted.matches()) return put(counted.group(1) + ":" + counted.group(2), counted.group(3), tensor);
        if (pair.matches()) {
            String piece = pair.group(2).equals("A")
                    ? LoraLayer.DOWN
                    : pair.group(2).equals("B") ? LoraLayer.UP : pair.group(2);
            return put(pair.group(1), piece, tensor);
        }
        if (alpha.matches()) return put(alpha.group(1), LoraLayer.ALPHA, tensor);
        if (magnitude.matches()) return put(magnitude.group(1), LoraLayer.MAGNITUDE, tensor);
        if (other.matches()) return put(other.group(1), other.group(2), tensor);
        if (!TOKEN.matcher(name).matches()) return false;
        tokens.put(name, tensor);
        return true;
    }

    private boolean put(String name, String piece, StoredTensor tensor) {
        return layers.computeIfAbsent(name, key -> new LoraLayer()).put(piece, tensor);
    }

    /** Where it lies. */
    public Path path() {
        return path;
    }

    /** What it adds to each layer, by what the file calls it. */
    Map<String, LoraLayer> content() {
        return layers;
    }

    /** The layer that this file calls so; null if there is none. */
    Layer find(LoraNames names, String name) {
        return counted(name) ? counted(names, name) : names.find(name);
    }

    /** By how much a layer acts; NaN where nothing is said of it. Of the oldest files it is 1. */
    double scale(String part, String name, LoraLayer layer) throws IOException {
        double scale = settings.scale(part, name, layer);
        return Double.isNaN(scale) && counted(name) ? 1 : scale;
    }

    /** The number of layers that it changes. */
    public int layers() {
        return layers.size();
    }

    /** Words of their own that some of the oldest files bring along. */
    public List<LearnedWord> words() {
        List<LearnedWord> words = new ArrayList<>();
        tokens.forEach((token, vectors) -> words.add(new LearnedWord(token, Map.of(LoraNames.TEXT, vectors))));
        return words;
    }

    /**
     * Networks with this added to their weights.
     *
     * @param networks by what diffusers calls the part: unet or transformer, text_encoder, text_encoder_2, text_encoder_3
     * @param weight by how much; 1 for what was learned
     * @param notes gets what was assumed, a sentence each
     * @throws IOException if a layer is not one of theirs, is of another shape, or is changed twice: they are named, and none is
     *     passed over
     */
    public Map<String, StoredNetwork> applied(Map<String, StoredNetwork> networks, double weight, List<String> notes)
            throws IOException {
        LoraNames names = new LoraNames(networks);
        Map<String, Map<String, StoredTensor>> changed = new TreeMap<>();
        Map<String, String> changes = new HashMap<>(); // names by layer
        List<String> unknown = new ArrayList<>(), misfits = new ArrayList<>(), twice = new ArrayList<>();
        int silent = 0;
        for (Map.Entry<String, LoraLayer> entry : layers.entrySet()) {
            String name = entry.getKey();
            LoraLayer layer = entry.getValue();
            Layer found = find(names, name);
            if (found == null) {
                unknown.add(name);
                continue;
            }
            String before = changes(found, name, changes);
            if (before != null) {
                twice.add(Quoted.name(before) + " and " + Quoted.name(name));
                continue;
            }
            double scale = scale(found.part(), name, layer);
            if (Double.isNaN(scale)) silent++;
            try {
                Map<String, StoredTensor> of =
                        changed.computeIfAbsent(found.part(), part -> new LinkedHashMap<>(names.weights(part)));
                found.put(layer.applied(found.whole(of), Double.isNaN(scale) ? 1 : scale, weight), of);
            } catch (RuntimeException e) { // of the engine, whose sentences are long
                misfits.add(Quoted.name(name)
                        + (e instanceof IllegalArgumentException
                                ? ", " + e.getMessage()
                                : ", whose factors make another shape"));
            }
        }
        requireFit(unknown, misfits);
        if (!twice.isEmpty())
            throw new IOException(path + " changes the same layer by two names, " + String.join("; ", first(twice)));
        if (silent > 0)
            notes.add(path.getFileName() + " does not say alpha of " + silent + " of its " + layers.size()
                    + " layers: it is taken to be their rank, so that they act with scale 1.");
        Map<String, StoredNetwork> merged = new TreeMap<>(networks);
        changed.forEach((part, weights) -> merged.put(part, networks.get(part).with(() -> weights)));
        return merged;
    }

    /** Notes by what name a layer is changed; that by which it, or a part of it, was before, or null. */
    private static String changes(Layer layer, String name, Map<String, String> changes) {
        String before = null;
        for (String weight : layer.weights()) {
            String other = changes.putIfAbsent(layer.part() + "." + weight, name);
            if (before == null) before = other;
        }
        return before;
    }

    private static boolean counted(String name) {
        return name.indexOf(':') > 0;
    }

    private static Layer counted(LoraNames names, String name) {
        String[] parts = name.split(":");
        return names.numbered(parts[0], Integer.parseInt(parts[1]));
    }

    private void requireFit(List<String> unknown, List<String> misfits) throws IOException {
        if (unknown.isEmpty() && misfits.isEmpty()) return;
        String base = settings.base(layers);
        String other = base.isEmpty() ? "" : ": it is of " + base;
        if (unknown.size() == layers.size())
            throw new IOException(path + " fits no layer of this model, whose layers are not called "
                    + Quoted.names(unknown, SHOWN) + other);
        if (!unknown.isEmpty())
            throw new IOException(path + " holds " + unknown.size() + " of " + layers.size()
                    + " layers that this model does not have, " + Quoted.names(unknown, SHOWN) + other);
        throw new IOException(path + " is of another model: " + misfits.size() + " of " + layers.size()
                + " layers have other shapes, " + String.join("; ", first(misfits)) + other);
    }

    private static List<String> first(List<String> all) {
        return all.subList(0, Math.min(SHOWN, all.size()));
    }
}
