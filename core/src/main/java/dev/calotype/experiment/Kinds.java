package dev.calotype.experiment;

import dev.calotype.io.NearestName;
import dev.calotype.settings.RecipeException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;

/** The kinds of models that there are. */
public final class Kinds {
    private static final List<Kind<?>> ALL = load();

    private Kinds() {}

    private static List<Kind<?>> load() {
        List<Kind<?>> all = new ArrayList<>();
        ServiceLoader.load(Kind.class, Kind.class.getClassLoader()).forEach(all::add);
        return List.copyOf(all);
    }

    /** What recipes call them, in the order of the list. */
    public static List<String> names() {
        return ALL.stream().map(Kind::name).toList();
    }

    /**
     * The kind of that name.
     *
     * @throws RecipeException with the nearest name if there is none
     */
    public static Kind<?> named(String name) {
        for (Kind<?> kind : ALL) if (kind.name().equals(name)) return kind;
        throw new RecipeException(
                "kind must be one of " + String.join(", ", names()) + NearestName.hint(name, names()) + ": " + name);
    }

    /**
     * The first kind that offers something.
     *
     * @throws IllegalStateException if none does
     */
    public static <T> T offering(Class<T> type) {
        return ALL.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no kind is a " + type.getName()));
    }

    /** The kind that an experiment is of. */
    @SuppressWarnings("unchecked") // a kind whose type is that of the experiment
    public static <E extends Experiment> Kind<E> of(E experiment) {
        for (Kind<?> kind : ALL) if (kind.type() == experiment.getClass()) return (Kind<E>) kind;
        throw new IllegalStateException("no kind has " + experiment.getClass().getName());
    }

    /** What a model of an experiment can do once it is trained. */
    public static Set<Capability<?>> capabilities(Experiment experiment) {
        return of(experiment).capabilities(experiment);
    }

    /**
     * Refuses a model that lacks a capability, before its weights are read.
     *
     * @param name of the model, for the message
     * @throws IllegalArgumentException if it lacks it
     */
    public static void require(Experiment experiment, Capability<?> capability, String name) {
        if (!capabilities(experiment).contains(capability))
            throw new IllegalArgumentException(name + " is no model that " + capability.does() + ": it is of kind "
                    + of(experiment).name() + among(of(experiment), capability));
    }

    private static String among(Kind<?> kind, Capability<?> capability) {
        String which = kind.which(capability);
        return which.isEmpty() ? "" : "; " + which;
    }
}
