package dev.calotype.kind.diffusion.pipeline;

import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.clip.PretrainedClip;
import dev.calotype.checkpoint.latent.LayerPlace;
import dev.calotype.kind.diffusion.pipeline.AskedTexts.Tower;
import dev.calotype.model.clip.TextTransformer;
import dev.calotype.model.latent.ToldDenoiser;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Layers;
import dev.calotype.nn.adapt.Adaptables;
import dev.calotype.nn.adapt.LowRank;
import dev.calotype.nn.adapt.LowRank.Pair;
import dev.calotype.settings.Check;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation;
import dev.calotype.train.adapt.Adaptation.Method;
import dev.calotype.train.adapt.Adaptation.Part;
import dev.calotype.train.adapt.Factors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * What of a pipeline learns, as a module whose parameters are that alone: factors by the names of diffusers behind those of their part,
 * whole weights of the denoiser by ours, behind {@code unet.}, and the vectors of a word. The networks that compute with them share all
 * other weights, which have no gradient.
 */
final class Learned extends Module {
    /**
     * A network of a pipeline that a training begins with. Its weights are read once and shared by all networks of the training, but for
     * those that learn.
     *
     * @param part what diffusers calls it
     * @param blank makes another one of its shape
     * @param places where what can learn stands in it
     * @param shapes of what can learn, by the names of others
     * @param network in the scope of who asked for it
     */
    record Frozen<M extends Module>(
            String part,
            Supplier<M> blank,
            Function<String, LayerPlace> places,
            Map<String, long[]> shapes,
            M network) {
        /** The shapes of the weights of a network that is not read. */
        static Map<String, long[]> shapes(StoredNetwork stored) throws IOException {
            Map<String, long[]> shapes = new LinkedHashMap<>();
            for (Map.Entry<String, StoredTensor> weight : stored.weights().entrySet())
                shapes.put(weight.getKey(), weight.getValue().shape());
            return shapes;
        }
    }

    private final ToldDenoiser denoiser;
    private final Map<String, TextTransformer> encoders = new HashMap<>(); // with factors
    private final Map<String, Layers> branches = new HashMap<>();
    private final Map<String, Tensor> words = new LinkedHashMap<>();

    /**
     * @param towers text encoders, of which those learn whose shapes are known
     * @param words what the vectors of a learned word begin as, by the text encoder; empty if none is learned
     * @throws IllegalArgumentException if the adaptation does not fit
     */
    Learned(
            Frozen<? extends ToldDenoiser> frozen,
            List<Tower> towers,
            Map<String, Tensor> words,
            Adaptation adaptation,
            Rng rng) {
        super("Learned");
        Map<String, Map<String, long[]>> shapes = new LinkedHashMap<>();
        shapes.put(frozen.part(), frozen.shapes());
        for (Tower tower : towers) if (!tower.shapes().isEmpty()) shapes.put(tower.part(), tower.shapes());
        Map<String, Part> parts = parts(adaptation, frozen.part(), shapes, words);
        denoiser = adapted(frozen, adaptation, parts, rng);
        for (int i = 0; i < towers.size(); i++) {
            Tower tower = towers.get(i);
            if (!shapes.containsKey(tower.part())) continue;
            Frozen<TextTransformer> encoder = new Frozen<>(
                    tower.part(),
                    () -> new TextTransformer(tower.network().config()),
                    name -> PretrainedClip.textPlace(name).orElseThrow(),
                    tower.shapes(),
                    tower.network());
            encoders.put(
                    tower.part(),
                    adapted(encoder, adaptation, parts, rng.fork(-1).fork(i)));
        }
        Device device = Device.of(frozen.network());
        words.forEach((encoder, vectors) -> {
            if (parts.get(word(encoder)) != Part.WHOLE) return;
            Tensor own = device.move(vectors.clone()).set_requires_grad(true);
            this.words.put(encoder, register(word(encoder), own));
        });
    }

