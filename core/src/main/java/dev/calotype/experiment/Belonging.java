package dev.calotype.experiment;

import dev.calotype.model.FeatureNetwork;
import dev.calotype.model.Scattering;
import dev.calotype.settings.RecipeException;
import java.util.Optional;

/**
 * Whether what judges belongs to what is judged: a network that was made for one data set, and real pictures of one, say
 * nothing of another, however good their numbers look.
 *
 * @param network the name of the feature network, for people
 * @param made the data set that it was made for alone; empty for pictures of any kind
 * @param source the data set that the model learned from; empty where nobody knows
 * @param reference the data set of real pictures
 */
public record Belonging(String network, String made, String source, String reference) {
    /** What to do where the judge belongs to another data set. */
    public enum Foreign {
        /** Throw, with the way out. */
        REFUSE,
        /** Judge, and say so beside the numbers. */
        ALLOW
    }

    private static final String ROOMS = "rooms";
    private static final String INSISTS = " (who insists sets evaluation.foreignJudge=allow, `foreignJudge`)";

    /** Of what an experiment names. */
    public static Belonging of(GenerativeExperiment experiment) {
        return of(experiment, experiment.evaluation().network(), experiment.reference());
    }

    /** Of an experiment that is judged by a network, and against a data set, that others name. */
    public static Belonging of(GenerativeExperiment experiment, String network, String reference) {
        return new Belonging(network, madeFor(network), experiment.data().source(), reference);
    }

    /** Whether two names are of the same data set, or of parts of the same one that is drawn. */
    public static boolean same(String source, String other) {
        return source.equals(other) || isRooms(source) && isRooms(other);
    }

    /** The network that judges pictures of {@code source} where nobody names one. */
    public static String usualNetwork(String source) {
        return isRooms(source) ? ROOMS : Scattering.NAME;
    }

    /** The data set that the network of a name was made for alone, as {@link FeatureNetwork#madeFor}. */
    public static String madeFor(String name) {
        return switch (name.replaceFirst(":.*", "")) {
            case "rooms" -> ROOMS;
            case "lenet" -> "MNIST";
            case "resnet-cifar" -> "CIFAR-10";
            default -> "";
        };
    }

    /** Whether a network was made for another data set than {@code source}. */
    public static boolean foreign(String network, String source) {
        return madeFor(network).equals(ROOMS) && !isRooms(source);
    }

    /** Whether the data set is one of drawn rooms. */
    public static boolean isRooms(String source) {
        return source.equals(ROOMS) || source.startsWith(ROOMS + ":");
    }

    /**
     * Refuses a foreign judge.
     *
     * @throws RecipeException with the way out
     */
    public void require(Foreign foreign) {
        Optional<String> fault = fault();
        if (foreign == Foreign.REFUSE && fault.isPresent())
            throw new RecipeException(fault.get() + "; " + wayOut() + INSISTS);
    }

    /** Why the judge is a foreign one, if it is. */
    public Optional<String> fault() {
        boolean rooms = isRooms(reference);
        boolean known = !source.isEmpty();
        if (made.equals(ROOMS) && !(rooms && (!known || isRooms(source))))
            return Optional.of("the feature network " + network + " belongs to rooms alone, and "
                    + (rooms ? source : reference) + " is another data set");
        if (!made.isEmpty() && !made.equals(ROOMS) && (rooms || isRooms(source)))
            return Optional.of("the feature network " + network + " belongs to " + made + " alone, and "
                    + (rooms ? reference : source) + " is another data set");
        if (known && rooms != isRooms(source))
            return Optional.of("what learned from " + source + " cannot be judged against " + reference
                    + ", which is another data set");
        return Optional.empty();
    }

    private String wayOut() {
        String data = source.isEmpty() ? reference : source;
        String judge = usualNetwork(data) + (isRooms(data) ? "" : ", or inception with its weights,");
        return "judge it by " + judge + " (evaluation.network, `network`) against "
                + (isRooms(data) ? "rooms:test" : data) + " (evaluation.against)";
    }
}
