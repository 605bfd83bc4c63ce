package dev.calotype.studio.model;

import dev.calotype.experiment.Capability;
import dev.calotype.experiment.DrawsImages;
import dev.calotype.experiment.MemoryEstimate;
import dev.calotype.experiment.Request;
import dev.calotype.run.TrainedFile;
import dev.calotype.studio.model.ModelEntry.Form;
import dev.calotype.tensor.Placement;
import dev.calotype.tensor.ProcessMemory;
import dev.calotype.unclip.Unclip;
import dev.calotype.unclip.UnclipFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Models with their weights, opened when they are first used and put out when memory is wanted, those that were used longest ago first.
 * Of the thread of the engine alone.
 */
public final class OpenModels implements AutoCloseable {
    private static final int SHARE = 2; // of a checkpoint's bytes, at most half are the weights that are read
    private static final int IMAGES_AT_ONCE = 16; // more are no faster on a processor, and want more memory
    private static final String PART = "/"; // no id has one

    private final Map<String, Opened> open = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final long limit;
    private Placement placement; // null before the first

    /** @param bytes what its weights take, about */
    private record Opened(AutoCloseable model, String stamp, long bytes) {}

    /** Opens something of a model. */
    @FunctionalInterface
    public interface Opening<T extends AutoCloseable> {
        T open(Placement placement) throws IOException;
    }

    /** @param limit bytes of weights that may be open at the same time, but for one model that has more; 0 for what the machine has */
    public OpenModels(long limit) {
        this.limit = limit;
    }

    /** Where networks compute. */
    public Placement placement() {
        if (placement == null) placement = Placement.best();
        return placement;
    }

    /** Ids of models that are open; by any thread. */
    public Set<String> names() {
        return Set.copyOf(names);
    }

    /** The model of a run or a chain, which draws. */
    public DrawsImages drawing(ModelEntry entry) throws IOException {
        return use(entry, "", place -> open(entry, place), DrawsImages.class);
    }

    /** Opens the model of a run or a chain for who closes it. */
    public static DrawsImages open(ModelEntry entry, Placement placement) throws IOException {
        return entry.form() == Form.CHAIN
                ? Unclip.open(UnclipFiles.of(entry.path()), placement)
                : TrainedFile.open(entry.path(), Capability.DRAWS_IMAGES, placement);
    }

    /**
     * Something of a model, opened unless it is.
     *
     * @param part what of it, where it can be opened for several things
     */
    public <T extends AutoCloseable> T use(ModelEntry entry, String part, Opening<T> opening, Class<T> type)
            throws IOException {
        String key = part.isEmpty() ? entry.id() : entry.id() + PART + part;
        Opened there = open.get(key);
        if (there != null && there.stamp().equals(entry.stamp())) return type.cast(there.model());
        if (there != null) putOut(key);
        long bytes = entry.bytes() / SHARE;
        makeRoom(bytes, key);
        T model = opening.open(placement());
        open.put(key, new Opened(model, entry.stamp(), bytes));
        names.add(entry.id());
        return model;
    }

    /** As many images at once as are wanted and fit into memory; others are put out where not even one does. */
    public int together(ModelEntry entry, DrawsImages model, Request request, int wanted) {
        int images = Math.min(wanted, IMAGES_AT_ONCE);
        while (images > 1 && !fits(model, request, images)) images = (images + 1) / 2;
        for (String other = oldest(entry.id());
                images == 1 && other != null && !fits(model, request, 1);
                other = oldest(entry.id())) putOut(other);
        return images;
    }

    private static boolean fits(DrawsImages model, Request request, int images) {
        return model.memory(request, images).map(MemoryEstimate::fits).orElse(true);
    }

    /** Puts out models until there is room for so many bytes. */
    public void makeRoom(long bytes, String kept) {
        for (String other = oldest(kept); other != null && !hasRoom(bytes); other = oldest(kept)) putOut(other);
    }

    private boolean hasRoom(long bytes) {
        long used = open.values().stream().mapToLong(Opened::bytes).sum();
        return (limit == 0 || used + bytes <= limit) && bytes <= ProcessMemory.available();
    }

    /** The one that was used longest ago, another than {@code kept}; null for none. */
    private String oldest(String kept) {
        for (String key : open.keySet()) if (!key.equals(kept)) return key;
        return null;
    }

    private void putOut(String key) {
        close(open.remove(key).model());
        names.remove(key.split(PART)[0]);
    }

    private static void close(AutoCloseable model) {
        try {
            model.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        for (Iterator<Opened> all = open.values().iterator(); all.hasNext(); ) {
            Opened one = all.next();
            all.remove();
            close(one.model());
        }
        names.clear();
    }
}
