package dev.calotype.checkpoint.adapter;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.adapter.LoraNames.Layer;
import dev.calotype.checkpoint.adapter.LoraNames.OnePiece;
import dev.calotype.io.AtomicFile;
import dev.calotype.io.Quoted;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Writes a low-rank adapter by the names of another program. The second factor is multiplied by how much the pair acts, so that alpha is
 * the rank: whoever does not read alpha gets the right strength, and alpha is written all the same.
 */
public final class LoraConversion {
    /** Whose names. */
    public enum Form {
        /** One file of diffusers: {@code unet.NAME.lora_A.weight}, and {@code lora_adapter_metadata} in its header. */
        DIFFUSERS,
        /**
         * One file of kohya's scripts: {@code lora_unet_NAME.lora_down.weight} and {@code .alpha}. All pairs have the highest rank, with
         * zeros, since programs that lose an alpha take that of another pair.
         */
        KOHYA,
        /** A folder of peft, of an adapter of the denoiser alone: {@code adapter_model.safetensors} and {@code adapter_config.json}. */
        PEFT
    }

    private static final int SHOWN = 6;
    private static final Map<String, String> KOHYA = Map.of(
            LoraNames.UNET,
            "lora_unet_",
            LoraNames.TRANSFORMER,
            "lora_unet_",
            LoraNames.TEXT,
            "lora_te_",
            LoraNames.SECOND_TEXT,
            "lora_te2_",
            LoraNames.THIRD_TEXT,
            "lora_te3_");

    /** A pair of factors that acts with scale 1, and where it belongs. */
    private record Pair(String part, String module, Tensor down, Tensor up, Tensor magnitude) {
        long rank() {
            return down.size(0);
        }

        /** The same with a rank that is at least as high, with zeros. */
        Pair widened(long rank) {
            if (rank == rank()) return this;
            long[] rows = Tensors.shape(down), columns = Tensors.shape(up);
            rows[0] = columns[1] = rank - rank();
            return new Pair(
                    part,
                    module,
                    Tensors.cat(0, down, down.new_zeros(rows)),
                    Tensors.cat(1, up, up.new_zeros(columns)),
                    magnitude);
        }
    }

    private final ObjectMapper json = new ObjectMapper();
    private final List<Pair> pairs = new ArrayList<>();
    private final LoraNames names;

    private LoraConversion(LoraNames names) {
        this.names = names;
    }

    /**
     * Converts a file. Words that it brings along have no place in these forms: each is written into a file of its own beside, {@code
     * NAME-word-1.safetensors} and so on, as {@link LearnedWord#write} does.
     *
     * @param networks those that it is of, by what diffusers calls the part
     * @param alpha of layers of which the file does not say it
     * @param out a new file, or for {@link Form#PEFT} a new folder
     * @return what was written, words last
     * @throws IllegalArgumentException if a file that a word would be written into is there already
     * @throws IOException if the file is none of this model, is of kinds that other programs have no names for, or does not say alpha
     */
    public static List<Path> convert(
            Path file, Map<String, StoredNetwork> networks, OptionalDouble alpha, Form form, Path out)
            throws IOException {
        return convert(LoraFile.open(file), networks, alpha, form, out);
    }

    /** The same of what is open already. */
    public static List<Path> convert(
            LoraFile lora, Map<String, StoredNetwork> networks, OptionalDouble alpha, Form form, Path out)
            throws IOException {
        lora.applied(networks, 1, new ArrayList<>()); // refuses what does not fit
        List<LearnedWord> words = lora.words();
        List<Path> written = new ArrayList<>(List.of(out));
        for (int i = 1; i <= words.size(); i++) {
            Path word = beside(out, "-word-" + i);
            if (Files.exists(word)) throw new IllegalArgumentException(word + " is there already: take another name");
            written.add(word);
        }
        try (PointerScope scope = new PointerScope()) {
            LoraConversion conversion = new LoraConversion(new LoraNames(networks));
            conversion.read(lora, alpha, form);
            switch (form) {
                case DIFFUSERS -> conversion.diffusers(out);
                case KOHYA -> conversion.kohya(out);
                case PEFT -> conversion.peft(lora.path(), out);
            }
        }
        for (int i = 1; i < written.size(); i++) words.get(i - 1).write(written.get(i));
        return written;
    }

