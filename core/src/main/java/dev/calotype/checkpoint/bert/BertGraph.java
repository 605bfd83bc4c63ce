package dev.calotype.checkpoint.bert;

import dev.calotype.checkpoint.OnnxFile;
import dev.calotype.checkpoint.OnnxFile.Node;
import dev.calotype.checkpoint.StoredTensor;
import dev.calotype.model.bert.Bert;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A BERT as PyTorch exports it to ONNX. Tables, biases and normalisations keep their names; matrices are transposed and called such as
 * {@code onnx::MatMul_787}, and the node that multiplies by one has the name of its layer: {@code
 * /encoder/layer.0/attention/self/query/MatMul}.
 *
 * @param file what was read of it
 */
record BertGraph(OnnxFile file) {
    private static final String EMBEDDINGS = "embeddings.", LAYER = "encoder.layer.";

    /** The weights by the names of transformers. */
    Map<String, StoredTensor> weights() throws IOException {
        Map<String, StoredTensor> ours = new LinkedHashMap<>();
        for (String name : file.weights().keySet()) if (isOwn(name)) ours.put(name, file.weight(name));
        for (String name : file.unread().keySet()) if (isOwn(name)) file.weight(name); // which says why not
        for (Node node : file.nodes()) {
            if (!node.operation().equals("MatMul") || node.inputs().size() != 2) continue;
            StoredTensor matrix = file.weight(node.inputs().get(1));
            if (matrix == null) continue;
            if (matrix.dim() != 2)
                throw new IOException(file.path() + ": " + node.inputs().get(1) + " must be a matrix: " + matrix);
            ours.put(layer(node, "MatMul") + ".weight", matrix.changed(stored -> stored.t()));
        }
        return ours;
    }

    private static boolean isOwn(String name) {
        return (name.startsWith(EMBEDDINGS) || name.startsWith(LAYER)) && !name.endsWith(".position_ids");
    }

    /** The layer that a node is a part of: its name as a path, without what it does. */
    private static String layer(Node node, String operation) {
        String path = node.name().startsWith("/") ? node.name().substring(1) : node.name();
        return path.replaceAll("/" + operation + "$", "").replace('/', '.');
    }

    /** The shape of the network: what weights do not tell of it stands in constants. */
    Bert.Config config() throws IOException {
        if (file.nodes().stream().noneMatch(node -> node.operation().equals("Erf")))
            throw new IOException(file.path() + " has no error function: its MLPs must have the exact GELU");
        StoredTensor words = matrix("embeddings.word_embeddings.weight"),
                positions = matrix("embeddings.position_embeddings.weight"),
                types = matrix("embeddings.token_type_embeddings.weight");
        int depth = 0;
        while (file.weights().containsKey(LAYER + depth + ".output.dense.bias")) depth++;
        if (depth == 0) throw new IOException(file.path() + " has no layers called " + LAYER + "0");
        StoredTensor wide = file.weight(LAYER + "0.intermediate.dense.bias");
        double root = constant("/encoder/layer.0/attention/self/Div", "the root of what a head has of values");
        double head = Math.rint(root * root);
        if (!(head >= 1 && head <= words.size(1)))
            throw new IOException(file.path() + ": the values of a head must be in 1.." + words.size(1) + ": " + head);
        try {
            return new Bert.Config(
                    size(words, 0),
                    size(positions, 0),
                    size(types, 0),
                    size(words, 1),
                    depth,
                    size(words, 1) / (int) head,
                    wide == null ? 0 : size(wide, 0),
                    constant("/embeddings/LayerNorm/Add", "what is added to the variance"));
        } catch (IllegalArgumentException e) {
            throw new IOException(file.path() + " is of a network that is not supported: " + e.getMessage(), e);
        }
    }

    private StoredTensor matrix(String name) throws IOException {
        StoredTensor weight = file.weight(name);
        if (weight == null || weight.dim() != 2)
            throw new IOException(file.path() + " is not the ONNX file of a BERT: it has no matrix " + name);
        return weight;
    }

    private static int size(StoredTensor weight, int dimension) {
        return weight.dim() <= dimension ? 0 : (int) Math.min(Integer.MAX_VALUE, weight.size(dimension));
    }

    /** The constant that is an input of a node. */
    private double constant(String name, String what) throws IOException {
        Node wanted = null;
        for (Node node : file.nodes()) if (wanted == null && node.name().equals(name)) wanted = node;
        if (wanted != null)
            for (Node other : file.nodes())
                if (other.constant().isPresent() && wanted.inputs().containsAll(other.outputs()))
                    return other.constant().getAsDouble();
        throw new IOException(file.path() + " does not tell " + what + ", by a constant of the node " + name);
    }
}
