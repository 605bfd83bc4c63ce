package dev.calotype.kind.diffusion.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.calotype.checkpoint.StoredNetwork;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.checkpoint.adapter.LearnedWord;
import dev.calotype.io.Quoted;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Text encoders whose tables have learned words at their end.
 *
 * @param networks the text encoders by their part
 * @param ids what tokenizers make of a token, by the part of the encoder
 */
record Vocabulary(Map<String, StoredNetwork> networks, Map<String, Map<String, int[]>> ids) {
    private static final String TABLE = "token_embedding.weight";

    /**
     * Adds words.
     *
     * @throws IOException if one has vectors of another width, or for other encoders, or two are called the same
     */
    static Vocabulary of(Map<String, StoredNetwork> encoders, List<LearnedWord> words) throws IOException {
        for (LearnedWord word : words)
            if (!encoders.keySet().containsAll(word.vectors().keySet()))
                throw new IOException("the word " + Quoted.name(word.token())
                        + " has vectors for two text encoders, as of Stable Diffusion XL"
                        + " or 3, and this model has one");
        Map<String, StoredNetwork> networks = new TreeMap<>();
        Map<String, Map<String, int[]>> ids = new TreeMap<>();
        for (Map.Entry<String, StoredNetwork> encoder : encoders.entrySet()) {
            Map<String, StoredTensor> weights =
                    new LinkedHashMap<>(encoder.getValue().weights());
            String name = weights.keySet().stream()
                    .filter(key -> key.endsWith(TABLE))
                    .findFirst()
                    .orElseThrow(() -> new IOException(encoder.getValue().path() + " has no table of tokens"));
            StoredTensor table = weights.get(name);
            Map<String, int[]> own = new LinkedHashMap<>();
            List<StoredTensor> rows = new ArrayList<>(List.of(table));
            int next = (int) table.size(0), end = next - 1;
            for (LearnedWord word : words) {
                StoredTensor vectors = vectors(word, encoder.getKey(), table.size(1));
                int[] given = new int[(int) vectors.size(0)];
                for (int i = 0; i < given.length; i++) given[i] = next++;
                if (own.put(word.token(), given) != null)
                    throw new IOException("two learned words are called " + Quoted.name(word.token())
                            + ": name one of them otherwise");
                rows.add(vectors);
            }
            weights.put(name, StoredTensor.of(rows, Vocabulary::joined));
            networks.put(encoder.getKey(), marked(encoder.getValue(), end).with(() -> weights));
            ids.put(encoder.getKey(), own);
        }
        return new Vocabulary(networks, ids);
    }

    private static Tensor joined(Tensor... parts) {
        Tensor[] same = new Tensor[parts.length];
        for (int i = 0; i < parts.length; i++) same[i] = parts[i].to(ScalarType.Float);
        return Tensors.cat(0, same);
    }

    private static StoredTensor vectors(LearnedWord word, String part, long width) throws IOException {
        StoredTensor vectors = word.vectors().get(part);
        if (vectors == null)
            throw new IOException(
                    "the word " + Quoted.name(word.token()) + " has no vectors for the second text encoder: it is of"
                            + " Stable Diffusion 1 or 2, and this model, of XL or 3, has two");
        StoredTensor rows = vectors.dim() == 1 ? vectors.changed(x -> x.unsqueeze(0)) : vectors;
        if (rows.dim() != 2 || rows.size(1) != width || rows.size(0) < 1 || rows.size(0) > 75)
            throw new IOException("the word " + Quoted.name(word.token()) + " is of another model: it has " + vectors
                    + ", and a token of this one has " + width + " values");
        return rows;
    }

    /** Old settings have the largest id for the mark of the end, which learned words would be. */
    private static StoredNetwork marked(StoredNetwork encoder, int end) {
        JsonNode config = encoder.config();
        if (config.path("eos_token_id").asInt(2) != 2 || !(config instanceof ObjectNode object)) return encoder;
        return encoder.with(object.deepCopy().put("eos_token_id", end));
    }
}