    /** The name of a file of a learned word that goes with another one, such as {@code gems-word.safetensors} with {@code gems.safetensors}. */
    public static Path beside(Path out, String end) {
        return out.resolveSibling(out.getFileName().toString().replaceFirst("(\\.[^.]*)?$", end + ".safetensors"));
    }

    private void read(LoraFile lora, OptionalDouble alpha, Form form) throws IOException {
        List<String> others = new ArrayList<>(), silent = new ArrayList<>();
        for (Map.Entry<String, LoraLayer> entry : lora.content().entrySet()) {
            LoraLayer layer = entry.getValue();
            Layer found = lora.find(names, entry.getKey());
            boolean lengths = form == Form.DIFFUSERS && layer.isPairWithLengths();
            if (!layer.isPlainPair() && !lengths) {
                others.add(entry.getKey());
                continue;
            }
            double said = lora.scale(found.part(), entry.getKey(), layer);
            if (Double.isNaN(said) && alpha.isEmpty()) silent.add(entry.getKey());
            double scale = Double.isNaN(said) ? alpha.orElse(1) / layer.rank() : said;
            Tensor down = layer.piece(LoraLayer.DOWN).read().to(ScalarType.Float);
            Tensor up = layer.piece(LoraLayer.UP).read().to(ScalarType.Float).mul(new Scalar(scale));
            List<StoredTensor> parts = found.held().parts(StoredTensor.of(up));
            List<StoredTensor> norms = lengths ? found.held().parts(StoredTensor.of(lengths(layer, down))) : null;
            for (int i = 0; i < parts.size(); i++)
                pairs.add(new Pair(
                        found.part(),
                        found.held().modules().get(i),
                        down,
                        parts.get(i).read(),
                        norms == null ? null : norms.get(i).read()));
        }
        if (!others.isEmpty())
            throw new IOException(
                    lora.path() + " has layers that are no pair of factors, for which not every program has names: "
                            + Quoted.names(others, SHOWN));
        if (!silent.isEmpty())
            throw new IOException(lora.path() + " does not say alpha of " + silent.size()
                    + " layers, so that it is not known how strongly it acts: say it");
    }

    /** As peft has them: along the outputs. */
    private static Tensor lengths(LoraLayer layer, Tensor down) throws IOException {
        Tensor read = layer.piece(LoraLayer.MAGNITUDE).read().to(ScalarType.Float);
        return down.dim() == 4 ? read.reshape(1, -1, 1, 1) : read.reshape(-1);
    }

