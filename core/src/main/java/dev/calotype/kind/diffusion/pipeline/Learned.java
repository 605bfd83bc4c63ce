package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.latent.LayerPlace;
import dev.calotype.model.latent.LatentUNet;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Layers;
import dev.calotype.nn.adapt.Adaptables;
import dev.calotype.nn.adapt.LowRank;
import dev.calotype.nn.adapt.LowRank.Pair;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation;
import dev.calotype.train.adapt.Adaptation.Method;
import dev.calotype.train.adapt.Adaptation.Part;
import dev.calotype.train.adapt.Factors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * What of a pipeline learns, as a module whose parameters are that alone: factors by the names of diffusers, whole weights of the denoiser
 * by ours, behind {@code unet.}, and the vectors of a word. The denoiser that computes with them shares all other weights, which have no
 * gradient.
 */
final class Learned extends Module {
    private final LatentUNet denoiser;
    private final Map<String, Layers> branches = new HashMap<>();
    private final Map<String, Tensor> words = new LinkedHashMap<>();

    /**
     * @param words what the vectors of a learned word begin as, by the text encoder; empty if none is learned
     * @throws IllegalArgumentException if the adaptation does not fit
     */
    Learned(Frozen frozen, Map<String, Tensor> words, Adaptation adaptation, Rng rng) {
        super("Learned");
        Map<String, Part> parts = adaptation.parts(shapes(frozen.shapes(), words));
        Adaptables<LatentUNet> made = Blank.make(() -> Adaptables.of(() -> new LatentUNet(frozen.config())));
        denoiser = made.network();
        denoiser.eval();
        Set<String> whole = new LinkedHashSet<>();
        Map<String, Pair[]> factors = new LinkedHashMap<>();
        Device device = Device.of(frozen.network());
        List<String> names = new ArrayList<>(new TreeSet<>(frozen.shapes().keySet()));
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            LayerPlace place = LayerPlace.of(name);
            Part part = parts.get(Frozen.UNET + name);
            if (part == Part.WHOLE) whole.add(place.weight());
            if (part != Part.FACTORED) continue;
            Pair[] all = factors.computeIfAbsent(place.weight(), key -> new Pair[place.parts()]);
            all[place.part()] = pair(frozen, name, adaptation, device, rng.fork(i));
        }
        share(frozen.network(), whole);
        factors.forEach((weight, all) -> made.layers().get(weight).join(new LowRank(adaptation.scale(), all)));
        words.forEach((encoder, vectors) -> {
            if (parts.get(word(encoder)) != Part.WHOLE) return;
            Tensor own = device.move(vectors.clone()).set_requires_grad(true);
            this.words.put(encoder, register(word(encoder), own));
        });
    }

    /** All that can learn. */
    static Map<String, long[]> shapes(Map<String, long[]> unet, Map<String, Tensor> words) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        unet.forEach((name, shape) -> shapes.put(Frozen.UNET + name, shape));
        words.forEach((encoder, vectors) -> shapes.put(word(encoder), Tensors.shape(vectors)));
        return shapes;
    }

    /** What the vectors of a word are called among all that can learn. */
    static String word(String encoder) {
        return encoder + ".word";
    }

    /** A at random, as peft begins, and B zero; lengths are those of the weight. */
    private Pair pair(Frozen frozen, String name, Adaptation adaptation, Device device, Rng rng) {
        long[] shape = frozen.shapes().get(name), down = shape.clone(), up = shape.clone();
        down[0] = up[1] = adaptation.rank();
        for (int i = 2; i < up.length; i++) up[i] = 1;
        double bound = Math.sqrt(shape[0] / (double) Tensors.count(shape)); // 1 over the root of what comes in
        Tensor signed = rng.uniform(down).mul(new Scalar(2.0)).sub(new Scalar(1.0));
        List<String> names = Adaptation.factors(Frozen.UNET + name);
        Tensor a = register(names.get(0), device.move(Tensors.scale(bound, signed)));
        Tensor b = register(names.get(1), device.zeros(up));
        if (adaptation.method() != Method.DORA) return new Pair(a, b, null);
        return new Pair(a, b, register(names.get(2), lengths(frozen, name)));
    }

    private static Tensor lengths(Frozen frozen, String name) {
        LayerPlace place = LayerPlace.of(name);
        return Scope.inference(() -> {
            Tensor all = Tensors.parameters(frozen.network()).get(place.weight());
            long rows = all.size(0) / place.parts();
            Tensor matrix = all.narrow(0, place.part() * rows, rows)
                    .to(Precision.FP32.dtype())
                    .flatten(1, -1);
            return Factors.lengths(matrix).reshape(rows);
        });
    }

    /** Puts the weights of another network into the denoiser: those that learn as copies. */
    private void share(LatentUNet source, Set<String> whole) {
        Map<String, Tensor> own = Tensors.parameters(denoiser), given = Tensors.parameters(source);
        List<String> names = new ArrayList<>(own.keySet());
        for (String name : names) {
            Tensor parameter = own.get(name), weight = given.get(name);
            parameter.set_data(Scope.inference(() -> whole.contains(name) ? weight.clone() : weight.detach()));
            parameter.requires_grad_(whole.contains(name));
            if (whole.contains(name)) register(Frozen.UNET + name, parameter);
        }
    }

    /** Registers a parameter whose name has dots. */
    private Tensor register(String name, Tensor parameter) {
        parameter.requires_grad_(true);
        int last = name.lastIndexOf('.');
        branch(name.substring(0, last)).register_parameter(name.substring(last + 1), parameter);
        return parameter;
    }

    private Layers branch(String path) {
        Layers known = branches.get(path);
        if (known != null) return known;
        int last = path.lastIndexOf('.');
        String leaf = path.substring(last + 1);
        Layers made = new Layers(leaf);
        if (last < 0) register_module(leaf, made);
        else branch(path.substring(0, last)).add(leaf, made);
        branches.put(path, made);
        return made;
    }

    /** The denoiser with what is learned. */
    LatentUNet denoiser() {
        return denoiser;
    }

    /** The vectors of the word that is learned, (n, W) by the text encoder. */
    Map<String, Tensor> words() {
        return words;
    }
}
