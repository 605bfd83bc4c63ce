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
 * @param unread why a weight is none that is read, by its name
 */
public record OnnxFile(Path path, List<Node> nodes, Map<String, StoredTensor> weights, Map<String, String> unread) {
    /**
     * A node of the graph.
     *
     * @param operation such as MatMul
     * @param inputs names of weights, or outputs of other nodes
     * @param constant the one number that it stands for, of a Constant of one fraction
     */
    public record Node(
            String name, String operation, List<String> inputs, List<String> outputs, OptionalDouble constant) {
        private int names() {
            return inputs.size() + outputs.size();
        }
    }

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
    /** Nodes with the names of what goes in and out; large networks have some thousands, and a name is larger in memory than in a file. */
    private static final int MOST_NODES = 400_000;

    private static final int MOST_WEIGHTS = 100_000, DIMENSIONS = 8;

    public OnnxFile {
        nodes = List.copyOf(nodes);
        weights = Map.copyOf(weights);
        unread = Map.copyOf(unread);
    }

    /**
     * A weight by its name; null if there is none.
     *
     * @throws IOException if it is there and is none that is read
     */
    public StoredTensor weight(String name) throws IOException {
        if (unread.containsKey(name))
            throw new IOException(path + ": weight " + Quoted.name(name) + ": " + unread.get(name));
        return weights.get(name);
    }

    /**
     * Reads what there is, and no weights yet.
     *
     * @throws IOException if it is no ONNX file, or is damaged
     */
    public static OnnxFile open(Path path) throws IOException {
        Graph graph = new Graph(StoredTensor.Origin.of(path));
        try (FileChannel file = FileChannel.open(path)) {
            ProtobufMessage.of(file).forEach(field -> {
                if (field.number() == 7) field.required().forEach(graph::add);
            });
            if (graph.weights.isEmpty() && graph.unread.isEmpty()) throw new IOException("it has no weights");
        } catch (IOException e) {
            throw new IOException(path + " is damaged or no ONNX file that is read: " + Reason.of(e), e);
        }
        return new OnnxFile(path, graph.nodes, graph.weights, graph.unread);
    }

    /** What has been read of a graph. */
    private static final class Graph {
        private final StoredTensor.Origin origin;
        private final List<Node> nodes = new ArrayList<>();
        private final Map<String, StoredTensor> weights = new LinkedHashMap<>();
        private final Map<String, String> unread = new LinkedHashMap<>();
        private int names;

        Graph(StoredTensor.Origin origin) {
            this.origin = origin;
        }

        private void add(ProtobufMessage.Field part) throws IOException {
            if (part.number() == 1) nodes.add(node(part.required(), MOST_NODES - nodes.size() - names));
            if (part.number() == 1) names += nodes.get(nodes.size() - 1).names();
            if (part.number() == 5) weight(Raw.of(part.required()));
            if (weights.size() + unread.size() > MOST_WEIGHTS)
                throw new IOException("it has more than " + MOST_WEIGHTS + " weights");
        }

        private void weight(Raw raw) throws IOException {
            if (weights.containsKey(raw.name) || unread.containsKey(raw.name))
                throw new IOException("it has two weights " + Quoted.name(raw.name));
            String fault = raw.fault();
            if (fault.isEmpty()) weights.put(raw.name, raw.stored(origin));
            else unread.put(raw.name, fault);
        }
    }

    /** @param most that it may add to the nodes and the names */
    private static Node node(ProtobufMessage message, int most) throws IOException {
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
            if (inputs.size() + outputs.size() >= most) throw tooMany();
        });
        if (most < 1) throw tooMany();
        OptionalDouble number = Double.isNaN(constant[0]) ? OptionalDouble.empty() : OptionalDouble.of(constant[0]);
        return new Node(names[0], names[1], List.copyOf(inputs), List.copyOf(outputs), number);
    }

    private static IOException tooMany() {
        return new IOException("it has more than " + MOST_NODES + " nodes and names of what goes into them and out");
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

        /** Why it is none that is read; empty where it is. */
        private String fault() {
            ElementType element = TYPES.get(type);
            if (element == null) return "elements of type " + type + " are not read";
            if (elsewhere) return "it lies in another file, which is not read";
            if (bytes == null) return "only weights that are kept as plain bytes are read";
            if (count() < 0 || bytes.length() != count() * element.bytes())
                return "its " + bytes.length() + " bytes do not hold its shape " + shape;
            return "";
        }

        private StoredTensor stored(StoredTensor.Origin origin) {
            long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
            return StoredTensor.of(TYPES.get(type), sizes, origin, bytes.from());
        }
    }
}
