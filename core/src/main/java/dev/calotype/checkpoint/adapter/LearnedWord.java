package dev.calotype.checkpoint.adapter;

import dev.calotype.checkpoint.PyTorchFile;
import dev.calotype.checkpoint.PyTorchValue;
import dev.calotype.checkpoint.SafeTensors;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.WeightFile;
import dev.calotype.io.Quoted;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;

/**
 * A word whose vectors were learned of a few pictures (textual inversion, Gal et al. 2022).
 *
 * @param token what stands for it in a text
 * @param vectors by the text encoder, as diffusers calls it: (W), or (n, W) for n tokens one after the other
 */
public record LearnedWord(String token, Map<String, StoredTensor> vectors) {
    private static final String TABLES = "string_to_param", FIRST = "clip_l", SECOND = "clip_g", THIRD = "t5xxl";
    private static final Set<String> NAMELESS = Set.of("emb_params", "*"); // as the web user interface writes it
    private static final String SECOND_ENCODER = "text_encoder_2";
    private static final int LONGEST = 200;

    public LearnedWord {
        if (token.isBlank() || token.length() > LONGEST || token.chars().anyMatch(Character::isISOControl))
            throw new IllegalArgumentException("the token of a learned word must be 1 to " + LONGEST
                    + " characters that can be written: " + Quoted.name(token));
        vectors = Map.copyOf(vectors);
    }

    /**
     * The words of a file: of diffusers, one tensor called as the token; of the web user interface, one called {@code *} among {@code
     * string_to_param}; of XL and Stable Diffusion 3, {@code clip_l} and {@code clip_g}; or a bare tensor.
     *
     * @param token what stands for it in a text; empty for what the file says, or its name where it says nothing
     * @throws IOException if it cannot be read, holds code, or is no such file
     */
    public static List<LearnedWord> open(Path file, Optional<String> token) throws IOException {
        try {
            return WeightFile.isPyTorch(file)
                    ? pickled(file, PyTorchFile.read(file).root(), token)
                    : named(file, WeightFile.stored(file), token);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** Writes it as diffusers does: one tensor called as the token, or of two encoders {@code clip_l} and {@code clip_g}. */
    public void write(Path file) throws IOException {
        try (PointerScope scope = new PointerScope()) {
            Map<String, Tensor> tensors = new TreeMap<>();
            boolean two = vectors.containsKey(SECOND_ENCODER);
            for (Map.Entry<String, StoredTensor> each : vectors.entrySet()) {
                String name = !two ? token : each.getKey().equals(SECOND_ENCODER) ? SECOND : FIRST;
                tensors.put(name, each.getValue().read());
            }
            SafeTensors.write(file, tensors, Map.of("format", "pt", "token", token));
        }
    }

    private static List<LearnedWord> pickled(Path file, PyTorchValue root, Optional<String> token) throws IOException {
        if (root instanceof PyTorchValue.TensorValue bare)
            return List.of(new LearnedWord(token.orElse(stem(file)), Map.of("text_encoder", bare.tensor())));
        if (!(root instanceof PyTorchValue.Dict dict)) throw none(file);
        PyTorchValue tables = dict.entries().get(TABLES);
        if (tables instanceof PyTorchValue.Dict inner
                && inner.entries().get("_parameters") instanceof PyTorchValue.Dict own)
            tables = own; // an object of PyTorch around it
        if (tables instanceof PyTorchValue.Dict table) {
            if (table.entries().size() != 1
                    || !(table.entries().values().iterator().next() instanceof PyTorchValue.TensorValue vectors))
                throw none(file);
            String name = dict.entries().get("name") instanceof PyTorchValue.Text text ? text.text() : stem(file);
            return List.of(new LearnedWord(token.orElse(name), Map.of("text_encoder", vectors.tensor())));
        }
        return named(file, new PyTorchFile(root).tensors(), token);
    }

    private static List<LearnedWord> named(Path file, Map<String, StoredTensor> stored, Optional<String> token)
            throws IOException {
        if (stored.keySet().equals(Set.of(FIRST, SECOND)))
            return List.of(new LearnedWord(
                    token.orElse(stem(file)),
                    Map.of("text_encoder", stored.get(FIRST), "text_encoder_2", stored.get(SECOND))));
        if (stored.containsKey(THIRD))
            throw new IOException(file + " has vectors for T5, " + THIRD + ", to which no words can be added here");
        List<LearnedWord> words = new ArrayList<>();
        for (Map.Entry<String, StoredTensor> entry : stored.entrySet()) {
            if (entry.getValue().dim() < 1
                    || entry.getValue().dim() > 2
                    || stored.size() > 1 && !entry.getKey().matches("<.+>")) throw none(file);
            String own = NAMELESS.contains(entry.getKey()) ? stem(file) : entry.getKey();
            words.add(new LearnedWord(token.orElse(own), Map.of("text_encoder", entry.getValue())));
        }
        if (words.isEmpty()) throw none(file);
        if (words.size() > 1 && token.isPresent())
            throw new IOException(file + " holds " + words.size() + " words, which one token cannot stand for: "
                    + String.join(", ", stored.keySet()));
        return words;
    }

    private static IOException none(Path file) {
        return new IOException(
                file + " is no learned word: neither one tensor called as its token, nor string_to_param with one, nor"
                        + " clip_l and clip_g");
    }

    private static String stem(Path file) {
        return file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
    }
}
