package dev.calotype.checkpoint;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a PyTorch file can hold: a tree of plain values, never an object with behaviour. */
public sealed interface PyTorchValue {
    /**
     * A dict, OrderedDict, defaultdict, Counter or Namespace in its order.
     *
     * @param entries by the text of the key: 0 and "0" are the same, and so are (0, 1) and "(0, 1)"
     */
    record Dict(Map<String, PyTorchValue> entries) implements PyTorchValue {
        public Dict {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    /** A list, a tuple, a set or a torch.Size. */
    record Sequence(List<PyTorchValue> elements) implements PyTorchValue {
        public Sequence {
            elements = List.copyOf(elements);
        }
    }

    /** A tensor or Parameter. */
    record TensorValue(StoredTensor tensor) implements PyTorchValue {}

    /** A text, or a torch.dtype or torch.device by its name. */
    record Text(String text) implements PyTorchValue {}

    /** An int (a {@link Long} or {@link java.math.BigInteger}) or a float (a {@link Double}). */
    record Number(java.lang.Number number) implements PyTorchValue {}

    /** True or False. */
    record Flag(boolean flag) implements PyTorchValue {}

    /** None, or raw bytes, which are not kept. */
    record None() implements PyTorchValue {}
}
