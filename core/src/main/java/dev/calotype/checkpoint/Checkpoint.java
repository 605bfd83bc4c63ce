package dev.calotype.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.pytorch.Tensor;

/**
 * All that is needed to continue a training run or to sample from it: one safetensors file.
 *
 * <p>Tensors are in groups, named by what comes before a slash: those of a training run are {@code weights/...},
 * {@code ema/DECAY/...}, {@code adam/first/...}, {@code adam/second/...} and {@code task/...}. The file's metadata holds
 * the text of the experiment, the state, and a {@link Digest} of each group, which is checked on reading. Older files
 * have one of all tensors besides, or alone.
 *
 * @param tensors by name
 * @param experiment the text (YAML) of the experiment that made them
 * @param state where the run stands: finite numbers by name, among them {@code step}, a whole number of at least 0
 */
public record Checkpoint(Map<String, Tensor> tensors, String experiment, Map<String, Double> state) {
    /** How JSON beside and inside of weights is read and written. */
    public static final ObjectMapper JSON = JsonMapper.builder(SafeTensorsHeader.JSON.copy())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    public Checkpoint {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        state = Collections.unmodifiableMap(new TreeMap<>(state));
        Double step = state.get("step");
        if (step == null || step < 0 || step != Math.rint(step) || step > 1L << 53)
            throw new IllegalArgumentException("state must have a whole step of at least 0: " + step);
        state.forEach((name, value) -> {
            if (value == null || !Double.isFinite(value))
                throw new IllegalArgumentException("state " + name + " must be finite: " + value);
        });
    }

    /**
     * One group of a checkpoint: who samples needs the averaged weights, not the state of the optimizer.
     *
     * @param stored by their names within the group, to be read when they are wanted; empty if there is no such group
     * @param sha256 their {@link Digest}, which was checked
     * @param step the number of training steps done
     */
    public record Group(Map<String, StoredTensor> stored, String sha256, long step) {
        /**
         * All of them, read into the caller's scope.
         *
         * @throws IOException if they cannot be read
         */
        public Map<String, Tensor> tensors() throws IOException {
            return WeightFile.loaded(stored);
        }
    }

    /** The number of training steps done. */
    public long step() {
        return state.get("step").longValue();
    }

    /** The tensors called {@code group/...}, without the beginning; empty if there are none. */
    public Map<String, Tensor> group(String group) {
        return group(tensors, group);
    }

    /** Those without a slash are the group without a name. */
    private static Map<String, Tensor> group(Map<String, Tensor> tensors, String group) {
        Map<String, Tensor> members = new LinkedHashMap<>();
        int begin = group.isEmpty() ? 0 : group.length() + 1;
        tensors.forEach((name, tensor) -> {
            if (group.isEmpty() ? !name.contains("/") : name.startsWith(group + "/"))
                members.put(name.substring(begin), tensor);
        });
        return members;
    }

