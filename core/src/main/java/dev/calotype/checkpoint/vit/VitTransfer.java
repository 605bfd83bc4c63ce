package dev.calotype.checkpoint.vit;

import dev.calotype.checkpoint.Weights;
import dev.calotype.model.vit.Standardization;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.nn.transformer.PositionTable;
import dev.calotype.nn.transformer.PositionTable.Cubic;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Lets a vision transformer begin with the weights of another one, at another size of pictures and for other classes: the table of
 * positions is resized by the cubic of -0.5 with averaging, rows of the classifier follow the names of classes, and what the other
 * one does to its pixels first becomes a part of its patch embedding, so that pictures of [-1, 1] mean the same to both.
 */
public final class VitTransfer {
    private static final String KERNEL = "patch_embed.proj.weight", BIAS = "patch_embed.proj.bias";
    private static final String POSITIONS = "pos_embed", NAMELESS = "";

    private VitTransfer() {}

    /**
     * Opens a folder of transformers, a file of {@link VitFile}, or a file of timm's, whose classes have no names; the caller owns it.
     *
     * @throws IOException if it is none of these, or damaged
     */
    public static PretrainedVit read(Path path) throws IOException {
        if (Files.isDirectory(path)) return TransformersVit.read(path);
        if (path.toString().endsWith(".safetensors") && VitFile.isOne(path)) return VitFile.read(path, "", "");
        PretrainedVit numbered = TimmVit.read(path, 0, 0);
        int classes = numbered.classes().size();
        return new PretrainedVit(numbered.network(), Collections.nCopies(classes, NAMELESS), numbered.pixels());
    }

    /**
     * Gives {@code fresh} the weights of another network.
     *
     * @param classes of {@code fresh}, in the order of its logits
     * @return the classes that the other one lacks, whose rows stay as they are
     * @throws IllegalArgumentException if the two differ in shape; the message says what to set
     */
    public static List<String> begin(VisionTransformer fresh, List<String> classes, PretrainedVit other) {
        requireAlike(fresh.config(), other.network().config());
        if (fresh.ports().channels() != other.network().ports().channels())
            throw new IllegalArgumentException("data.channels must be "
                    + other.network().ports().channels() + ", as of the network to begin with: "
                    + fresh.ports().channels());
        Scope.read(() -> {
            Map<String, Tensor> own = Weights.of(fresh), theirs = new LinkedHashMap<>(Weights.of(other.network()));
            Map<String, Tensor> fitting = new LinkedHashMap<>();
            signed(theirs, other.pixels());
            for (String name : own.keySet())
                fitting.put(
                        name,
                        name.startsWith("head") ? rows(own, theirs, name, classes, other.classes()) : theirs.get(name));
            if (fitting.containsKey(POSITIONS)) fitting.put(POSITIONS, positions(theirs.get(POSITIONS), fresh, other));
            Weights.load(fresh, fitting);
            return null;
        });
        return classes.stream().filter(name -> !other.classes().contains(name)).toList();
    }

    private static void requireAlike(VisionTransformerConfig own, VisionTransformerConfig theirs) {
        List<String> others = new ArrayList<>();
        differ(others, "patch", own.patch(), theirs.patch());
        differ(others, "width", own.width(), theirs.width());
        differ(others, "depth", own.depth(), theirs.depth());
        differ(others, "heads", own.heads(), theirs.heads());
        differ(others, "hidden", own.hidden(), theirs.hidden());
        differ(others, "stem", kebab(own.stem()), kebab(theirs.stem()));
        differ(others, "position", kebab(own.position()), kebab(theirs.position()));
        differ(others, "pool", kebab(own.pool()), kebab(theirs.pool()));
        differ(others, "registers", own.registers(), theirs.registers());
        differ(others, "distillation", kebab(own.distillation()), kebab(theirs.distillation()));
        differ(others, "epsilon", own.epsilon(), theirs.epsilon());
        if (own.layerScale() > 0 != theirs.layerScale() > 0)
            differ(others, "layerScale", own.layerScale(), theirs.layerScale());
        if (!others.isEmpty())
            throw new IllegalArgumentException(
                    "network must be that of the weights to begin with: set " + String.join(", ", others));
    }

    private static void differ(List<String> others, String key, Object own, Object theirs) {
        if (!own.equals(theirs)) others.add("network." + key + "=" + theirs);
    }

    private static String kebab(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** (W (x - m) / d) of values in [0, 1] as a layer of values in [-1, 1]. */
    private static void signed(Map<String, Tensor> weights, Standardization pixels) {
        int channels = pixels.mean().size();
        if (pixels.equals(Standardization.signed(channels))) return;
        double[] factor = new double[channels], offset = new double[channels];
        for (int c = 0; c < channels; c++) {
            factor[c] = 0.5 / pixels.deviation().get(c);
            offset[c] = (0.5 - pixels.mean().get(c)) / pixels.deviation().get(c);
        }
        Tensor kernel = weights.get(KERNEL); // (D, C, P, P)
        Tensor scale = Tensors.as(Tensors.of(factor).reshape(1, channels, 1, 1), kernel);
        Tensor shift = Tensors.as(Tensors.of(offset).reshape(1, channels, 1, 1), kernel);
        weights.put(KERNEL, kernel.mul(scale));
        weights.put(BIAS, weights.get(BIAS).add(kernel.mul(shift).sum(1, 2, 3))); // (D)
    }

    private static Tensor positions(Tensor table, VisionTransformer fresh, PretrainedVit other) {
        int prefix = fresh.config().prefix();
        int from = other.network().config().grid(other.network().ports().size());
        int to = fresh.config().grid(fresh.ports().size());
        if (from == to) return table;
        Tensor patches = PositionTable.resize(table.narrow(1, prefix, (long) from * from), from, to, Cubic.TIMM);
        return Tensors.cat(1, table.narrow(1, 0, prefix), patches);
    }

    private static Tensor rows(
            Map<String, Tensor> own,
            Map<String, Tensor> theirs,
            String name,
            List<String> classes,
            List<String> known) {
        Tensor rows = own.get(name).detach().clone(); // (K, D) or (K)
        Tensor given = theirs.get(name);
        for (int i = 0; i < classes.size() && given != null; i++) {
            int at = known.indexOf(classes.get(i));
            if (at >= 0) rows.select(0, i).copy_(given.select(0, at));
        }
        return rows;
    }
}
