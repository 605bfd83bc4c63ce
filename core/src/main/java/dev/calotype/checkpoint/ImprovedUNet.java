package dev.calotype.checkpoint;

import dev.calotype.model.UNet;
import dev.calotype.model.UNet.Resampling;
import dev.calotype.model.UNetVariant;
import dev.calotype.nn.ResidualBlock.Conditioning;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * The weights of a U-Net of improved-diffusion or guided-diffusion, whose names are ours. Such a file has no config: the
 * architecture is read off the shapes, but for the number of heads, the dropout and the size of the images.
 *
 * @param config its architecture, with 4 heads (improved-diffusion) or heads of 64 channels (guided-diffusion, known by its
 *     residual blocks between levels)
 * @param weights to be read when they are wanted
 */
public record ImprovedUNet(UNet.Config config, UNet.Ports ports, Map<String, StoredTensor> weights) {
    private static final int USUAL_HEADS = 4, GUIDED_HEAD_CHANNELS = 64;

    /**
     * Looks at a file.
     *
     * @param group one set of weights of several in the file; empty where there is one
     * @throws IOException if it cannot be read or is not of such a network
     */
    public static ImprovedUNet read(Path file, String group) throws IOException {
        Map<String, StoredTensor> weights = group.isEmpty() ? WeightFile.stored(file) : WeightFile.stored(file, group);
        Map<String, StoredTensor> plain = new LinkedHashMap<>();
        weights.forEach((name, w) -> plain.put(name.startsWith("module.") ? name.substring(7) : name, w));
        try {
            return of(plain);
        } catch (IllegalArgumentException | IOException e) {
            throw new IOException(
                    file + " is no U-Net of improved-diffusion or guided-diffusion: " + e.getMessage(), e);
        }
    }

    private static ImprovedUNet of(Map<String, StoredTensor> weights) throws IOException {
        long[] first = shape(weights, "input_blocks.0.0.weight");
        int channels = (int) first[0];
        int stages = 0, levels = 1;
        boolean residual = false;
        for (; weights.containsKey("output_blocks." + stages + ".0.in_layers.0.weight"); stages++)
            for (String place : new String[] {".1", ".2"}) {
                boolean block = weights.containsKey("output_blocks." + stages + place + ".in_layers.0.weight");
                if (block || weights.containsKey("output_blocks." + stages + place + ".conv.weight")) levels++;
                residual |= block;
            }
        if (stages == 0 || stages % levels != 0)
            throw new IOException("it has " + stages + " output_blocks for " + levels + " levels");
        int blocks = stages / levels - 1;
        List<Integer> multipliers = new ArrayList<>();
        List<Integer> attention = new ArrayList<>();
        for (int level = 0, stage = 1; level < levels; level++, stage++) {
            stage += Math.max(0, blocks - 1);
            long width = shape(weights, "input_blocks." + stage + ".0.out_layers.3.weight")[0];
            if (width % channels != 0)
                throw new IOException("its levels have " + channels + " and " + width + " channels");
            multipliers.add((int) (width / channels));
            if (weights.containsKey("input_blocks." + stage + ".1.qkv.weight")) attention.add(1 << level);
            stage++; // what leads to the next level
        }
        long out = shape(weights, "input_blocks.1.0.out_layers.3.weight")[0];
        boolean scaleShift = shape(weights, "input_blocks.1.0.emb_layers.1.weight")[0] == 2 * out;
        UNet.Config config = new UNet.Config(
                channels,
                multipliers,
                blocks,
                attention,
                residual ? 0 : USUAL_HEADS,
                residual ? GUIDED_HEAD_CHANNELS : 0,
                scaleShift ? Conditioning.SCALE_SHIFT : Conditioning.SHIFT,
                residual ? Resampling.RESIDUAL : Resampling.CONVOLUTION,
                0,
                1,
                UNetVariant.IMPROVED_DDPM);
        int classes = weights.containsKey("label_emb.weight") ? (int) shape(weights, "label_emb.weight")[0] : 0;
        UNet.Ports ports = new UNet.Ports((int) first[1], (int) shape(weights, "out.2.weight")[0], classes);
        return new ImprovedUNet(config, ports, weights);
    }

    /**
     * Orders the rows of attention that go query, key, value, each head by head, as {@code QKVAttention} of guided-diffusion has
     * them, as {@code QKVAttentionLegacy} and we do: head by head, each query, key, value.
     *
     * @param weights of a whole network, changed in place
     */
    public static void orderByHeads(Map<String, Tensor> weights, UNet.Config config) {
        weights.forEach((name, weight) -> {
            if (!name.contains(".qkv.")) return;
            long rows = weight.size(0), heads = config.heads((int) rows / 3);
            Scope.run(() -> {
                Tensor values = weight.detach(); // the same memory
                Tensor parts = values.reshape(3, heads, rows / 3 / heads, -1); // (3, heads, width, in)
                values.copy_(parts.transpose(0, 1).reshape(Tensors.shape(weight)));
            });
        });
    }

    private static long[] shape(Map<String, StoredTensor> weights, String name) throws IOException {
        StoredTensor weight = weights.get(name);
        if (weight == null || weight.dim() < 2) throw new IOException("it has no matrix or kernel " + name);
        return weight.shape();
    }
}
