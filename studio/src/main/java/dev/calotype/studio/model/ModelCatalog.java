package dev.calotype.studio.model;

import dev.calotype.io.AtomicFile;
import dev.calotype.studio.job.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The models of the allowed folders, looked at anew when they change. Several threads may ask. */
public final class ModelCatalog {
    private static final Logger LOG = LoggerFactory.getLogger(ModelCatalog.class);
    private static final int DEPTH = 3;

    private final AllowedFolders folders;
    private final Path listFile;
    private final List<Path> added = new ArrayList<>();
    private final Map<Path, ModelEntry> known = new LinkedHashMap<>(); // by path

    /**
     * @param listFile keeps what {@link #add} was told
     * @throws IOException if it cannot be read
     */
    public ModelCatalog(AllowedFolders folders, Path listFile) throws IOException {
        this.folders = folders;
        this.listFile = listFile;
        if (Files.exists(listFile))
            for (String line : Files.readAllLines(listFile)) if (!line.isBlank()) added.add(Path.of(line));
    }

    /** All models, by their names. */
    public synchronized List<ModelEntry> models() {
        Map<String, ModelEntry> found = new LinkedHashMap<>();
        for (Path root : folders.roots()) search(root, root, DEPTH, found);
        for (Path path : added) if (Files.exists(path)) take(rootOf(path), path, found);
        known.values().retainAll(List.copyOf(found.values()));
        return found.values().stream()
                .sorted(Comparator.comparing(ModelEntry::id))
                .toList();
    }

    /**
     * The model of that name.
     *
     * @throws Refusal if there is none: 404
     */
    public synchronized ModelEntry model(String id) {
        Optional<ModelEntry> there =
                known.values().stream().filter(model -> model.id().equals(id)).findFirst();
        if (there.isPresent() && isCurrent(there.get())) return there.get();
        return models().stream()
                .filter(model -> model.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new Refusal(404, "model_not_found", "there is no model " + id));
    }

    /**
     * Adds a model that lies deeper in the allowed folders than is looked.
     *
     * @throws Refusal if it is not in them: 403
     * @throws IllegalArgumentException if it is none
     */
    public synchronized ModelEntry add(String path) throws IOException {
        Path real = folders.require(path);
        Map<String, ModelEntry> found = new LinkedHashMap<>();
        if (!take(rootOf(real), real, found))
            throw new IllegalArgumentException(
                    "there is no model there with weights that can be opened: " + real.getFileName());
        if (!added.contains(real)) {
            added.add(real);
            try {
                AtomicFile.write(
                        listFile,
                        String.join("\n", added.stream().map(Path::toString).toList()));
            } catch (IOException e) {
                added.remove(real);
                throw Refusal.notKept("the list of models", e);
            }
        }
        return models().stream()
                .filter(model -> model.path().startsWith(real))
                .findFirst()
                .orElseThrow();
    }

    /** Whether a search would find the same. */
    private boolean isCurrent(ModelEntry entry) {
        try {
            Path path = entry.path();
            return folders.isInside(path.toRealPath())
                    && Inspection.form(path).equals(Optional.of(entry.form()))
                    && Inspection.stamp(path, entry.form()).equals(Optional.of(entry.stamp()));
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} is looked for anew", entry.path(), e);
            return false;
        }
    }

    private Path rootOf(Path path) {
        return folders.roots().stream().filter(path::startsWith).findFirst().orElse(path.getParent());
    }

    private void search(Path root, Path folder, int depth, Map<String, ModelEntry> found) {
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : children.sorted().toList()) {
                if (child.getFileName().toString().startsWith(".") || !folders.isInside(child.toRealPath())) continue;
                if (!take(root, child, found) && depth > 1 && Files.isDirectory(child))
                    search(root, child, depth - 1, found);
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be searched for models", folder, e);
        }
    }

    /** Whether it is a model, of whatever state: its folder is not searched then. */
    private boolean take(Path root, Path path, Map<String, ModelEntry> found) {
        try {
            Optional<ModelEntry.Form> form = Inspection.form(path);
            if (form.isEmpty()) return false;
            Optional<String> stamp = Inspection.stamp(path, form.get());
            if (stamp.isEmpty()) return true; // no weights yet
            ModelEntry entry = known.get(path);
            if (entry == null || !entry.stamp().equals(stamp.get()) || isOthers(entry.id(), path, found))
                entry = Inspection.look(free(id(root, path), path, found), path, form.get(), stamp.get());
            known.put(path, entry);
            found.putIfAbsent(entry.id(), entry);
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.debug("{} is left out of the models", path, e);
            return false;
        }
    }

    private static String id(Path root, Path path) {
        String relative = path.equals(root)
                ? path.getFileName().toString()
                : root.relativize(path).toString();
        return relative.replace('\\', '/').replace('/', '~');
    }

    private static String free(String id, Path path, Map<String, ModelEntry> found) {
        if (!isOthers(id, path, found)) return id;
        String longer = path.getParent().getParent().getFileName() + "~" + id, free = longer;
        for (int i = 2; isOthers(free, path, found); i++) free = longer + "~" + i;
        return free;
    }

    private static boolean isOthers(String id, Path path, Map<String, ModelEntry> found) {
        return found.containsKey(id) && !found.get(id).path().equals(path);
    }
}
