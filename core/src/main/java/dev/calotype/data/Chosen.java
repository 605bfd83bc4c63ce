package dev.calotype.data;

import dev.calotype.data.store.PassedOver;
import java.io.IOException;
import java.util.List;

/** Some samples of a data set, which is closed with this: all that is said of the data set holds of them. */
public interface Chosen extends ImageDataset {
    /** The data set, owned. */
    ImageDataset all();

    /**
     * Where in the data set sample {@code index} of these is.
     *
     * @throws IndexOutOfBoundsException if there is none
     */
    long place(long index);

    @Override
    default String name() {
        return all().name();
    }

    @Override
    default Sample read(long index) throws IOException {
        return all().read(place(index));
    }

    @Override
    default String choice() {
        return all().choice();
    }

    @Override
    default String sampleName(long index) throws IOException {
        return all().sampleName(place(index));
    }

    @Override
    default String caption(long index) throws IOException {
        return all().caption(place(index));
    }

    @Override
    default int label(long index) throws IOException {
        return all().label(place(index));
    }

    @Override
    default List<String> classes() {
        return all().classes();
    }

    @Override
    default String labelSource() {
        return all().labelSource();
    }

    @Override
    default List<PassedOver> passedOver() {
        return all().passedOver();
    }

    @Override
    default void close() throws IOException {
        all().close();
    }
}
