package dev.calotype.nn.adapt;

import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;

/**
 * A network and those of its layers that factors can be joined to.
 *
 * @param layers by the name of their weight
 */
public record Adaptables<M extends Module>(M network, Map<String, Adaptable> layers) {
    private static final ThreadLocal<List<Adaptable>> MADE = new ThreadLocal<>();

    /** What is made, with all adaptable layers that this thread makes meanwhile. */
    public static <M extends Module> Adaptables<M> of(Supplier<M> fresh) {
        List<Adaptable> outer = MADE.get(), own = new ArrayList<>();
        MADE.set(own);
        try {
            M network = fresh.get();
            return new Adaptables<>(network, named(network, own));
        } finally {
            MADE.set(outer);
        }
    }

    private static Map<String, Adaptable> named(Module network, List<Adaptable> made) {
        Map<Long, Adaptable> byWeight = new HashMap<>();
        for (Adaptable layer : made) byWeight.put(address(layer.weight()), layer);
        Map<String, Adaptable> named = new LinkedHashMap<>();
        Tensors.parameters(network).forEach((name, weight) -> {
            Adaptable layer = byWeight.get(address(weight));
            if (layer != null) named.put(name, layer);
        });
        return named;
    }

    private static long address(Tensor tensor) {
        return tensor.unsafeGetTensorImpl().address();
    }

    static void made(Adaptable layer) {
        List<Adaptable> all = MADE.get();
        if (all != null) all.add(layer);
    }
}
