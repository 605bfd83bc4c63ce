package dev.calotype.app.recognition;

import dev.calotype.experiment.Experiment;
import dev.calotype.experiment.Kind;
import dev.calotype.experiment.Kinds;
import dev.calotype.experiment.Recipe;
import dev.calotype.experiment.RecipeFiles;
import dev.calotype.model.NetworkCost;
import dev.calotype.model.vit.VisionTransformerConfig;
import dev.calotype.model.vit.VisionTransformerConfig.Ports;
import dev.calotype.model.vit.VisionTransformerConfig.Size;
import dev.calotype.run.TrainedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Parameters and multiplications of the networks of recipes, runs and published sizes. */
public final class NetworkCosts {
    private static final String TABLE = "vit";

    /** The published sizes with their patches. */
    private static final Map<String, VisionTransformerConfig> PUBLISHED = published();

    private NetworkCosts() {}

    private static Map<String, VisionTransformerConfig> published() {
        Map<String, VisionTransformerConfig> published = new LinkedHashMap<>();
        for (Size size : Size.values())
            for (int patch : size == Size.HUGE ? new int[] {14} : new int[] {32, 16})
                if (size.ordinal() >= Size.BASE.ordinal() || patch == 16)
                    published.put(size.name(patch), VisionTransformerConfig.of(size, patch));
        return published;
    }

    /** One network. */
    public record Counted(String network, long parameters, long multiplyAdds, List<NetworkCost.Part> parts) {
        Counted(String name, NetworkCost cost) {
            this(name, cost.parameters(), cost.multiplyAdds(), cost.parts());
        }
    }

    /** One network by its parts, or several in a line each. */
    public record Answer(List<Counted> networks) {
        @Override
        public String toString() {
            StringBuilder text = new StringBuilder();
            line(text, networks.size() == 1 ? networks.get(0).network : "network", "parameters", "multiply-adds");
            if (networks.size() == 1)
                for (NetworkCost.Part part : networks.get(0).parts)
                    line(text, part.name(), whole(part.parameters()), whole(part.multiplyAdds()));
            for (Counted each : networks)
                line(
                        text,
                        networks.size() == 1 ? "all" : each.network,
                        whole(each.parameters),
                        whole(each.multiplyAdds));
            return text.append("of one forward pass of one picture; PyTorch's counter calls each multiply-add 2 FLOPs")
                    .toString();
        }

        private static void line(StringBuilder text, String name, String parameters, String work) {
            text.append(String.format(Locale.ROOT, "%-28s %15s %20s%n", name, parameters, work));
        }

        private static String whole(long number) {
            return String.format(Locale.ROOT, "%,d", number);
        }
    }

    /**
     * The networks that a word names: {@code vit} for all published sizes, one of them, {@code vivit} for the models of its paper, a
     * recipe, a run or a checkpoint.
     *
     * @throws IllegalArgumentException if the kind of model counts nothing
     */
    public static Object of(String name) throws IOException {
        if (name.equals(VideoCosts.TABLE)) return VideoCosts.table();
        if (name.equals(TABLE)) {
            List<Counted> all = new ArrayList<>();
            PUBLISHED.forEach((each, config) -> all.add(published(each, config)));
            return new Answer(all);
        }
        if (PUBLISHED.containsKey(name)) return new Answer(List.of(published(name, PUBLISHED.get(name))));
        Path path = Path.of(name);
        boolean trained = Files.isRegularFile(path.resolve("experiment.yaml")) || name.endsWith(".safetensors");
        Experiment experiment =
                trained ? TrainedFile.experiment(path) : Recipe.read(RecipeFiles.find(name, Path.of("")), List.of());
        return new Answer(List.of(counted(experiment)));
    }

    /** As published: 1000 classes, RGB at 224 px. */
    private static Counted published(String name, VisionTransformerConfig config) {
        return new Counted(name, config.cost(new Ports(224, 3, 1000)));
    }

    private static <E extends Experiment> Counted counted(E experiment) {
        Kind<E> kind = Kinds.of(experiment);
        return new Counted(
                experiment.name(),
                kind.cost(experiment)
                        .orElseThrow(() -> new IllegalArgumentException("--flops does not count models of the kind "
                                + kind.name() + " yet: " + experiment.name())));
    }
}
