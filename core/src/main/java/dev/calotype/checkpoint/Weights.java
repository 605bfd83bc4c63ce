package dev.calotype.checkpoint;

import dev.calotype.io.NearestName;
import dev.calotype.io.Quoted;
import dev.calotype.nn.Allowance;
import dev.calotype.nn.Blank;
import dev.calotype.nn.Layout;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.tensor.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** Between a network and its named weights: the parameters and buffers that PyTorch calls the state dict. */
public final class Weights {
    private static final int SHOWN = 5, MOST_READERS = 4;

    /** Values from which on it takes longer to read them than to have threads for it. */
    private static final long LARGE = 1 << 24;

    /** Counts batches, and old files lack it; the network's own is kept, as PyTorch does. */
    private static final String OPTIONAL = "num_batches_tracked";

    private Weights() {}

    /** The parameters, then the buffers of a network by name: the network's own tensors, not copies. */
    public static Map<String, Tensor> of(Module network) {
        Map<String, Tensor> weights = new LinkedHashMap<>(Tensors.parameters(network));
        weights.putAll(Tensors.buffers(network));
        return weights;
    }

    /**
     * Copies weights into a network, all or none.
     *
     * <p>Values are converted to the network's element types and devices. Shapes must be equal up to sizes of 1 at the
     * end, so that the weight (C, D, 1) of a 1-d convolution fits the 1 x 1 convolution (C, D, 1, 1).
     *
     * @throws IllegalArgumentException if a weight is missing or not wanted, or does not fit; the network is unchanged
     */
    public static void load(Module network, Map<String, Tensor> weights) {
        Scope.read(() -> {
            Map<String, Tensor> targets = of(network);
            Map<String, StoredTensor> stored = new LinkedHashMap<>();
            weights.forEach((name, tensor) -> stored.put(name, StoredTensor.of(tensor)));
            requireFit(targets, stored);
            targets.forEach((name, target) -> {
                if (weights.containsKey(name)) target.copy_(weights.get(name).reshape(Tensors.shape(target)));
            });
            return null;
        });
    }

    /**
     * Reads weights into a network, of a large one several at a time, in the element type and the order in memory that it is to compute with. What
     * the network had is let go, so that there never are two copies of its weights: {@link dev.calotype.nn.Blank#make} has none to
     * begin with. Buffers keep their type.
     *
     * @throws IOException if they cannot be read; the network then has some of them
     * @throws IllegalArgumentException if a weight is missing or not wanted, or does not fit; the network is unchanged
     */
    public static void load(Module network, Map<String, StoredTensor> weights, Precision precision) throws IOException {
        NativeBytes.tidy(() -> {
            Map<String, Tensor> parameters = Tensors.parameters(network), targets = of(network);
            requireFit(targets, weights);
            Queue<String> names = new ConcurrentLinkedQueue<>(targets.keySet());
            names.removeIf(name -> !weights.containsKey(name));
            long values =
                    names.stream().mapToLong(name -> weights.get(name).count()).sum();
            Read read = (name, scratch) -> {
                StoredTensor stored = weights.get(name);
                if (parameters.containsKey(name)) replace(parameters.get(name), stored, precision, scratch);
                else stored.into(targets.get(name).view(stored.shape()), scratch);
            };
            int readers = values < LARGE ? 1 : MOST_READERS;
            try (Workers workers = Workers.upTo(readers)) {
                workers.run(readers, reader -> all(names, read));
            }
            return new Tensor[0];
        });
    }

    /** One weight, by way of some memory. */
    private interface Read {
        void of(String name, Tensor scratch) throws IOException;
    }

    /** Reads those that no other has taken; after a failure none is left to take. */
    private static Void all(Queue<String> names, Read read) {
        try (NoGradGuard guard = new NoGradGuard()) {
            NativeBytes.tidy(() -> {
                Tensor scratch = StoredTensor.scratch();
                for (String name = names.poll(); name != null; name = names.poll()) read.of(name, scratch);
                return new Tensor[0];
            });
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            names.clear();
        }
    }

    /**
     * A network that is made without weights and gets these, owned by the caller; closed where it does not.
     *
     * @throws IOException as {@link #load(Module, Map, Precision)}
     * @throws IllegalArgumentException as it
     */
    public static <M extends Module> Scope.Owned<M> loaded(
            Supplier<M> fresh, Map<String, StoredTensor> weights, Precision precision) throws IOException {
        Scope.Owned<M> network = made(weights, () -> Blank.make(() -> Scope.own(fresh::get)));
        try {
            load(network.value(), weights, precision);
            return network;
        } catch (IOException | RuntimeException e) {
            network.close();
            throw e;
        }
    }

