package dev.calotype.checkpoint.adapter;

import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What a file adds to one layer, in factors: two matrices (Hu et al. 2021), also of convolutions and with one more between them;
 * products of such pairs value by value or as blocks (LoHa and LoKr of LyCORIS); and a length of every row besides (DoRA, Liu et al.
 * 2024).
 */
final class LoraLayer {
    static final String DOWN = "down", UP = "up", MIDDLE = "mid", ALPHA = "alpha";
    /** Lengths of what each output is made of, and of outputs or inputs, as their shape says. */
    static final String MAGNITUDE = "magnitude", SCALE = "dora_scale";

    private static final List<String> HADAMARD = List.of("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b");

    private final Map<String, StoredTensor> pieces = new TreeMap<>();

    /** Adds a factor; false if there is one already. */
    boolean put(String piece, StoredTensor tensor) {
        return pieces.put(piece, tensor) == null;
    }

    boolean has(String piece) {
        return pieces.containsKey(piece);
    }

    StoredTensor piece(String name) {
        return pieces.get(name);
    }

    /** Why these factors make nothing; null if they do. */
    String lacking() {
        boolean pair = has(DOWN) && has(UP), hadamard = pieces.keySet().containsAll(HADAMARD);
        boolean kronecker = product("lokr_w1") && product("lokr_w2");
        if (pair || hadamard || kronecker) return null;
        if (has(DOWN) || has(UP)) return has(DOWN) ? "has no second matrix" : "has no first matrix";
        return "lacks some of its factors, and has " + String.join(", ", pieces.keySet());
    }

    private boolean product(String name) {
        return has(name) || has(name + "_a") && has(name + "_b");
    }

    /** Whether it is two factors and nothing else. */
    boolean isPlainPair() {
        return has(DOWN) && has(UP) && Set.of(DOWN, UP, ALPHA).containsAll(pieces.keySet());
    }

    /** Whether it is two factors and the lengths of rows as peft has them. */
    boolean isPairWithLengths() {
        return has(DOWN)
                && has(UP)
                && has(MAGNITUDE)
                && Set.of(DOWN, UP, ALPHA, MAGNITUDE).containsAll(pieces.keySet());
    }

    /** The rank; 0 for a product of whole matrices, which has none. */
    long rank() {
        for (String name : List.of(DOWN, "hada_w1_b", "lokr_w1_b", "lokr_w2_b"))
            if (has(name))
                return pieces.get(name).dim() == 0 ? 0 : pieces.get(name).size(0);
        return 0;
    }

    /** What the file says of alpha; NaN for nothing. */
    double alpha() throws IOException {
        StoredTensor alpha = pieces.get(ALPHA);
        if (alpha == null) return Double.NaN;
        if (alpha.count() != 1) throw new IOException("its alpha is not one number");
        try (PointerScope scope = new PointerScope()) {
            return alpha.read().to(ScalarType.Double).item_double();
        }
    }

    /**
     * The weight with this added, in fp32. What is added to a layer with a {@link #MAGNITUDE} is weighed before its rows get their
     * lengths, as in peft; one with a {@link #SCALE} is approached as a whole, as ComfyUI does.
     *
     * @param scale what alpha and rank make of it
     * @param by how much of it; 1 for what was learned
     * @throws IllegalArgumentException if the shapes do not fit
     */
    StoredTensor applied(StoredTensor weight, double scale, double by) {
        requirePair(weight);
        List<String> names = new ArrayList<>(isPlainPair() ? List.of(UP, DOWN) : pieces.keySet());
        names.remove(ALPHA);
        List<StoredTensor> read = new ArrayList<>(List.of(weight));
        for (String name : names) read.add(pieces.get(name));
        Function<Tensor[], Tensor> make = tensors -> {
            Map<String, Tensor> given = new TreeMap<>();
            for (int i = 0; i < names.size(); i++) given.put(names.get(i), tensors[i + 1].to(ScalarType.Float));
            Tensor before = tensors[0].to(ScalarType.Float);
            Tensor delta = delta(given).reshape(Tensors.shape(before));
            Tensor changed = before.add(delta.mul(new Scalar(given.containsKey(SCALE) ? scale : scale * by)));
            if (given.containsKey(MAGNITUDE)) return lengthened(changed, given.get(MAGNITUDE), 0);
            if (!given.containsKey(SCALE)) return changed;
            Tensor lengths = given.get(SCALE);
            boolean inputs = lengths.dim() > 1 && lengths.size(0) == 1 && changed.size(0) != 1;
            Tensor whole = lengthened(changed, lengths, inputs ? 1 : 0);
            return by == 1 ? whole : before.lerp(whole, new Scalar(by));
        };
        return isPlainPair()
                ? StoredTensor.byRows(read.subList(0, 2), read.subList(2, 3), make)
                : StoredTensor.of(read, make);
    }

