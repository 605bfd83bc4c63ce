package dev.calotype.checkpoint.latent;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.model.latent.LatentScale;
import dev.calotype.model.latent.TinyAutoencoder;
import dev.calotype.nn.Activation;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The files of TAESD as its repository has them: {@code taesd_encoder.pth} and {@code taesd_decoder.pth}, whatever is before the
 * underscore. The shape of the network is that of its weights.
 */
final class TaesdFiles {
    private static final String ENCODER = "_encoder", DECODER = "_decoder";
    private static final List<String> ENDINGS = List.of(".safetensors", ".pth", ".pt");

    private TaesdFiles() {}

    /** Whether a folder has an encoder and a decoder. */
    static boolean in(Path folder) throws IOException {
        return Files.isDirectory(folder) && !pairs(folder).isEmpty();
    }

    static Scope.Owned<TinyAutoencoder> read(Path folder, Precision precision) throws IOException {
        Map<String, Path[]> pairs = pairs(folder);
        if (pairs.size() != 1)
            throw new IOException(folder + " has several autoencoders, " + String.join(", ", pairs.keySet())
                    + ": leave one of them there");
        Path[] files = pairs.values().iterator().next();
        Map<String, StoredTensor> weights = new LinkedHashMap<>();
        WeightFile.stored(files[0]).forEach((name, tensor) -> weights.put("encoder.layers." + name, tensor));
        // theirs begins with the bound of latents, which has no weights
        WeightFile.stored(files[1]).forEach((name, tensor) -> weights.put("decoder.layers." + lowered(name), tensor));
        TinyAutoencoder.Config config = config(weights, files[0]);
        return LatentNetworks.loaded(() -> new TinyAutoencoder(config), weights, precision, folder);
    }

    private static Map<String, Path[]> pairs(Path folder) throws IOException {
        Map<String, Path[]> pairs = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path encoder : files.sorted().toList()) {
                String name = encoder.getFileName().toString();
                for (String ending : ENDINGS) {
                    if (!name.endsWith(ENCODER + ending)) continue;
                    String stem = name.substring(0, name.length() - (ENCODER + ending).length());
                    Path decoder = folder.resolve(stem + DECODER + ending);
                    if (Files.isRegularFile(decoder)) pairs.putIfAbsent(stem, new Path[] {encoder, decoder});
                }
            }
        }
        return pairs;
    }

    private static String lowered(String name) {
        int dot = name.indexOf('.');
        if (dot < 1 || !name.substring(0, dot).matches("\\d{1,4}")) return name;
        return Integer.parseInt(name.substring(0, dot)) - 1 + name.substring(dot);
    }

    private static TinyAutoencoder.Config config(Map<String, StoredTensor> weights, Path file) throws IOException {
        StoredTensor first = weights.get("encoder.layers.0.weight"), into = weights.get("decoder.layers.0.weight");
        if (first == null || into == null || first.dim() != 4 || into.dim() != 4)
            throw new IOException(file + " and its decoder do not begin with the convolutions of a TAESD");
        if (weights.keySet().stream().anyMatch(name -> name.matches(".*\\.skip\\..*"))
                || !weights.containsKey("encoder.layers.1.conv.0.weight"))
            throw new IOException(
                    file + " has blocks of several widths, as the autoencoders with 32 times smaller latents"
                            + " have: these are not supported");
        try {
            return new TinyAutoencoder.Config(
                    (int) first.size(1),
                    (int) into.size(1),
                    (int) first.size(0),
                    stages(weights, "encoder"),
                    (int) into.size(0),
                    stages(weights, "decoder"),
                    Activation.RELU,
                    weights.keySet().stream().anyMatch(name -> name.contains(".pool.")),
                    LatentScale.NONE);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": its network is not supported: " + e.getMessage(), e);
        }
    }

    /** Blocks between the convolutions without a bias. */
    private static List<Integer> stages(Map<String, StoredTensor> weights, String half) {
        TreeSet<Integer> layers = new TreeSet<>(), blocks = new TreeSet<>();
        for (String name : weights.keySet()) {
            String[] words = name.split("\\.");
            if (!words[0].equals(half) || !words[2].matches("\\d{1,4}")) continue;
            int index = Integer.parseInt(words[2]);
            layers.add(index);
            if (words[3].equals("conv")) blocks.add(index);
        }
        List<Integer> stages = new ArrayList<>(List.of(0));
        for (int index : layers) {
            boolean block = blocks.contains(index);
            if (block) stages.set(stages.size() - 1, stages.get(stages.size() - 1) + 1);
            else if (index != layers.first() && index != layers.last()) stages.add(0);
        }
        return stages;
    }
}
