package dev.calotype.checkpoint;

import dev.calotype.io.Quoted;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * Turns what a pickle program made into a tree of values with real tensors.
 *
 * <p>A pickle can share and even nest a list in itself, so that a short program means a huge tree: depth and size of
 * the tree are bounded.
 */
final class PyTorchTree {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_NODES = 2_000_000;
    /** Tied weights take a storage two or three times. */
    private static final int SHARING = 8;

    private final Object root;
    private final Map<Unpickler.Storage, ZipIndex.Range> ranges;
    private final Map<Unpickler.View, Integer> views = new LinkedHashMap<>(); // records of arrays: equal if the same
    private final List<StoredTensor> stored = new ArrayList<>();
    private int nodes;

    PyTorchTree(Object root, Map<Unpickler.Storage, ZipIndex.Range> ranges) {
        this.root = root;
        this.ranges = ranges;
    }

    /** The tree, whose tensors are read when they are wanted. */
    PyTorchValue load(StoredTensor.Origin origin) throws IOException {
        findViews(root, 0);
        for (Unpickler.View view : views.keySet()) stored.add(stored(view, origin));
        long bytes = 0, most = SHARING * origin.then().size();
        for (StoredTensor tensor : stored)
            bytes += tensor.count() * tensor.type().bytes();
        if (bytes > most)
            throw new IOException("its tensors share their storages so often that they would have " + bytes
                    + " bytes, at most " + most);
        return value(root);
    }

    private void findViews(Object value, int depth) throws IOException {
        if (depth > MAX_DEPTH) throw new IOException("its values are nested more than " + MAX_DEPTH + " deep");
        if (++nodes > MAX_NODES) throw new IOException("it has more than " + MAX_NODES + " values");
        if (value instanceof Unpickler.Dict dict)
            for (Object element : dict.entries().values()) findViews(element, depth + 1);
        else if (value instanceof PlainPython.Namespace namespace)
            for (Object element : namespace.attributes().values()) findViews(element, depth + 1);
        else if (value instanceof Unpickler.Sequence list)
            for (Object element : list.elements()) findViews(element, depth + 1);
        else if (value instanceof Unpickler.Tuple tuple)
            for (Object element : tuple.elements()) findViews(element, depth + 1);
        else if (value instanceof Unpickler.View view) views.putIfAbsent(view, views.size());
    }

    private StoredTensor stored(Unpickler.View view, StoredTensor.Origin origin) throws IOException {
        Unpickler.Storage storage = view.storage();
        ZipIndex.Range range = ranges.get(storage);
        String name = "storage " + Quoted.name(storage.key());
        ElementType type = storage.type();
        if (range == null) throw new IOException(name + " is missing");
        if (range.size() / type.bytes() < storage.count())
            throw new IOException(name + " should have " + storage.count() + " elements of " + type.bytes()
                    + " bytes, but has only " + range.size() + " bytes");
        long position = range.position() + view.offset() * type.bytes();
        if (view.reading().isEmpty() && rowMajor(view)) return StoredTensor.of(type, view.shape(), origin, position);
        long span = Extent.end(0, view.shape(), view.strides());
        return StoredTensor.of(type, new long[] {span}, origin, position).changed(flat -> read(flat, view));
    }

    private static boolean rowMajor(Unpickler.View view) {
        long stride = 1;
        for (int i = view.shape().length - 1; i >= 0; i--) {
            if (view.shape()[i] != 1 && view.strides()[i] != stride) return false;
            stride *= view.shape()[i];
        }
        return true;
    }

    private static Tensor read(Tensor flat, Unpickler.View view) {
        Tensor x = flat.as_strided(view.shape(), view.strides(), new LongOptional(0));
        if (view.reading().contains(Unpickler.Reading.CONJ)) x = x.conj().resolve_conj();
        return view.reading().contains(Unpickler.Reading.NEG) ? x.neg() : x;
    }

    private PyTorchValue value(Object value) throws IOException {
        if (value instanceof Unpickler.Dict dict) return dict(dict.entries());
        if (value instanceof PlainPython.Namespace namespace) return dict(namespace.attributes());
        if (value instanceof Unpickler.Sequence list) return sequence(list.elements());
        if (value instanceof Unpickler.Tuple tuple) return sequence(tuple.elements());
        if (value instanceof Unpickler.View view) return new PyTorchValue.TensorValue(stored.get(views.get(view)));
        if (value instanceof String text) return new PyTorchValue.Text(text);
        if (value instanceof Long || value instanceof Double || value instanceof BigInteger)
            return new PyTorchValue.Number((Number) value);
        if (value instanceof Boolean flag) return new PyTorchValue.Flag(flag);
        if (value == Unpickler.NONE || value instanceof Unpickler.Bytes) return new PyTorchValue.None();
        throw new IOException("it holds a bare " + value.getClass().getSimpleName());
    }

    private PyTorchValue dict(Map<Object, Object> values) throws IOException {
        Map<String, PyTorchValue> entries = new LinkedHashMap<>();
        for (var e : values.entrySet()) {
            String key = e.getKey().toString();
            if (entries.put(key, value(e.getValue())) != null)
                throw new IOException("it has two keys " + Quoted.name(key));
        }
        return new PyTorchValue.Dict(entries);
    }

    private PyTorchValue sequence(List<Object> elements) throws IOException {
        List<PyTorchValue> values = new ArrayList<>(elements.size());
        for (Object element : elements) values.add(value(element));
        return new PyTorchValue.Sequence(values);
    }
}
