package dev.calotype.checkpoint.adapter;

import dev.calotype.checkpoint.Digest;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.io.NearestName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Scalar;

/**
 * What a fine-tuning of one network has learned, by the names of its weights: factors of some, called as peft calls them, and others as
 * they are.
 */
public final class OwnAdapter {
    private static final int SHOWN = 4;
    private static final Pattern FACTOR = Pattern.compile(
            "(?:base_model\\.model\\.)?(.+)\\.(lora_A\\.weight|lora_B\\.weight|lora_magnitude_vector(?:\\.weight)?|alpha)");

    private final Map<String, LoraLayer> layers = new TreeMap<>(); // by the name of the weight
    private final Map<String, StoredTensor> whole = new TreeMap<>();
    private final double alpha;

    private OwnAdapter(double alpha) {
        this.alpha = alpha;
    }

    /**
     * What is stored.
     *
     * @param alpha of the factors where nothing else is said of it; NaN where that is not known
     * @throws IOException if a factor lacks its partner
     */
    public static OwnAdapter of(Map<String, StoredTensor> stored, double alpha) throws IOException {
        OwnAdapter adapter = new OwnAdapter(alpha);
        stored.forEach((name, tensor) -> {
            Matcher factor = FACTOR.matcher(name);
            if (factor.matches())
                adapter.layers
                        .computeIfAbsent(factor.group(1) + ".weight", key -> new LoraLayer())
                        .put(piece(factor.group(2)), tensor);
            else adapter.whole.put(name, tensor);
        });
        for (Map.Entry<String, LoraLayer> layer : adapter.layers.entrySet()) {
            String lacking = layer.getValue().lacking();
            if (lacking != null) throw new IOException("the adapter is damaged: " + layer.getKey() + " " + lacking);
        }
        return adapter;
    }

    /**
     * What is stored in a file of factors, whose header may say alpha as diffusers writes it.
     *
     * @throws IOException if it cannot be read, or a factor lacks its partner
     */
    public static OwnAdapter of(Path file) throws IOException {
        return of(WeightFile.stored(file), LoraSettings.of(file).alphaOfAll());
    }

    private static String piece(String factor) {
        if (factor.startsWith("lora_A")) return LoraLayer.DOWN;
        if (factor.startsWith("lora_B")) return LoraLayer.UP;
        return factor.equals("alpha") ? LoraLayer.ALPHA : LoraLayer.MAGNITUDE;
    }

    /** The weights that have factors, by name, with their rank. */
    public Map<String, Long> ranks() {
        Map<String, Long> ranks = new TreeMap<>();
        layers.forEach((name, layer) -> ranks.put(name, layer.rank()));
        return ranks;
    }

    /** The weights that are held as they are. */
    public List<String> whole() {
        return List.copyOf(whole.keySet());
    }

    /** Whether a row's length is learned beside. */
    public boolean hasLengths() {
        return layers.values().stream().anyMatch(layer -> layer.has(LoraLayer.MAGNITUDE));
    }

    /**
     * Alpha of a weight's factors; NaN where nothing is said of it.
     *
     * @throws IOException if it cannot be read
     */
    public double alpha(String weight) throws IOException {
        double own = layers.get(weight).alpha();
        return Double.isNaN(own) ? alpha : own;
    }

    /**
     * Weights with this added.
     *
     * @param weights of a network by name
     * @param weight by how much; 1 for what was learned
     * @throws IOException if the network does not have such weights, or of other shapes, or alpha is not known
     */
    public Map<String, StoredTensor> applied(Map<String, StoredTensor> weights, double weight) throws IOException {
        List<String> unknown = new ArrayList<>(layers.keySet());
        unknown.addAll(whole.keySet());
        unknown.removeAll(weights.keySet());
        if (!unknown.isEmpty())
            throw new IOException("the adapter belongs to another network: there is no weight "
                    + String.join(", ", unknown.subList(0, Math.min(SHOWN, unknown.size())))
                    + NearestName.hint(unknown.get(0), weights.keySet()));
        Map<String, StoredTensor> changed = new LinkedHashMap<>(weights);
        for (Map.Entry<String, LoraLayer> entry : layers.entrySet()) {
            double own = alpha(entry.getKey());
            if (Double.isNaN(own))
                throw new IOException("the adapter does not say alpha, so that it is not known how strongly it acts");
            changed.put(
                    entry.getKey(),
                    applied(entry.getKey(), weights, own / entry.getValue().rank(), weight));
        }
        for (Map.Entry<String, StoredTensor> entry : whole.entrySet()) {
            StoredTensor before = weights.get(entry.getKey()), after = entry.getValue();
            if (!Arrays.equals(before.shape(), after.shape()))
                throw new IOException("the adapter belongs to another network: " + entry.getKey() + " of it is "
                        + Arrays.toString(after.shape()) + ", not " + Arrays.toString(before.shape()));
            if (weight == 1) changed.put(entry.getKey(), after);
            else
                changed.put(
                        entry.getKey(),
                        StoredTensor.of(List.of(before, after), both -> both[0].lerp(both[1], new Scalar(weight))));
        }
        return changed;
    }

    private StoredTensor applied(String name, Map<String, StoredTensor> weights, double scale, double by)
            throws IOException {
        try {
            return layers.get(name).applied(weights.get(name), scale, by);
        } catch (IllegalArgumentException e) {
            throw new IOException("the adapter belongs to another network: " + name + ", " + e.getMessage(), e);
        }
    }

    /** The fingerprint of a base with an adapter. */
    public static String hash(String base, String adapter) {
        return Digest.of(base + adapter);
    }
}
