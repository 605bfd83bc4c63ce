package dev.calotype.checkpoint;

import dev.calotype.io.Quoted;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The plain values of Python, torch and NumPy that lie beside weights: what {@code torch.load(weights_only=True)} reads, and
 * {@code defaultdict}, {@code Namespace} and NumPy's scalars besides. Each is a record or a text here; none of them acts.
 */
final class PlainPython {
    private static final Pattern DTYPE =
            Pattern.compile("(bfloat|float|complex|q?u?int)\\d{1,3}(_[a-z0-9]{1,10})?|bool");
    private static final Set<String> FACTORIES = Set.of("list", "dict", "set", "int", "float", "str", "tuple", "bool");
    /** What the trainer of Stable Diffusion's first files called its records by: a name, behind which nothing is. */
    private static final Set<String> NAMES = Set.of("pytorch_lightning.callbacks.model_checkpoint.ModelCheckpoint");

    private static final int MAX_KEY_PARTS = 64;

    private PlainPython() {}

    /** A function that makes a plain value of plain values. */
    enum Function {
        COUNTER,
        DEFAULT_DICT,
        SET,
        BYTES,
        COMPLEX,
        DEVICE,
        NAMESPACE,
        NUMPY_TYPE,
        NUMPY_SCALAR
    }

    private static final Map<String, Function> FUNCTIONS = Map.ofEntries(
            Map.entry("collections.Counter", Function.COUNTER),
            Map.entry("collections.defaultdict", Function.DEFAULT_DICT),
            Map.entry("builtins.set", Function.SET),
            Map.entry("__builtin__.set", Function.SET),
            Map.entry("builtins.frozenset", Function.SET),
            Map.entry("__builtin__.frozenset", Function.SET),
            Map.entry("_codecs.encode", Function.BYTES),
            Map.entry("builtins.complex", Function.COMPLEX),
            Map.entry("__builtin__.complex", Function.COMPLEX),
            Map.entry("torch.device", Function.DEVICE),
            Map.entry("argparse.Namespace", Function.NAMESPACE),
            Map.entry("torch.nn.modules.container.ParameterDict", Function.NAMESPACE), // of the first learned words
            Map.entry("numpy.dtype", Function.NUMPY_TYPE),
            Map.entry("numpy.core.multiarray.scalar", Function.NUMPY_SCALAR),
            Map.entry("numpy._core.multiarray.scalar", Function.NUMPY_SCALAR));

    /** What a {@code defaultdict} makes of a missing key: a name. */
    record Factory(String name) {}

    /** An object of attributes only. */
    record Namespace(Map<Object, Object> attributes) {}

    /** NumPy's name of an element type, such as {@code f8}. */
    record NumpyType(String code) {}

    /** The key of a dict that is no text or number, by its text. */
    record Key(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    /** What a global name stands for, or null if it is not plain. */
    static Object global(String module, String name) {
        if (NAMES.contains(module + "." + name)) return module + "." + name;
        if (module.equals("torch") && DTYPE.matcher(name).matches()) return module + "." + name;
        if (module.equals("__torch__") || module.startsWith("__torch__.")) return Function.NAMESPACE; // of TorchScript
        boolean builtin = module.equals("builtins") || module.equals("__builtin__");
        Function function = FUNCTIONS.get(module + "." + name);
        return function == null && builtin && FACTORIES.contains(name) ? new Factory(name) : function;
    }

    static Object call(Function function, List<Object> arguments) throws IOException {
        return switch (function) {
            case COUNTER ->
                new Unpickler.Dict(
                        arguments.isEmpty()
                                ? new LinkedHashMap<>()
                                : new LinkedHashMap<>(argument(arguments, 0, Unpickler.Dict.class)
                                        .entries()));
            case DEFAULT_DICT -> {
                if (!arguments.isEmpty() && arguments.get(0) != Unpickler.NONE && !isSet(arguments.get(0)))
                    argument(arguments, 0, Factory.class);
                yield new Unpickler.Dict(new LinkedHashMap<>());
            }
            case SET ->
                new Unpickler.Sequence(
                        arguments.isEmpty()
                                ? new ArrayList<>()
                                : new ArrayList<>(argument(arguments, 0, Unpickler.Sequence.class)
                                        .elements()));
            case BYTES -> {
                if (!argument(arguments, 1, String.class).equals("latin1"))
                    throw new IOException("it encodes a text as anything but latin1");
                String text = argument(arguments, 0, String.class);
                yield new Unpickler.Bytes(text.getBytes(StandardCharsets.ISO_8859_1));
            }
            case COMPLEX -> argument(arguments, 0, Double.class) + " + " + argument(arguments, 1, Double.class) + "j";
            case DEVICE ->
                argument(arguments, 0, String.class)
                        + (arguments.size() > 1 ? ":" + argument(arguments, 1, Long.class) : "");
            case NAMESPACE -> new Namespace(new LinkedHashMap<>());
            case NUMPY_TYPE -> new NumpyType(argument(arguments, 0, String.class));
            case NUMPY_SCALAR ->
                number(
                        argument(arguments, 0, NumpyType.class).code,
                        argument(arguments, 1, Unpickler.Bytes.class).content());
        };
    }

    private static boolean isSet(Object value) {
        return value == Function.SET;
    }

    private static <T> T argument(List<Object> arguments, int index, Class<T> type) throws IOException {
        if (index >= arguments.size())
            throw new IOException("the pickle program is damaged: " + arguments.size() + " arguments are too few");
        return PickleStack.cast(arguments.get(index), type);
    }

    private static Object number(String code, byte[] bytes) throws IOException {
        String type = code.replaceFirst("^[<=|]", "");
        int size = type.matches("[fiub][1248]") ? type.charAt(1) - '0' : 0;
        if (size == 0 || size != bytes.length)
            throw new IOException("a NumPy number of the type " + Quoted.name(code) + " is not supported");
        ByteBuffer buffer = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        boolean negative = type.charAt(0) == 'i' && bytes[size - 1] < 0;
        for (int i = 0; i < 8; i++) buffer.put(i, i < size ? bytes[i] : (byte) (negative ? -1 : 0));
        if (type.equals("f8")) return buffer.getDouble(0);
        if (type.equals("f4")) return (double) buffer.getFloat(0);
        if (type.equals("b1")) return bytes[0] != 0;
        if (type.charAt(0) == 'f') throw new IOException("a NumPy number of the type '" + type + "' is not supported");
        long value = buffer.getLong(0);
        return type.equals("u8") && value < 0 ? new java.math.BigInteger(Long.toUnsignedString(value)) : (Object) value;
    }

    /** What stands for a key of a dict: a text or a number itself, a tuple or None by its text. */
    static Object key(Object key) throws IOException {
        if (key instanceof String || key instanceof Long || key instanceof Double || key instanceof Boolean) return key;
        StringBuilder text = new StringBuilder();
        write(key, text, new int[] {MAX_KEY_PARTS});
        return new Key(text.toString());
    }

    private static void write(Object part, StringBuilder text, int[] left) throws IOException {
        if (--left[0] < 0 || text.length() > 1000)
            throw new IOException("a dict key has more than " + MAX_KEY_PARTS + " parts");
        if (part instanceof Unpickler.Tuple tuple) {
            text.append('(');
            for (Object element : tuple.elements()) {
                if (text.charAt(text.length() - 1) != '(') text.append(", ");
                write(element, text, left);
            }
            text.append(')');
        } else if (part == Unpickler.NONE) text.append("None");
        else if (part instanceof String || part instanceof Number || part instanceof Boolean) text.append(part);
        else throw new IOException("a dict key is no text, number or tuple of them");
    }
}
