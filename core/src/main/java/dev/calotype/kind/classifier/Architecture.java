package dev.calotype.kind.classifier;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.experiment.DataSettings;
import dev.calotype.model.ClassifierNetwork;
import dev.calotype.model.NetworkCost;
import dev.calotype.model.vit.VisionTransformer;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vivit.Vivit;
import dev.calotype.model.vivit.VivitConfig;
import dev.calotype.model.vivit.VivitCost;
import dev.calotype.settings.Check;
import dev.calotype.settings.RecipeException;
import dev.calotype.settings.Yaml;
import dev.calotype.tensor.Rng;

/** The network of a classifier. In a recipe {@code network.architecture} names which, beside the keys of its shape. */
public sealed interface Architecture {
    /** The key of a recipe that names the architecture. */
    String KEY = "architecture";

    /** The name of {@link Pictures}. */
    String VIT = "vit";

    /** The name of {@link Clips}. */
    String VIVIT = "vivit";

    /** What a recipe says. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Architecture of(ObjectNode tree) {
        ObjectNode shape = tree.deepCopy();
        String name = shape.path(KEY).asText();
        shape.remove(KEY);
        return switch (name) {
            case VIT -> new Pictures(Yaml.value(shape, VisionTransformerConfig.class));
            case VIVIT -> new Clips(Yaml.value(shape, VivitConfig.class));
            default -> throw unknown(name);
        };
    }

    /** What to say of an architecture that there is not. */
    static RecipeException unknown(String name) {
        return new RecipeException("network.architecture must be one of " + VIT + ", " + VIVIT + ": " + name);
    }

    /** What stands in a recipe. */
    @JsonValue
    ObjectNode tree();

    /** A fresh network. */
    ClassifierNetwork network(DataSettings data, int classes, Rng rng);

    /** What it has, and what a sample costs it. */
    NetworkCost cost(DataSettings data, int classes);

    /** Throws IllegalArgumentException if it cannot learn from such data. */
    void check(DataSettings data);

    private static ObjectNode named(String name, ObjectNode shape) {
        return shape.put(KEY, name);
    }

    /** A Vision Transformer, for single pictures. */
    record Pictures(VisionTransformerConfig shape) implements Architecture {
        @Override
        public ObjectNode tree() {
            return named(VIT, Yaml.tree(shape));
        }

        @Override
        public VisionTransformer network(DataSettings data, int classes, Rng rng) {
            return new VisionTransformer(shape, ports(data, classes), rng);
        }

        /** A network whose weights are still to be read. */
        VisionTransformer unread(DataSettings data, int classes) {
            return new VisionTransformer(shape, ports(data, classes));
        }

        @Override
        public NetworkCost cost(DataSettings data, int classes) {
            return shape.cost(ports(data, classes));
        }

        @Override
        public void check(DataSettings data) {
            Check.that(
                    data.clip().frames() == 1,
                    "data.clip.frames must be 1 with network.architecture vit, which sees single pictures",
                    data.clip().frames());
            shape.grid(data.size());
        }

        private static VisionTransformerConfig.Ports ports(DataSettings data, int classes) {
            return new VisionTransformerConfig.Ports(data.size(), data.channels(), classes);
        }
    }

    /** A Video Vision Transformer, for clips. */
    record Clips(VivitConfig shape) implements Architecture {
        @Override
        public ObjectNode tree() {
            return named(VIVIT, Yaml.tree(shape));
        }

        @Override
        public Vivit network(DataSettings data, int classes, Rng rng) {
            return new Vivit(shape, ports(data, classes), rng);
        }

        /** A network whose weights are still to be read. */
        Vivit unread(DataSettings data, int classes) {
            return new Vivit(shape, ports(data, classes));
        }

        @Override
        public NetworkCost cost(DataSettings data, int classes) {
            return VivitCost.of(shape, ports(data, classes)).network();
        }

        @Override
        public void check(DataSettings data) {
            shape.grid(data.size());
            shape.moments(data.clip().frames());
        }

        private static VivitConfig.Ports ports(DataSettings data, int classes) {
            return new VivitConfig.Ports(data.clip().frames(), data.size(), data.channels(), classes);
        }
    }
}