    /** The tensors of several groups by their full names {@code group/name}. */
    public static Map<String, Tensor> groups(Map<String, Map<String, Tensor>> groups) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        groups.forEach((group, members) -> members.forEach((name, tensor) -> tensors.put(group + "/" + name, tensor)));
        return tensors;
    }

    /**
     * Writes the file, complete or not at all, even when the power fails. The digests are made while the disk writes.
     *
     * @throws IOException if the file cannot be written; an older file of that name is then untouched
     */
    public void write(Path file) throws IOException {
        Map<String, Map<String, Tensor>> groups = byGroup(tensors);
        Map<String, String> outline = new TreeMap<>();
        groups.keySet().forEach(group -> outline.put(group, Digest.OUTLINE));
        Map<String, String> known = Map.of("experiment", experiment, "state", JSON.writeValueAsString(state));
        CompletableFuture<Map<String, String>> texts =
                CompletableFuture.supplyAsync(() -> texts(known, Digest.ofEach(groups)));
        try {
            SafeTensors.write(file, tensors, texts(known, outline), texts);
        } finally {
            texts.handle((made, failure) -> made).join(); // or the tensors could be freed under it
        }
    }

    private static Map<String, String> texts(Map<String, String> known, Map<String, String> digests) {
        Map<String, String> texts = new TreeMap<>(known);
        try {
            texts.put("groups", JSON.writeValueAsString(digests));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }

    private static Set<String> groupNames(Set<String> tensors) {
        Set<String> groups = new TreeSet<>();
        for (String name : tensors) groups.add(name.substring(0, Math.max(0, name.lastIndexOf('/'))));
        return groups;
    }

    private static Map<String, Map<String, Tensor>> byGroup(Map<String, Tensor> tensors) {
        Map<String, Map<String, Tensor>> groups = new TreeMap<>();
        for (String group : groupNames(tensors.keySet())) groups.put(group, group(tensors, group));
        return groups;
    }

    /**
     * Reads a file into the caller's scope.
     *
     * @throws IOException if the file cannot be read, is no checkpoint, or its tensors are not those that were written
     */
    public static Checkpoint read(Path file) throws IOException {
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            Map<String, String> texts = texts(file, open);
            Map<String, Double> state = state(file, texts.get("state"));
            Map<String, String> expected = digests(file, texts.getOrDefault("groups", "{}"));
            boolean covered =
                    expected.keySet().equals(groupNames(open.header().entries().keySet()));
            if (!covered && !texts.containsKey("sha256")) throw open.damaged();
            Map<String, Tensor> tensors = covered
                    ? open.tensors(Checkpoint::byGroup, expected)
                    : open.tensors(all -> Map.of("", all), Map.of("", texts.get("sha256")));
            return new Checkpoint(tensors, texts.get("experiment"), state);
        }
    }

    /**
     * Reads one group into the caller's scope, and no more than that of files that hold a digest of it.
     *
     * @param group the beginning of the names, without the slash before their last part
     * @throws IOException as {@link #read}
     */
    public static Group readGroup(Path file, String group) throws IOException {
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            Map<String, String> texts = texts(file, open);
            long step = new Checkpoint(Map.of(), "", state(file, texts.get("state"))).step();
            String sha256 = digests(file, texts.getOrDefault("groups", "{}")).get(group);
            if (sha256 != null) return new Group(open.group(group + "/", sha256), sha256, step);
        }
        return group(read(file), group);
    }

    private static Group group(Checkpoint all, String group) {
        Map<String, Tensor> members = all.group(group);
        Map<String, StoredTensor> loaded = new LinkedHashMap<>();
        members.forEach((name, tensor) -> loaded.put(name, StoredTensor.of(tensor)));
        return new Group(loaded, Digest.of(members), all.step());
    }

    private static Map<String, String> texts(Path file, SafeTensorsFile open) throws IOException {
        Map<String, String> texts = open.header().metadata();
        for (String name : new String[] {"experiment", "state", texts.containsKey("sha256") ? "sha256" : "groups"})
            if (!texts.containsKey(name))
                throw new IOException(file + " is no checkpoint: its metadata has no " + name);
        return texts;
    }

    private static Map<String, String> digests(Path file, String json) throws IOException {
        try {
            Map<String, String> digests = JSON.readValue(json, new TypeReference<TreeMap<String, String>>() {});
            return digests == null ? Map.of() : digests;
        } catch (JsonProcessingException e) {
            throw new IOException(file + " has damaged digests: " + e.getOriginalMessage(), e);
        }
    }

    private static Map<String, Double> state(Path file, String json) throws IOException {
        try {
            Map<String, Double> state = JSON.readValue(json, new TypeReference<TreeMap<String, Double>>() {});
            if (state == null) throw new IOException(file + " has no state");
            return new Checkpoint(Map.of(), "", state).state;
        } catch (JsonProcessingException e) {
            throw new IOException(file + " has a damaged state: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " has a damaged state: " + e.getMessage(), e);
        }
    }
}
