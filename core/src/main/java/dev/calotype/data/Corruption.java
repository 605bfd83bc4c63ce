package dev.calotype.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps count of the samples that cannot be read, and says when they are too many. */
final class Corruption {
    private static final Logger LOG = LoggerFactory.getLogger(Batches.class);
    private static final int NAMED = 5;
    private static final long FEWEST_JUDGED = 1000;

    private final ImageDataset dataset;
    private final double tolerance;
    private final Set<Long> corrupt = new HashSet<>();
    private final List<String> named = new ArrayList<>();
    private long good;

    Corruption(ImageDataset dataset, double tolerance) {
        this.dataset = dataset;
        this.tolerance = tolerance;
    }

    synchronized boolean isKnown(long index) {
        return corrupt.contains(index);
    }

    synchronized int count() {
        return corrupt.size();
    }

    synchronized void readWell() {
        good++;
    }

    /** Notes a corrupt sample; logs it the first time. */
    synchronized void found(long index, IOException cause) {
        if (!corrupt.add(index)) return;
        String name = "sample " + index + " (" + cause.getMessage() + ")";
        LOG.warn("{}: skipped the corrupt {}", dataset.name(), name);
        if (named.size() < NAMED) named.add(name);
        long seen = Math.min(dataset.size(), good + corrupt.size());
        long judged = Math.max(seen, Math.min(dataset.size(), FEWEST_JUDGED));
        long allowed = tolerance == 0 ? 0 : Math.max(1, (long) Math.floor(tolerance * judged));
        if (corrupt.size() > allowed || corrupt.size() == dataset.size()) throw tooMany(seen);
    }

    private CorruptDataException tooMany(long seen) {
        return new CorruptDataException(String.format(
                Locale.ROOT,
                "%s: %d of %d samples seen are corrupt (%.1f %%), more than the limit of %s %%: %s%s",
                dataset.name(),
                corrupt.size(),
                seen,
                100.0 * corrupt.size() / seen,
                100 * tolerance,
                String.join(", ", named),
                corrupt.size() > named.size() ? ", ..." : ""));
    }
}
