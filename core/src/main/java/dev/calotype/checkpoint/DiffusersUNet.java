package dev.calotype.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.JsonFile;
import dev.calotype.model.UNet;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.Blank;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Reads and writes a {@link UNet} as the folder of a diffusers {@code UNet2DModel}: {@code config.json} and
 * {@code diffusion_pytorch_model.safetensors}, or on reading one of the other forms that diffusers has given it: {@code .bin},
 * several files with an index, a variant such as {@code fp16}.
 *
 * <p>Both are the network of Improved DDPM, but diffusers keeps query, key and value apart, where ours has one
 * projection whose rows go head by head, and within a head query, key, value.
 */
public final class DiffusersUNet {
    private static final String TOLD_CHANGES = "hints.changes.weight";
    private static final String CONFIG = "config.json";
    private static final String STEM = "diffusion_pytorch_model";
    private static final String WEIGHTS = STEM + ".safetensors";
    private static final long MAX_CONFIG_BYTES = 1 << 20;
    private static final String[] PARTS = {"to_q", "to_k", "to_v"};

    /** What diffusers before 0.18 called the parts of attention. */
    private static final Map<String, String> OLD_PARTS =
            Map.of("query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0");

    private DiffusersUNet() {}

    /** Reads a network in fp32, as {@link #read(Path, Precision)}. */
    public static UNet read(Path folder) throws IOException {
        return read(folder, Precision.FP32);
    }

