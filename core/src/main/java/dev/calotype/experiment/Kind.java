package dev.calotype.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.data.ImageDataset;
import dev.calotype.embedding.CaptionedPictures;
import dev.calotype.model.NetworkCost;
import dev.calotype.nn.Recomputation.Policy;
import dev.calotype.settings.Yaml;
import dev.calotype.tensor.Placement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One kind of model: all that the rest of the library has to know of it. A kind is one package and one line, its class in
 * {@code META-INF/services/dev.calotype.experiment.Kind}; {@link Kinds} finds it there.
 *
 * @param <E> its settings
 */
public interface Kind<E extends Experiment> {
    /** What recipes call it, in kebab case. */
    String name();

    /** The record of its settings. */
    Class<E> type();

    /**
     * Every key of its recipes with its default, in a tree of the caller's own. Usually {@code NAME-defaults.yaml} beside
     * {@link #type}.
     *
     * @param layers the recipe and what overrides it, for kinds whose keys depend on what is chosen
     */
    default ObjectNode defaults(List<ObjectNode> layers) {
        return Yaml.resource(type(), name() + "-defaults.yaml");
    }

    /** What a report tells of it. */
    Story story();

    /** What a model of these settings can do once it is trained. */
    Set<Capability<?>> capabilities(E experiment);

    /** Which of its models have a capability, where only some do: the end of a sentence that refuses the others. */
    default String which(Capability<?> capability) {
        return "";
    }

    /** Whether it learns from clips, so that {@code data.clip.frames} may be above 1; others learn from single pictures. */
    default boolean learnsFromVideos() {
        return false;
    }

    /**
     * What a training that begins now is expected to need; empty where nothing is known or nothing worth telling.
     *
     * @throws IllegalArgumentException if not even the weights and what belongs to them can be held
     */
    default Optional<MemoryPlan> memory(E experiment) {
        return Optional.empty();
    }

    /**
     * {@link #memory(Experiment)} where what is learned from is open.
     *
     * @param data as {@link #learnable} gave it, borrowed
     */
    default Optional<MemoryPlan> memory(E experiment, ImageDataset data) {
        return memory(experiment);
    }

    /** The settings of the largest steps that a training of these may make, by which its memory is counted if {@link #memory} says nothing. */
    default E largest(E experiment) {
        return experiment;
    }

    /** What its network has and what one sample costs it; empty where that is not counted. */
    default Optional<NetworkCost> cost(E experiment) {
        return Optional.empty();
    }

    /** Whether a training of these settings may begin with another model: whether its gradients move one network. */
    default boolean tunes(E experiment) {
        return true;
    }

    /**
     * Whether a training of it begins with something else than a model of its own kind, which its task reads: {@code training.tune.from} is
     * then no run, and its checkpoints hold what was learned alone.
     */
    default boolean readsBase() {
        return false;
    }

    /** Whether its training asks the base, {@code training.tune.from}, at every step, and does not only begin with it. */
    default boolean asksBase(E experiment) {
        return false;
    }

    /** Whether it can learn of pictures that are rehearsed what the base answers. */
    default boolean rehearsesByBase(E experiment) {
        return false;
    }

    /** The weights of its network that have a row for each class, in their order, and perhaps one more for none. */
    default Set<String> classTables() {
        return Set.of();
    }

    /** Files and folders that a training opens besides its data, by what they are, such as {@code encoder}. */
    default Map<String, Path> reads(E experiment) {
        return Map.of();
    }

    /** Whether it learns from captions, so that nothing can be learned from pictures without. */
    default boolean wantsCaptions(E experiment) {
        return false;
    }

    /**
     * Refuses what {@link #learnable} would refuse for what is said of pictures, none of which is read.
     *
     * @param data borrowed
     * @throws IOException with the reason, or if it cannot be read
     */
    default void requireTold(E experiment, ImageDataset data) throws IOException {
        if (wantsCaptions(experiment)) CaptionedPictures.require(data);
    }

    /**
     * What of a data set is learned from: it itself, or a view of it that leaves some samples out and closes it.
     *
     * @param run that goes on, beside which encoders are looked for that are not any more where they were; empty for one that begins
     * @throws IOException if it cannot be read, or nothing of it can be learned from
     */
    default ImageDataset learnable(E experiment, ImageDataset data, Path run) throws IOException {
        return data;
    }

    /**
     * What is peculiar to its training.
     *
     * @param policy whether networks recompute, where they can
     * @param data what is learned from, borrowed
     * @param run as for {@link #learnable}
     * @throws IllegalArgumentException if it cannot be learned from
     */
    Task<?> task(E experiment, Policy policy, ImageDataset data, Path run);

    /**
     * Opens the averaged weights of the last checkpoint of a run, or of a checkpoint file.
     *
     * @param placement where the network is to compute, and in what precision
     * @throws IOException if there are none, or they are damaged
     */
    TrainedModel open(E experiment, Path runOrCheckpoint, Placement placement) throws IOException;
}
