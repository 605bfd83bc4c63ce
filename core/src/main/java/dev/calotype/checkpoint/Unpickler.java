package dev.calotype.checkpoint;

import dev.calotype.io.Quoted;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Runs the part of Python's pickle language that describes data, and refuses the rest.
 *
 * <p>A pickle is a program that may call any function by name. This machine knows five functions and those of
 * {@link PlainPython}, all of them its own records, and refuses every other name as soon as it is mentioned. The opcodes are those of protocols 2 to 4 for
 * plain values (Python's {@code pickletools.py}).
 */
final class Unpickler {
    /** The only value of None. */
    static final Object NONE = new Object();

    /** A dict whose keys are plain values. */
    record Dict(Map<Object, Object> entries) {}

    /** A mutable list. */
    record Sequence(List<Object> elements) {}

    /** A tuple or torch.Size. */
    record Tuple(List<Object> elements) {}

    /** Raw bytes. */
    record Bytes(byte[] content) {}

    /** A storage in the file: {@code count} elements under {@code key}. */
    record Storage(String key, ElementType type, long count) {}

    /** A strided view of a storage, whose values are read with the signs that {@code reading} says. */
    record View(Storage storage, long offset, long[] shape, long[] strides, Set<Reading> reading) {}

    /** What PyTorch does to the values of a view before anybody sees them: its negative bit and its conjugate bit. */
    enum Reading {
        NEG,
        CONJ
    }

    /** Bytes whose type the tensor names. */
    private record Untyped(String key, long bytes) {}

    private static final int MAX_RANK = 64;

    private final PickleInput in;
    private final Map<String, Storage> storages;
    private final PickleStack stack = new PickleStack();

    private Unpickler(PickleInput in, Map<String, Storage> storages) {
        this.in = in;
        this.storages = storages;
    }

    /** Runs one program and returns its value; the storages it mentions are added to {@code storages}. */
    static Object read(PickleInput in, Map<String, Storage> storages) throws IOException {
        Unpickler machine = new Unpickler(in, storages);
        int opcode = in.unsignedByte();
        while (opcode != '.') {
            if (!machine.literal(opcode) && !machine.structure(opcode))
                throw new IOException(
                        String.format(Locale.ROOT, "the pickle opcode 0x%02x is not for plain data", opcode));
            opcode = in.unsignedByte();
        }
        return machine.stack.pop();
    }

    /** The opcodes that push a plain value; false for others. */
    private boolean literal(int opcode) throws IOException {
        switch (opcode) {
            case 'N' -> stack.push(NONE);
            case 0x88 -> stack.push(true);
            case 0x89 -> stack.push(false);
            case 'K' -> stack.push(in.unsigned(1));
            case 'M' -> stack.push(in.unsigned(2));
            case 'J' -> stack.push((long) (int) in.unsigned(4));
            case 0x8A -> stack.push(integer(in.bytes(in.unsigned(1))));
            case 'G' -> stack.push(Double.longBitsToDouble(new BigInteger(in.bytes(8)).longValue()));
            case 'U' -> stack.push(in.utf8(in.unsigned(1)));
            case 'T' -> stack.push(in.utf8(in.unsigned(4)));
            case 'X' -> stack.push(in.utf8(in.unsigned(4)));
            case 0x8C -> stack.push(in.utf8(in.unsigned(1)));
            case 0x8D -> stack.push(in.utf8(in.unsigned(8)));
            case 'C' -> stack.push(new Bytes(in.bytes(in.unsigned(1))));
            case 'B' -> stack.push(new Bytes(in.bytes(in.unsigned(4))));
            case ')' -> stack.push(new Tuple(List.of()));
            case ']', 0x8F -> stack.push(new Sequence(new ArrayList<>())); // a list or a set
            case '}' -> stack.push(new Dict(new LinkedHashMap<>()));
            case '(' -> stack.mark();
            case 'c' -> stack.push(PickledNames.meaning(in.line(), in.line()));
            case 'h' -> stack.recall(in.unsigned(1));
            case 'j' -> stack.recall(in.unsigned(4));
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The opcodes that build values out of others; false for others. */
    private boolean structure(int opcode) throws IOException {
        switch (opcode) {
            case 0x80 -> protocol(in.unsignedByte());
            case 0x95 -> in.unsigned(8); // the length of a frame: nothing to do
            case '0' -> stack.pop();
            case '1' -> stack.popToMark();
            case 'q' -> stack.remember(in.unsigned(1));
            case 'r' -> stack.remember(in.unsigned(4));
            case 0x94 -> stack.remember();
            case 0x85 -> stack.push(new Tuple(stack.pop(1)));
            case 0x86 -> stack.push(new Tuple(stack.pop(2)));
            case 0x87 -> stack.push(new Tuple(stack.pop(3)));
            case 't' -> stack.push(new Tuple(stack.popToMark()));
            case 'l' -> stack.push(new Sequence(stack.popToMark()));
            case 'd' -> {
                Dict dict = new Dict(new LinkedHashMap<>());
                put(dict, stack.popToMark());
                stack.push(dict);
            }
            case 'a' -> append(stack.pop(1));
            case 'e', 0x90 -> append(stack.popToMark());
            case 0x91 -> stack.push(new Sequence(stack.popToMark())); // a frozenset
            case 's' -> setItems(stack.pop(2));
            case 'u' -> setItems(stack.popToMark());
            case 0x93 -> {
                List<Object> name = stack.pop(2);
                stack.push(PickledNames.meaning(
                        PickleStack.cast(name.get(0), String.class), PickleStack.cast(name.get(1), String.class)));
            }
            case 'R', 0x81 -> {
                Tuple arguments = stack.pop(Tuple.class);
                stack.push(call(stack.pop(), arguments.elements));
            }
            case 'Q' -> stack.push(storage(stack.pop(Tuple.class).elements));
            case 'b' -> build(stack.pop());
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void protocol(int version) throws IOException {
        if (version < 2 || version > 5) throw new IOException("pickle protocol must be in 2..5: " + version);
    }

    private static Number integer(byte[] littleEndian) {
        if (littleEndian.length == 0) return 0L;
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < bigEndian.length; i++) bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
        BigInteger value = new BigInteger(bigEndian);
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    private void append(List<Object> values) throws IOException {
        stack.top(Sequence.class).elements.addAll(values);
    }

    private void setItems(List<Object> keysAndValues) throws IOException {
        put(stack.top(Dict.class), keysAndValues);
    }

    private static void put(Dict dict, List<Object> keysAndValues) throws IOException {
        if (keysAndValues.size() % 2 != 0) throw new IOException("a dict key has no value");
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            Object key = keysAndValues.get(i);
            dict.entries.put(PlainPython.key(key), keysAndValues.get(i + 1));
        }
    }

    /** Attributes such as {@code OrderedDict._metadata} are no data; a namespace has no other. */
    private void build(Object state) throws IOException {
        if (stack.top() instanceof PlainPython.Namespace namespace) {
            Map<Object, Object> attributes = PickleStack.cast(state, Dict.class).entries;
            stack.charge(attributes.size());
            namespace.attributes().putAll(attributes);
        } else if (stack.top() instanceof PlainPython.NumpyType) {
            List<Object> order = PickleStack.cast(state, Tuple.class).elements;
            if (order.contains(">")) throw new IOException("its NumPy numbers are not little-endian");
        } else stack.top(Dict.class);
    }

    private Object call(Object named, List<Object> arguments) throws IOException {
        if (named instanceof PlainPython.Function plain) {
            Object made = PlainPython.call(plain, arguments);
            if (made instanceof Dict dict) stack.charge(dict.entries.size());
            if (made instanceof Sequence set) stack.charge(set.elements.size());
            return made;
        }
        return switch (PickleStack.cast(named, PickledNames.Function.class)) {
            case ORDERED_DICT -> arguments.isEmpty() ? new Dict(new LinkedHashMap<>()) : orderedDict(arguments.get(0));
            case REBUILD_TENSOR -> view(atLeast(4, arguments), arguments.get(0), 6);
            case REBUILD_TYPED_TENSOR -> view(atLeast(7, arguments), typed(arguments.get(0), arguments.get(6)), 7);
            case REBUILD_PARAMETER -> PickleStack.cast(atLeast(1, arguments).get(0), View.class);
            case SIZE -> PickleStack.cast(atLeast(1, arguments).get(0), Tuple.class);
        };
    }

    private static List<Object> atLeast(int count, List<Object> arguments) throws IOException {
        if (arguments.size() < count)
            throw new IOException("the pickle program is damaged: " + arguments.size() + " arguments of " + count);
        return arguments;
    }

    private Dict orderedDict(Object pairs) throws IOException {
        Dict dict = new Dict(new LinkedHashMap<>());
        List<Object> elements = PickleStack.cast(pairs, Sequence.class).elements;
        stack.charge(elements.size());
        for (Object pair : elements) {
            List<Object> keyAndValue =
                    pair instanceof Tuple tuple ? tuple.elements : PickleStack.cast(pair, Sequence.class).elements;
            if (keyAndValue.size() != 2) throw new IOException("an OrderedDict wants pairs");
            put(dict, keyAndValue);
        }
        return dict;
    }

    /** Bytes as the elements of the type that a tensor names. */
    private Storage typed(Object bytes, Object name) throws IOException {
        Untyped untyped = PickleStack.cast(bytes, Untyped.class);
        ElementType type = PickledNames.type(PickleStack.cast(name, String.class));
        if (type == null)
            throw new IOException("a tensor of the type " + Quoted.name(name.toString()) + " is not supported");
        return known(new Storage(untyped.key, type, untyped.bytes / type.bytes()));
    }

    /** @param metadata the place of the dict that says more, which old files lack */
    private View view(List<Object> arguments, Object from, int metadata) throws IOException {
        Storage storage = PickleStack.cast(from, Storage.class);
        long offset = PickleStack.cast(arguments.get(1), Long.class);
        long[] shape = longs(arguments.get(2));
        long[] strides = longs(arguments.get(3));
        stack.charge(shape.length);
        try {
            long elements = Extent.bytes(storage.type, shape) / storage.type.bytes();
            if (elements > storage.count || Extent.end(offset, shape, strides) > storage.count)
                throw new IOException(
                        "a tensor of " + elements + " elements reaches outside its storage of " + storage.count);
        } catch (IllegalArgumentException e) {
            throw new IOException("a tensor has an impossible " + e.getMessage(), e);
        }
        Set<Reading> reading = arguments.size() > metadata ? reading(arguments.get(metadata)) : Set.of();
        return new View(storage, offset, shape, strides, reading);
    }

    private static Set<Reading> reading(Object metadata) throws IOException {
        Set<Reading> reading = EnumSet.noneOf(Reading.class);
        if (metadata == NONE) return reading;
        for (var e : PickleStack.cast(metadata, Dict.class).entries.entrySet()) {
            if (Boolean.FALSE.equals(e.getValue())) continue;
            if (Boolean.TRUE.equals(e.getValue()) && "neg".equals(e.getKey())) reading.add(Reading.NEG);
            else if (Boolean.TRUE.equals(e.getValue()) && "conj".equals(e.getKey())) reading.add(Reading.CONJ);
            else
                throw new IOException(
                        "a tensor has the metadata " + Quoted.name(e.getKey().toString()) + ", which is not known");
        }
        return reading;
    }

    private static long[] longs(Object tuple) throws IOException {
        List<Object> elements = PickleStack.cast(tuple, Tuple.class).elements;
        if (elements.size() > MAX_RANK) throw new IOException("a tensor has more than " + MAX_RANK + " dimensions");
        long[] values = new long[elements.size()];
        for (int i = 0; i < values.length; i++) values[i] = PickleStack.cast(elements.get(i), Long.class);
        return values;
    }

    /** A persistent id: ("storage", type, key, device, count), and in legacy files a sixth that must be None. */
    private Object storage(List<Object> id) throws IOException {
        if (id.size() < 5 || !id.get(0).equals("storage"))
            throw new IOException("a persistent id is not that of a storage");
        if (id.size() > 5 && id.get(5) != NONE)
            throw new IOException("a storage that is a part of another one is not supported");
        String key = PickleStack.cast(id.get(2), String.class);
        ElementType type =
                PickleStack.cast(id.get(1), PickledNames.StorageType.class).type();
        long count = PickleStack.cast(id.get(4), Long.class);
        if (count < 0) throw new IOException("a storage has " + count + " elements");
        return type == null ? new Untyped(key, count) : known(new Storage(key, type, count));
    }

    private Storage known(Storage storage) throws IOException {
        Storage known = storages.putIfAbsent(storage.key, storage);
        if (known != null && !known.equals(storage))
            throw new IOException("storage " + Quoted.name(storage.key) + " is described in two ways");
        return storage;
    }
}
