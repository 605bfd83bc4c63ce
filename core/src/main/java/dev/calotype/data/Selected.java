package dev.calotype.data;

import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Those samples of a data set that are at some places.
 *
 * @param all the data set, owned
 * @param places not copied, do not change them
 */
public record Selected(ImageDataset all, long[] places) implements Chosen {
    private static final Logger LOG = LoggerFactory.getLogger(Selected.class);

    /** Of the place of a sample whether it is wanted. */
    @FunctionalInterface
    public interface Test {
        boolean of(long place) throws IOException;
    }

    /**
     * Those samples of which a test holds; the data set itself if it does of all. How many are left out is told in the log.
     *
     * @param what these lack, for people
     * @param none what to say where it holds of none
     * @throws IOException if it cannot be told, or it holds of none
     */
    public static ImageDataset where(ImageDataset data, Test test, String what, String none) throws IOException {
        long[] places = places(data, test, none);
        if (places.length == data.size()) return data;
        long left = data.size() - places.length;
        LOG.warn("{} of the {} pictures of {} have no {} and are left out", left, data.size(), data.name(), what);
        return new Selected(data, places);
    }

    /**
     * Those samples that have a class, of two sets that are blended each by itself; the data set itself if all have, or if there are no classes.
     *
     * @throws IOException if it cannot be told, or there are classes and none has one
     */
    public static ImageDataset labelled(ImageDataset data) throws IOException {
        if (data.classes().isEmpty()) return data;
        return BlendedDataset.each(
                data,
                (part, share) -> part.size() > Integer.MAX_VALUE // drawn, each with its class
                        ? part
                        : where(
                                part,
                                place -> part.label(place) >= 0,
                                "class",
                                " has no picture of a class, which is learned"));
    }

    /**
     * So many samples of a data set, spread evenly over it, so that of one that is sorted no part is left out; the first of them are those of fewer. Of
     * one whose samples are drawn, which is endless, and of one that has no more the data set itself, to be read from its beginning.
     */
    public static ImageDataset spread(ImageDataset data, long most) {
        long size = data.size();
        return isOrdered(size, most)
                ? data
                : new Selected(data, spread(size, most).limit(most).toArray());
    }

    /** {@link #spread(ImageDataset, long) Those}, in the order of the data set. */
    public static ImageDataset inOrder(ImageDataset data, long most) {
        return spread(data, most) instanceof Selected some && some != data
                ? new Selected(data, Arrays.stream(some.places).sorted().toArray())
                : data;
    }

    private static boolean isOrdered(long size, long most) {
        return size <= most || size > Integer.MAX_VALUE;
    }

    /**
     * All places of a data set of that size in an order of which every beginning is spread evenly over it, van der Corput's sequence; from its
     * beginning where {@code most} are all, or there is no end of them.
     */
    public static LongStream spread(long size, long most) {
        if (isOrdered(size, most)) return LongStream.range(0, size);
        int unused = Long.numberOfLeadingZeros(size - 1);
        return LongStream.iterate(0, i -> i + 1)
                .map(i -> Long.reverse(i) >>> unused)
                .filter(place -> place < size)
                .limit(size);
    }

    /**
     * The places of those samples of which a test holds.
     *
     * @param none what to say where it holds of none
     * @throws IOException if it cannot be told, or it holds of none
     */
    public static long[] places(ImageDataset data, Test test, String none) throws IOException {
        if (data.size() > Integer.MAX_VALUE)
            throw new IOException(data.name() + " has " + data.size() + " pictures, too many to look at each");
        LongStream.Builder found = LongStream.builder();
        for (long place = 0; place < data.size(); place++) if (test.of(place)) found.add(place);
        long[] places = found.build().toArray();
        if (places.length == 0) throw new IOException(data.name() + none);
        return places;
    }

    @Override
    public long size() {
        return places.length;
    }

    @Override
    public long place(long index) {
        return places[(int) Objects.checkIndex(index, size())];
    }

    @Override
    public String choice() {
        return all.choice() + " at " + Arrays.hashCode(places);
    }

    @Override
    public Sample read(long index, Rng chance) throws IOException {
        return all.read(place(index), chance);
    }

    @Override
    public List<Sample> views(long index, int count) throws IOException {
        return all.views(place(index), count);
    }

    @Override
    public boolean isOfClips() {
        return all.isOfClips();
    }
}