    /**
     * Reads a network, one tensor after the other; the caller owns it.
     *
     * @param precision of its weights; what trains is fp32
     * @throws IOException if a file cannot be read or is damaged, if the config describes a network that ours cannot
     *     be (the message names the setting), or if the weights are not those of the config
     */
    public static UNet read(Path folder, Precision precision) throws IOException {
        DiffusersConfig config = config(folder.resolve(CONFIG));
        Path file = new WeightFolder(folder, STEM).find();
        requirePlausible(config, WeightFolder.bytes(file), file);
        UNet network = Blank.make(() -> new UNet(config.config(), config.ports()));
        try {
            load(network, file, precision);
            return network;
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /** A config can ask for a network of any size: the memory for it is taken only if the file has its weights. */
    private static void requirePlausible(DiffusersConfig of, long bytes, Path file) throws IOException {
        UNet.Config config = of.config();
        UNetVariant.Time time = config.variant().time();
        long width = config.channels(), embedding = config.embedding();
        long least = embedding * (width + embedding)
                + 9 * width * (of.ports().in() + (long) of.ports().out())
                + width * time.steps()
                + (time.labels() == UNetVariant.Labels.TABLE
                        ? embedding * of.ports().classes()
                        : 0);
        for (UNetVariant.Level level : config.levels())
            least += 2L * 9 * level.width() * level.width() * config.blocks();
        if (bytes < least)
            throw new IOException(file + " has " + bytes + " bytes, too few for the network of " + CONFIG
                    + " with more than " + least + " numbers");
    }

    private static void load(UNet network, Path file, Precision precision) throws IOException {
        try {
            Weights.load(network, toOurs(network.config(), WeightFile.stored(file)), precision);
        } catch (IllegalArgumentException e) {
            throw new IOException("the weights are not those of the config: " + e.getMessage(), e);
        }
    }

    /**
     * Writes a network into a folder, which is made if need be.
     *
     * @param imageSize the width and height that diffusers' pipelines are to sample
     * @throws IOException if a file cannot be written
     * @throws IllegalArgumentException if diffusers has no such network
     */
    public static void write(Path folder, UNet network, int imageSize) throws IOException {
        int factor = network.config().coarsest();
        if (imageSize < factor || imageSize % factor != 0)
            throw new IllegalArgumentException("imageSize must be a multiple of " + factor + ": " + imageSize);
        byte[] json = Checkpoint.JSON
                .writerWithDefaultPrettyPrinter()
                .writeValueAsBytes(new DiffusersConfig(network.config(), network.ports()).json(imageSize));
        Files.createDirectories(folder);
        NativeBytes.tidy(() -> {
            Map<String, Tensor> ours = new LinkedHashMap<>(Weights.of(network));
            ours.remove(TOLD_CHANGES); // which say nothing where nothing was done
            Map<String, Tensor> theirs = toTheirs(network.config(), ours);
            SafeTensors.write(folder.resolve(WEIGHTS), theirs, Map.of("format", "pt"));
            return new Tensor[0];
        });
        AtomicFile.write(folder.resolve(CONFIG), json);
    }

    private static DiffusersConfig config(Path file) throws IOException {
        JsonNode json = JsonFile.read(Checkpoint.JSON, file, MAX_CONFIG_BYTES);
        try {
            return DiffusersConfig.of(json);
        } catch (IOException e) {
            throw new IOException("cannot use " + file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, StoredTensor> toOurs(UNet.Config config, Map<String, StoredTensor> theirs) {
        DiffusersNames names = new DiffusersNames(config);
        Map<String, StoredTensor> rest = new LinkedHashMap<>();
        theirs.forEach((name, tensor) -> rest.put(current(name), tensor));
        Map<String, StoredTensor> joined = new LinkedHashMap<>();
        for (DiffusersNames.Block block : names.attentions())
            for (String kind : new String[] {".weight", ".bias"}) {
                List<StoredTensor> parts = new ArrayList<>();
                for (String part : PARTS)
                    Optional.ofNullable(rest.remove(block.theirs() + "." + part + kind))
                            .ifPresent(parts::add);
                if (parts.size() == PARTS.length)
                    joined.put(block.ours() + ".qkv" + kind, join(config, block.theirs(), parts));
            }
        joined.putAll(names.toTheirs().inverse().rename(rest));
        return joined;
    }

    private static Map<String, Tensor> toTheirs(UNet.Config config, Map<String, Tensor> ours) {
        DiffusersNames names = new DiffusersNames(config);
        Map<String, Tensor> rest = new LinkedHashMap<>(ours);
        Map<String, Tensor> split = new LinkedHashMap<>();
        for (DiffusersNames.Block block : names.attentions()) {
            for (String kind : new String[] {".weight", ".bias"}) {
                Tensor[] parts = split(config, rest.remove(block.ours() + ".qkv" + kind));
                for (int i = 0; i < PARTS.length; i++) split.put(block.theirs() + "." + PARTS[i] + kind, parts[i]);
            }
            String projection = block.ours() + ".proj_out.weight";
            rest.put(projection, rest.get(projection).flatten(1, -1)); // (C, C)
        }
        split.putAll(names.toTheirs().rename(rest));
        return split;
    }

    /** Three of (C, ...) to (3C, ...): rows by head, then query, key, value. */
    private static StoredTensor join(UNet.Config config, String name, List<StoredTensor> parts) {
        long[] shape = parts.get(0).shape();
        for (StoredTensor part : parts)
            if (shape.length == 0
                    || part.count() == 0
                    || part.type() != parts.get(0).type()
                    || !Arrays.equals(part.shape(), shape)
                    || shape[0] % heads(config, shape[0]) != 0)
                throw new IllegalArgumentException("the shapes of query, key and value of " + name + " do not fit");
        long heads = heads(config, shape[0]);
        shape[0] *= parts.size();
        return StoredTensor.of(parts, read -> {
            Tensor[] byHead = new Tensor[read.length];
            for (int i = 0; i < byHead.length; i++)
                byHead[i] = read[i].reshape(heads, 1, -1); // (heads, 1, C / heads * ...)
            return Tensors.cat(1, byHead).reshape(shape); // (3C, ...)
        });
    }

    /** The inverse of {@link #join}; a 1 x 1 convolution becomes a matrix. */
    private static Tensor[] split(UNet.Config config, Tensor qkv) {
        long channels = qkv.size(0) / PARTS.length;
        Tensor byHead = qkv.reshape(heads(config, channels), PARTS.length, -1);
        Tensor[] parts = new Tensor[PARTS.length];
        for (int i = 0; i < parts.length; i++) {
            Tensor part = byHead.select(1, i); // (heads, C / heads * ...)
            parts[i] = qkv.dim() == 1 ? part.reshape(channels) : part.reshape(channels, -1); // (C) or (C, C)
        }
        return parts;
    }

    private static long heads(UNet.Config config, long width) {
        return config.heads(Math.toIntExact(width));
    }

    private static String current(String name) {
        String[] words = name.split("\\.");
        if (words.length < 3 || !name.contains("attentions.")) return name;
        String part = OLD_PARTS.get(words[words.length - 2]);
        if (part == null) return name;
        words[words.length - 2] = part;
        return String.join(".", words);
    }
}
