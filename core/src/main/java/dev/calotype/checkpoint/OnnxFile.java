package dev.calotype.checkpoint;

import dev.calotype.io.Quoted;
import dev.calotype.io.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * An ONNX file as data: the weights by their names, and the nodes, of which none is executed. They tell what weights are whose names
 * the exporter has lost.
 *
 * @param path the file
 * @param nodes in the order of the file
 * @param weights to be read when they are wanted
 */
public record OnnxFile(Path path, List<Node> nodes, Map<String, StoredTensor> weights) {
    /**
     * A node of the graph.
     *
     * @param operation such as MatMul
     * @param inputs names of weights, or outputs of other nodes
     * @param constant the one number that it stands for, of a Constant of one fraction
     */
    public record Node(
            String name, String operation, List<String> inputs, List<String> outputs, OptionalDouble constant) {}

    private static final Map<Long, ElementType> TYPES = Map.of(
            1L, ElementType.F32,
            2L, ElementType.U8,
            3L, ElementType.I8,
            5L, ElementType.I16,
            6L, ElementType.I32,
            7L, ElementType.I64,
            9L, ElementType.BOOL,
            10L, ElementType.F16,
            11L, ElementType.F64,
            16L, ElementType.BF16);
    private static final int MOST = 1_000_000, DIMENSIONS = 8, ENDS = 1000;

    public OnnxFile {
        nodes = List.copyOf(nodes);
        weights = Map.copyOf(weights);
    }

    /**
     * Reads what there is, and no weights yet.
     *
     * @throws IOException if it is no ONNX file, or is damaged
     */
    public static OnnxFile open(Path path) throws IOException {
        StoredTensor.Origin origin = StoredTensor.Origin.of(path);
        List<Node> nodes = new ArrayList<>();
        Map<String, StoredTensor> weights = new LinkedHashMap<>();
        try (FileChannel file = FileChannel.open(path)) {
            ProtobufMessage.of(file).forEach(field -> {
                if (field.number() == 7) field.required().forEach(part -> graph(part, nodes, weights, origin));
            });
            if (weights.isEmpty()) throw new IOException("it has no weights");
        } catch (IOException e) {
            throw new IOException(path + " is damaged or no ONNX file that is read: " + Reason.of(e), e);
        }
        return new OnnxFile(path, nodes, weights);
    }

    private static void graph(
            ProtobufMessage.Field part, List<Node> nodes, Map<String, StoredTensor> weights, StoredTensor.Origin origin)
            throws IOException {
        if (part.number() == 1) nodes.add(node(part.required()));
        if (part.number() == 5) {
            Raw raw = Raw.of(part.required());
            if (weights.put(raw.name, raw.stored(origin)) != null)
                throw new IOException("it has two weights " + Quoted.name(raw.name));
        }
        if (nodes.size() > MOST || weights.size() > MOST)
            throw new IOException("it has more than " + MOST + " nodes or weights");
    }

    private static Node node(ProtobufMessage message) throws IOException {
        List<String> inputs = new ArrayList<>(), outputs = new ArrayList<>();
        String[] names = {"", ""};
        double[] constant = {Double.NaN};
        message.forEach(field -> {
            switch (field.number()) {
                case 1 -> inputs.add(field.required().text());
                case 2 -> outputs.add(field.required().text());
                case 3 -> names[0] = field.required().text();
                case 4 -> names[1] = field.required().text();
                case 5 ->
                    field.required().forEach(attribute -> {
                        if (attribute.number() != 5) return;
                        Raw value = Raw.of(attribute.required());
                        if (value.type == 1 && value.count() == 1 && value.bytes != null && value.bytes.length() == 4)
                            constant[0] = value.bytes.fraction();
                    });
                default -> {}
            }
            if (inputs.size() > ENDS || outputs.size() > ENDS)
                throw new IOException("a node has more than " + ENDS + " inputs or outputs");
        });
        OptionalDouble number = Double.isNaN(constant[0]) ? OptionalDouble.empty() : OptionalDouble.of(constant[0]);
        return new Node(names[0], names[1], List.copyOf(inputs), List.copyOf(outputs), number);
    }

    /** A tensor as the file describes it. */
    private static final class Raw {
        private String name = "";
        private final List<Long> shape = new ArrayList<>();
        private long type;
        private ProtobufMessage bytes; // null where they are kept in another way
        private boolean elsewhere;

        static Raw of(ProtobufMessage message) throws IOException {
            Raw raw = new Raw();
            message.forEach(raw::field);
            return raw;
        }

        private void field(ProtobufMessage.Field field) throws IOException {
            switch (field.number()) {
                case 1 -> {
                    if (field.content() == null) shape.add(field.value());
                    else for (long size : field.content().numbers(DIMENSIONS)) shape.add(size);
                    if (shape.size() > DIMENSIONS) throw new IOException("a tensor has more than 8 dimensions");
                }
                case 2 -> type = field.number64();
                case 8 -> name = field.required().text();
                case 9 -> bytes = field.required();
                case 14 -> elsewhere = field.number64() != 0;
                default -> {}
            }
        }

        /** The number of elements, or -1 where the file cannot hold so many. */
        private long count() {
            long count = 1;
            for (long size : shape) {
                if (size < 0 || size > 0 && count > Long.MAX_VALUE / 16 / size) return -1;
                count *= size;
            }
            return count;
        }

        private StoredTensor stored(StoredTensor.Origin origin) throws IOException {
            ElementType element = TYPES.get(type);
            String what = "weight " + Quoted.name(name) + ": ";
            if (element == null) throw new IOException(what + "elements of type " + type + " are not read");
            if (elsewhere) throw new IOException(what + "it lies in another file, which is not read");
            if (bytes == null) throw new IOException(what + "only weights that are kept as plain bytes are read");
            if (count() < 0 || bytes.length() != count() * element.bytes())
                throw new IOException(what + "its " + bytes.length() + " bytes do not hold its shape " + shape);
            long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
            return StoredTensor.of(element, sizes, origin, bytes.from());
        }
    }
}