    /**
     * What becomes of each weight.
     *
     * @param denoiser what diffusers calls it
     * @param shapes of what can learn of each part, by the names of diffusers
     * @throws IllegalArgumentException if the adaptation does not fit, or would leave a text encoder that is to learn as it is
     */
    static Map<String, Part> parts(
            Adaptation adaptation,
            String denoiser,
            Map<String, Map<String, long[]>> shapes,
            Map<String, Tensor> words) {
        Map<String, long[]> all = new LinkedHashMap<>();
        shapes.forEach((part, own) -> own.forEach((name, shape) -> all.put(part + "." + name, shape)));
        words.forEach((encoder, vectors) -> all.put(word(encoder), Tensors.shape(vectors)));
        Map<String, Part> parts = adaptation.parts(all);
        for (String part : shapes.keySet()) {
            if (part.equals(denoiser)) continue;
            List<String> own = parts.keySet().stream()
                    .filter(name -> name.startsWith(part + ".") && !name.equals(word(part)))
                    .toList();
            Check.that(
                    own.stream().noneMatch(name -> parts.get(name) == Part.WHOLE),
                    "whole must name no weights of " + part + ", which learns by factors alone",
                    adaptation.whole());
            Check.that(
                    own.stream().anyMatch(name -> parts.get(name) == Part.FACTORED),
                    "layers must name some of " + part + " where texts.encoders is learned, such as q_proj",
                    adaptation.layers());
        }
        return parts;
    }

    /** What the vectors of a word are called among all that can learn. */
    static String word(String encoder) {
        return encoder + ".word";
    }

    /** A network that shares the weights of a frozen one, with the factors that learn. */
    private <M extends Module> M adapted(Frozen<M> frozen, Adaptation adaptation, Map<String, Part> parts, Rng rng) {
        Adaptables<M> made = Blank.make(() -> Adaptables.of(frozen.blank()));
        made.network().eval();
        Set<String> whole = new LinkedHashSet<>();
        Map<String, Pair[]> factors = new LinkedHashMap<>();
        List<String> names = new ArrayList<>(new TreeSet<>(frozen.shapes().keySet()));
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            LayerPlace place = frozen.places().apply(name);
            Part part = parts.get(frozen.part() + "." + name);
            if (part == Part.WHOLE) whole.add(place.weight());
            if (part != Part.FACTORED) continue;
            Pair[] all = factors.computeIfAbsent(place.weight(), key -> new Pair[place.parts()]);
            all[place.part()] = pair(frozen, name, adaptation, rng.fork(i));
        }
        share(frozen.part(), frozen.network(), made.network(), whole);
        factors.forEach((weight, all) -> made.layers().get(weight).join(new LowRank(adaptation.scale(), all)));
        return made.network();
    }

    /** A at random, as peft begins, and B zero; lengths are those of the weight. */
    private Pair pair(Frozen<?> frozen, String name, Adaptation adaptation, Rng rng) {
        Device device = Device.of(frozen.network());
        long[] shape = frozen.shapes().get(name), down = shape.clone(), up = shape.clone();
        down[0] = up[1] = adaptation.rank();
        for (int i = 2; i < up.length; i++) up[i] = 1;
        double bound = Math.sqrt(shape[0] / (double) Tensors.count(shape)); // 1 over the root of what comes in
        Tensor signed = rng.uniform(down).mul(new Scalar(2.0)).sub(new Scalar(1.0));
        List<String> names = Adaptation.factors(frozen.part() + "." + name);
        Tensor a = register(names.get(0), device.move(Tensors.scale(bound, signed)));
        Tensor b = register(names.get(1), device.zeros(up));
        if (adaptation.method() != Method.DORA) return new Pair(a, b, null);
        return new Pair(a, b, register(names.get(2), lengths(frozen, name)));
    }

    private static Tensor lengths(Frozen<?> frozen, String name) {
        LayerPlace place = frozen.places().apply(name);
        return Scope.inference(() -> {
            Tensor all = Tensors.parameters(frozen.network()).get(place.weight());
            long rows = all.size(0) / place.parts();
            Tensor matrix = all.narrow(0, place.part() * rows, rows)
                    .to(Precision.FP32.dtype())
                    .flatten(1, -1);
            return Factors.lengths(matrix).reshape(rows);
        });
    }

    /** Puts the weights of one network into another: those that learn as copies. */
    private void share(String part, Module source, Module to, Set<String> whole) {
        Map<String, Tensor> own = Tensors.parameters(to), given = Tensors.parameters(source);
        List<String> names = new ArrayList<>(own.keySet());
        for (String name : names) {
            Tensor parameter = own.get(name), weight = given.get(name);
            parameter.set_data(Scope.inference(() -> whole.contains(name) ? weight.clone() : weight.detach()));
            parameter.requires_grad_(whole.contains(name));
            if (whole.contains(name)) register(part + "." + name, parameter);
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

    /** A text encoder with what is learned; itself where it stays as it is. */
    TextTransformer encoder(Tower tower) {
        return encoders.getOrDefault(tower.part(), tower.network());
    }

    /** The denoiser with what is learned. */
    ToldDenoiser denoiser() {
        return denoiser;
    }

    /** The vectors of the word that is learned, (n, W) by the text encoder. */
    Map<String, Tensor> words() {
        return words;
    }
}
