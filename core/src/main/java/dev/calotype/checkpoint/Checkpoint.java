package dev.calotype.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;

/**
 * All that is needed to continue a training run or to sample from it: one safetensors file.
 *
 * <p>Tensors are in groups, named by what comes before a slash: those of a training run are {@code weights/...},
 * {@code ema/DECAY/...}, {@code adam/first/...}, {@code adam/second/...} and {@code task/...}. The file's metadata holds
 * the text of the experiment, the state, and a {@link Digest} of the tensors, which is checked on reading.
 *
 * @param tensors by name
 * @param experiment the text (YAML) of the experiment that made them
 * @param state where the run stands: finite numbers by name, among them {@code step}, a whole number of at least 0
 */
public record Checkpoint(Map<String, Tensor> tensors, String experiment, Map<String, Double> state) {
    static final ObjectMapper JSON = JsonMapper.builder(SafeTensorsHeader.JSON.copy())
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

    /** The number of training steps done. */
    public long step() {
        return state.get("step").longValue();
    }

    /** The tensors called {@code group/...}, without the beginning; empty if there are none. */
    public Map<String, Tensor> group(String group) {
        Map<String, Tensor> members = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.startsWith(group + "/")) members.put(name.substring(group.length() + 1), tensor);
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
     * Writes the file, complete or not at all, even when the power fails.
     *
     * @throws IOException if the file cannot be written; an older file of that name is then untouched
     */
    public void write(Path file) throws IOException {
        SafeTensors.write(
                file,
                tensors,
                Map.of(
                        "experiment", experiment,
                        "state", JSON.writeValueAsString(state),
                        "sha256", Digest.of(tensors)));
    }

    /**
     * Reads a file into the caller's scope.
     *
     * @throws IOException if the file cannot be read, is no checkpoint, or its tensors are not those that were written
     */
    public static Checkpoint read(Path file) throws IOException {
        try (SafeTensorsFile open = SafeTensors.open(file)) {
            Map<String, String> texts = open.header().metadata();
            for (String name : new String[] {"experiment", "state", "sha256"})
                if (!texts.containsKey(name))
                    throw new IOException(file + " is no checkpoint: its metadata has no " + name);
            Map<String, Double> state = state(file, texts.get("state"));
            return new Checkpoint(open.tensors(texts.get("sha256")), texts.get("experiment"), state);
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