    private void diffusers(Path out) throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        ObjectNode said = JsonNodeFactory.instance.objectNode();
        for (Pair pair : pairs) factors(pair.part() + "." + pair.module(), pair, tensors);
        for (String part : parts()) settings(part, part + ".", said);
        SafeTensors.write(out, tensors, Map.of("format", "pt", "lora_adapter_metadata", json.writeValueAsString(said)));
    }

    private void kohya(Path out) throws IOException {
        boolean two = parts().contains(LoraNames.SECOND_TEXT) || parts().contains(LoraNames.TRANSFORMER);
        List<Pair> written = inOnePiece();
        long rank = written.stream().mapToLong(Pair::rank).max().orElseThrow();
        Map<String, Tensor> tensors = new TreeMap<>();
        for (Pair each : written) {
            Pair pair = each.widened(rank);
            String start = two && pair.part().equals(LoraNames.TEXT) ? "lora_te1_" : KOHYA.get(pair.part());
            String name = start + pair.module().replace('.', '_');
            tensors.put(name + ".lora_down.weight", pair.down());
            tensors.put(name + ".lora_up.weight", pair.up());
            tensors.put(name + ".alpha", Tensors.of(new float[] {pair.rank()}).squeeze());
        }
        SafeTensors.write(out, tensors, Map.of("format", "pt", "ss_network_module", "networks.lora"));
    }

    /** The pairs of layers as files of one piece have them, which kohya's scripts go by in transformers. */
    private List<Pair> inOnePiece() throws IOException {
        List<Pair> written = new ArrayList<>();
        Map<String, Map<String, Pair>> wholes = new TreeMap<>();
        Map<String, Layer> layers = new TreeMap<>();
        for (Pair pair : pairs) {
            OnePiece whole = pair.part().equals(LoraNames.TRANSFORMER) ? names.onePiece(pair.module()) : null;
            if (whole == null) {
                written.add(pair);
                continue;
            }
            layers.put(whole.name(), whole.layer());
            wholes.computeIfAbsent(whole.name(), name -> new TreeMap<>()).put(pair.module(), pair);
        }
        for (Map.Entry<String, Map<String, Pair>> whole : wholes.entrySet())
            written.add(joined(whole.getKey(), layers.get(whole.getKey()), whole.getValue()));
        return written;
    }

    /** One pair that does what those of a layer's parts do: with their first factor where it is the same, else with one below the other. */
    private Pair joined(String name, Layer layer, Map<String, Pair> parts) throws IOException {
        List<String> modules = layer.held().modules();
        List<Pair> there =
                modules.stream().map(parts::get).filter(Objects::nonNull).toList();
        Tensor first = there.get(0).down();
        boolean same = there.size() == modules.size()
                && there.stream().allMatch(pair -> pair.down().equal(first));
        Tensor down =
                same ? first : Tensors.cat(0, there.stream().map(Pair::down).toArray(Tensor[]::new));
        List<StoredTensor> ups = new ArrayList<>();
        long before = 0;
        for (int i = 0; i < modules.size(); i++) {
            Pair pair = parts.get(modules.get(i));
            long rows = names.weights(layer.part()).get(layer.weights().get(i)).size(0);
            Tensor up = same ? pair.up() : down.new_zeros(rows, down.size(0));
            if (!same && pair != null) {
                up.narrow(1, before, pair.rank()).copy_(pair.up());
                before += pair.rank();
            }
            ups.add(StoredTensor.of(up));
        }
        return new Pair(layer.part(), name, down, layer.held().whole(ups).read(), null);
    }

    private void peft(Path file, Path out) throws IOException {
        if (!parts().equals(new TreeSet<>(List.of(names.denoiser()))))
            throw new IOException(file + " changes " + String.join(" and ", parts())
                    + ", and a folder of peft is of the denoiser alone: convert it to diffusers");
        Map<String, Tensor> tensors = new TreeMap<>();
        for (Pair pair : pairs) factors("base_model.model." + pair.module(), pair, tensors);
        ObjectNode said = JsonNodeFactory.instance.objectNode();
        said.put("peft_type", "LORA").put("task_type", (String) null).put("bias", "none");
        settings(names.denoiser(), "", said);
        Files.createDirectories(out);
        SafeTensors.write(out.resolve("adapter_model.safetensors"), tensors, Map.of("format", "pt"));
        AtomicFile.write(
                out.resolve("adapter_config.json"),
                json.writerWithDefaultPrettyPrinter().writeValueAsString(said));
    }

    private static void factors(String name, Pair pair, Map<String, Tensor> tensors) {
        tensors.put(name + ".lora_A.weight", pair.down());
        tensors.put(name + ".lora_B.weight", pair.up());
        if (pair.magnitude() != null) tensors.put(name + ".lora_magnitude_vector", pair.magnitude());
    }

    private TreeSet<String> parts() {
        TreeSet<String> parts = new TreeSet<>();
        for (Pair pair : pairs) parts.add(pair.part());
        return parts;
    }

    /** The settings of peft: ranks, alphas and the modules that they are of. */
    private void settings(String part, String prefix, ObjectNode said) {
        List<Pair> own = pairs.stream().filter(pair -> pair.part().equals(part)).toList();
        long usual = own.get(0).rank();
        ObjectNode ranks = said.objectNode(), alphas = said.objectNode();
        said.put(prefix + "r", usual).put(prefix + "lora_alpha", usual);
        for (Pair pair : own) {
            if (pair.rank() == usual) continue;
            ranks.put(pair.module(), pair.rank());
            alphas.put(pair.module(), pair.rank());
        }
        said.set(prefix + "rank_pattern", ranks);
        said.set(prefix + "alpha_pattern", alphas);
        if (own.get(0).magnitude() != null) said.put(prefix + "use_dora", true);
        var modules = said.putArray(prefix + "target_modules");
        own.forEach(pair -> modules.add(pair.module()));
    }
}