    /**
     * {@link #loaded} of a network whose shape a config says and which is not trained further.
     *
     * @param path where the weights are, for the message
     * @throws IOException if they cannot be read, or are not those of the config
     */
    public static <M extends Module> Scope.Owned<M> ofConfig(
            Path path, Supplier<M> fresh, Map<String, StoredTensor> weights, Precision precision) throws IOException {
        try {
            Scope.Owned<M> network = loaded(fresh, weights, precision);
            network.value().eval();
            return network;
        } catch (IllegalArgumentException e) {
            throw new IOException("the weights of " + path + " are not those of its config: " + e.getMessage(), e);
        }
    }

    /**
     * What {@code network} makes, which is refused before it is made if these are too few weights for it.
     *
     * @throws IllegalArgumentException if they are
     */
    public static <T> T made(Map<String, StoredTensor> weights, Supplier<T> network) {
        long count = 0;
        for (StoredTensor weight : weights.values()) count = Math.addExact(count, weight.count());
        return Allowance.of(count, network);
    }

    private static void replace(Tensor parameter, StoredTensor stored, Precision precision, Tensor scratch)
            throws IOException {
        NativeBytes.tidy(() -> {
            Tensor fresh = Layout.of(precision.dtype()).emptyLike(parameter, precision.dtype());
            stored.into(fresh.view(stored.shape()), scratch);
            parameter.set_data(fresh);
            return new Tensor[0];
        });
    }

    private static void requireFit(Map<String, Tensor> targets, Map<String, StoredTensor> weights) {
        requireSameNames(targets.keySet(), weights.keySet());
        List<String> misfits = new ArrayList<>();
        targets.forEach((name, target) -> {
            if (weights.containsKey(name)) misfit(name, target, weights.get(name), misfits);
        });
        if (!misfits.isEmpty()) throw new IllegalArgumentException("weights do not fit the network: " + shown(misfits));
    }

    private static void requireSameNames(Set<String> wanted, Set<String> given) {
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(given);
        missing.removeIf(name -> name.endsWith(OPTIONAL));
        Set<String> unexpected = new TreeSet<>(given);
        unexpected.removeAll(wanted);
        if (missing.isEmpty() && unexpected.isEmpty()) return;
        List<String> parts = new ArrayList<>();
        if (!missing.isEmpty())
            parts.add(missing.size() + " missing: "
                    + shown(missing.stream()
                            .limit(SHOWN + 1)
                            .map(name -> name
                                    + NearestName.of(name, unexpected)
                                            .map(near -> " (there is " + Quoted.name(near) + ")")
                                            .orElse(""))
                            .toList()));
        if (!unexpected.isEmpty())
            parts.add(unexpected.size() + " unexpected: "
                    + shown(unexpected.stream().map(Quoted::name).toList()));
        throw new IllegalArgumentException(
                "the names of the weights are not those of the network, " + String.join("; ", parts));
    }

    private static void misfit(String name, Tensor target, StoredTensor given, List<String> misfits) {
        long[] wanted = Tensors.shape(target);
        long[] shape = given.shape();
        if (!Arrays.equals(withoutTrailingOnes(wanted), withoutTrailingOnes(shape)))
            misfits.add(name + " wants shape " + Arrays.toString(wanted) + ", not " + Arrays.toString(shape));
        else if (rank(given.type()) > rank(ElementType.of(target)))
            misfits.add(name + " wants " + ElementType.of(target) + ", not " + given.type());
    }

    /** Whole numbers, fractions, complex numbers: what is of a lower rank can be had of one of a higher rank exactly. */
    private static int rank(ElementType type) {
        return type == ElementType.C64 ? 2 : type.floating() ? 1 : 0;
    }

    private static long[] withoutTrailingOnes(long[] shape) {
        int length = shape.length;
        while (length > 0 && shape[length - 1] == 1) length--;
        return Arrays.copyOf(shape, length);
    }

    private static String shown(List<String> items) {
        return String.join(", ", items.subList(0, Math.min(SHOWN, items.size())))
                + (items.size() > SHOWN ? ", ..." : "");
    }
}
