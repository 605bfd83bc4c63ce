package dev.calotype.data;

import dev.calotype.column.Column;
import dev.calotype.column.Columns;
import dev.calotype.data.store.PassedOver;
import dev.calotype.tensor.Rng;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Two data sets as one of which a given share is the second, with the classes of both by their names. Each sample of the smaller part
 * comes up several times, so that whoever draws from all alike sees the share. Which of them it is of, the column {@link Columns#REHEARSED}
 * says.
 */
public final class BlendedDataset implements ImageDataset {
    private static final long MOST_REPEATS = 1L << 40;

    /** A data set and the places of its labels among all classes. */
    private record Side(ImageDataset data, int[] labels) {
        static Side of(ImageDataset data, List<String> classes) {
            return new Side(
                    data, data.classes().stream().mapToInt(classes::indexOf).toArray());
        }

        int known(int label) {
            return label < 0 || label >= labels.length ? label : labels[label];
        }

        Sample known(Sample sample) {
            int label = known(sample.label());
            return label == sample.label() ? sample : sample.with(Columns.LABEL, new Column.Numbers(label));
        }
    }

    /** What is made of a data set. */
    @FunctionalInterface
    public interface View {
        /**
         * @param data not closed where this fails, and else by what is made of it
         * @param share of all samples that it is to have, above 0, at most 1
         */
        ImageDataset of(ImageDataset data, double share) throws IOException;
    }

    private final Side first, second; // the second is null where there is none
    private final double share;
    private final List<String> classes;
    private final long firsts, seconds;

    /**
     * @param first owned
     * @param known classes that come before all others, whether there are pictures of them or not
     */
    public BlendedDataset(ImageDataset first, List<String> known) {
        this(first, null, 0, known);
    }

    /**
     * @param first owned
     * @param second owned
     * @param share of the second, above 0 and below 1
     * @param known classes that come before all others, whether there are pictures of them or not
     */
    public BlendedDataset(ImageDataset first, ImageDataset second, double share, List<String> known) {
        Set<String> all = new LinkedHashSet<>(known);
        all.addAll(first.classes());
        if (second != null) all.addAll(second.classes());
        classes = List.copyOf(all);
        this.first = Side.of(first, classes);
        this.second = second == null ? null : Side.of(second, classes);
        this.share = share;
        if (second == null) {
            firsts = first.size();
            seconds = 0;
            return;
        }
        if (!(share > 0 && share < 1)) throw new IllegalArgumentException("share must be between 0 and 1: " + share);
        double ratio = share / (1 - share); // of the second to the first
        double repeats = Math.ceil(second.size() / (ratio * first.size()));
        firsts = first.size() * (long) Math.max(1, Math.min(repeats, (double) MOST_REPEATS / first.size()));
        seconds = Math.max(1, Math.round(ratio * firsts));
    }

    /** The data set and the place within it of a sample. */
    private record Place(Side side, long index) {}

    private Place place(long index) {
        return index < firsts
                ? new Place(first, index % first.data().size())
                : new Place(second, (index - firsts) % second.data().size());
    }

    /** A view of a data set; of two that are blended one of each, blended again: so the share stays, however few samples are left. */
    public static ImageDataset each(ImageDataset data, View view) throws IOException {
        if (!(data instanceof BlendedDataset blend)) return view.of(data, 1);
        ImageDataset first = view.of(blend.first.data(), 1 - blend.share);
        ImageDataset second = blend.second == null ? null : view.of(blend.second.data(), blend.share);
        return new BlendedDataset(first, second, blend.share, blend.classes);
    }

    /** The first of two data sets that are blended, or a data set itself. */
    public static ImageDataset first(ImageDataset data) {
        return data instanceof BlendedDataset blend ? blend.first.data() : data;
    }

    /** The one or two data sets. */
    List<ImageDataset> parts() {
        return second == null ? List.of(first.data()) : List.of(first.data(), second.data());
    }

    @Override
    public String name() {
        return String.join(" and ", parts().stream().map(ImageDataset::name).toList());
    }

    @Override
    public long size() {
        return firsts + seconds;
    }

    @Override
    public Sample read(long index) throws IOException {
        Place place = place(index);
        return marked(place, place.side().data().read(place.index()));
    }

    private Sample marked(Place place, Sample sample) {
        Sample known = place.side().known(sample);
        return second == null
                ? known
                : known.with(Columns.REHEARSED, new Column.Numbers(place.side() == second ? 1 : 0));
    }

    @Override
    public Sample read(long index, Rng chance) throws IOException {
        Place place = place(index);
        return marked(place, place.side().data().read(place.index(), chance));
    }

    @Override
    public List<Sample> views(long index, int count) throws IOException {
        Place place = place(index);
        List<Sample> views = new ArrayList<>();
        for (Sample view : place.side().data().views(place.index(), count)) views.add(marked(place, view));
        return views;
    }

    @Override
    public boolean isOfClips() {
        return parts().stream().allMatch(ImageDataset::isOfClips);
    }

    @Override
    public String sampleName(long index) throws IOException {
        Place place = place(index);
        return place.side().data().sampleName(place.index());
    }

    @Override
    public String caption(long index) throws IOException {
        Place place = place(index);
        return place.side().data().caption(place.index());
    }

    @Override
    public int label(long index) throws IOException {
        Place place = place(index);
        return place.side().known(place.side().data().label(place.index()));
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String labelSource() {
        return first.data().labelSource();
    }

    @Override
    public List<PassedOver> passedOver() {
        return parts().stream().flatMap(data -> data.passedOver().stream()).toList();
    }

    @Override
    public void close() throws IOException {
        try (ImageDataset one = first.data();
                ImageDataset other = second == null ? null : second.data()) {
            if (one == other)
                throw new IllegalStateException("a data set cannot be blended with itself: " + one.name());
        }
    }
}
