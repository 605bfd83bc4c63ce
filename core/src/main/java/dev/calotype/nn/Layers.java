package dev.calotype.nn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Module;

/**
 * A module that only gives its children names, such as the {@code 0} and {@code 2} of a sequence with activations
 * between. It holds the Java side of each child: the engine calls it back from {@code train}, {@code to} and
 * {@code save}, and crashes when it has been collected.
 */
public final class Layers extends Module {
    private final List<Module> children = new ArrayList<>();

    public Layers(String name) {
        super(name);
    }

    /** Registers {@code module} as the child {@code name} and returns it. */
    public <M extends Module> M add(String name, M module) {
        register_module(name, module);
        children.add(module);
        return module;
    }
}
