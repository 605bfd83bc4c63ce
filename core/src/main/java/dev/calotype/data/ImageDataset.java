package dev.calotype.data;

import dev.calotype.data.store.PassedOver;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.List;

/**
 * A finite, indexed collection of pictures that are decoded one at a time, so that it may be larger than memory.
 * {@link #read} may be called from several threads at once.
 */
public interface ImageDataset extends AutoCloseable {
    /** What it is, for people: a path or a built-in name. */
    String name();

    /** The number of samples, at least 1. */
    long size();

    /**
     * Decodes sample {@code index} in 0..size-1.
     *
     * @throws IOException if that one sample is corrupt or truncated; the others may still be good
     */
    Sample read(long index) throws IOException;

    /**
     * {@link #read(long)} where a sample is one part of what there is, such as some frames of a video: a random part.
     *
     * @throws IOException as {@link #read(long)}
     */
    default Sample read(long index, Rng chance) throws IOException {
        return read(index);
    }

    /**
     * As many looks at what sample {@code index} is a part of, such as clips spread over a video; one where it is all there is.
     *
     * @param count at least 1
     * @throws IOException as {@link #read(long)}
     */
    default List<Sample> views(long index, int count) throws IOException {
        return List.of(read(index));
    }

    /** Whether its samples are clips, as far as more than one frame is asked for. */
    default boolean isOfClips() {
        return false;
    }

    /** What decides about its pictures besides the bytes of its files, such as which of them or which frames are seen; empty if nothing does. */
    default String choice() {
        return "";
    }

    /** The name of sample {@code index}, as {@link Sample#name} has it. */
    default String sampleName(long index) throws IOException {
        return read(index).name();
    }

    /** The class of sample {@code index}, as {@link Sample#label} has it; where possible without decoding its picture. */
    default int label(long index) throws IOException {
        return classes().isEmpty() ? Sample.UNLABELLED : read(index).label();
    }

    /** What sample {@code index} shows, as {@link Sample#caption} has it; where possible without decoding its picture. */
    default String caption(long index) throws IOException {
        return read(index).caption();
    }

    /** The names of the classes that labels point to, or an empty list. */
    default List<String> classes() {
        return List.of();
    }

    /** Where the labels come from, or why there are none, in words; empty if there is nothing to say. */
    default String labelSource() {
        return "";
    }

    /** What lies in the source and is not used, one line for each reason; empty if everything is used. */
    default List<PassedOver> passedOver() {
        return List.of();
    }

    @Override
    default void close() throws IOException {}
}