    private void requirePair(StoredTensor weight) {
        if (!has(DOWN) || has(MIDDLE)) return;
        StoredTensor down = pieces.get(DOWN), up = pieces.get(UP);
        long rank = rank(), rows = weight.dim() == 0 ? 0 : weight.size(0);
        boolean fits = rank > 0
                && rows > 0
                && up.dim() >= 2
                && up.count() == rows * rank
                && up.size(0) == rows
                && down.count() == rank * (weight.count() / rows);
        if (!fits)
            throw new IllegalArgumentException(Arrays.toString(up.shape()) + " times " + Arrays.toString(down.shape())
                    + " is not " + Arrays.toString(weight.shape()));
    }

    private static Tensor delta(Map<String, Tensor> given) {
        if (given.containsKey(DOWN)) {
            Tensor up = matrix(given.get(UP)), down = given.get(DOWN);
            return given.containsKey(MIDDLE) ? between(given.get(MIDDLE), up, matrix(down)) : up.matmul(matrix(down));
        }
        if (given.containsKey("hada_w1_a")) return hadamard(given, "1").mul(hadamard(given, "2"));
        Tensor first = kronecker(given, "lokr_w1"), second = kronecker(given, "lokr_w2");
        while (first.dim() < second.dim()) first = first.unsqueeze(-1);
        return torch.kron(first.contiguous(), second.contiguous());
    }

    private static Tensor matrix(Tensor x) {
        return x.reshape(x.size(0), -1);
    }

    private static Tensor hadamard(Map<String, Tensor> given, String which) {
        Tensor a = given.get("hada_w" + which + "_a"), b = given.get("hada_w" + which + "_b");
        Tensor core = given.get("hada_t" + which);
        return core == null ? a.matmul(b) : between(core, a.t(), b);
    }

    private static Tensor kronecker(Map<String, Tensor> given, String name) {
        if (given.containsKey(name)) return given.get(name);
        Tensor a = given.get(name + "_a"), b = given.get(name + "_b"), core = given.get("lokr_t2");
        return core == null || name.endsWith("1") ? a.matmul(b) : between(core, a.t(), b);
    }

    /**
     * A small convolution between two matrices.
     *
     * @param core (r, s, k, l)
     * @param out (O, r)
     * @param in (s, I)
     * @return (O, I, k, l)
     */
    private static Tensor between(Tensor core, Tensor out, Tensor in) {
        long k = core.size(2), l = core.size(3);
        Tensor right = core.permute(0, 2, 3, 1).matmul(in); // (r, k, l, I)
        Tensor both = out.matmul(right.reshape(right.size(0), -1)); // (O, k*l*I)
        return both.reshape(out.size(0), k, l, in.size(1)).permute(0, 3, 1, 2);
    }

    /** Makes what belongs to one index of a dimension as long as it is said. */
    private static Tensor lengthened(Tensor weight, Tensor lengths, long dimension) {
        long count = weight.size(dimension);
        Tensor rows = weight.transpose(0, dimension).reshape(count, -1);
        Tensor norms = rows.mul(rows)
                .sum(new long[] {1}, false, new org.bytedeco.pytorch.ScalarTypeOptional())
                .sqrt();
        long[] shape = new long[(int) weight.dim()];
        Arrays.fill(shape, 1);
        shape[(int) dimension] = count;
        return weight.mul(lengths.reshape(count).div(norms).reshape(shape));
    }
}
