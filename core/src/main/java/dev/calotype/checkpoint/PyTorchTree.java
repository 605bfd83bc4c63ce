package dev.calotype.checkpoint;

import dev.calotype.io.Quoted;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
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

    private final Object root;
    private final Map<Unpickler.Storage, ZipIndex.Range> ranges;
    private final Map<Unpickler.View, Integer> views = new IdentityHashMap<>();
    private int nodes;

    PyTorchTree(Object root, Map<Unpickler.Storage, ZipIndex.Range> ranges) {
        this.root = root;
        this.ranges = ranges;
    }

    /** Reads the tensors into the caller's scope. */
    PyTorchValue load(FileChannel file) throws IOException {
        findViews(root, 0);
        Tensor[] tensors = NativeBytes.tidy(() -> tensors(file));
        return value(root, tensors);
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

    private Tensor[] tensors(FileChannel file) throws IOException {
        Map<Unpickler.Storage, Tensor> storages = new HashMap<>();
        Tensor[] tensors = new Tensor[views.size()];
        for (var e : views.entrySet()) {
            Unpickler.View view = e.getKey();
            Tensor storage = storages.get(view.storage());
            if (storage == null) {
                storage = storage(file, view.storage());
                storages.put(view.storage(), storage);
            }
            tensors[e.getValue()] = read(storage, view);
        }
        return tensors;
    }

    private static Tensor read(Tensor storage, Unpickler.View view) {
        Tensor x = storage.as_strided(view.shape(), view.strides(), new LongOptional(view.offset()));
        if (view.reading().contains(Unpickler.Reading.CONJ)) x = x.conj().resolve_conj();
        return view.reading().contains(Unpickler.Reading.NEG) ? x.neg() : x;
    }

    private Tensor storage(FileChannel file, Unpickler.Storage storage) throws IOException {
        ZipIndex.Range range = ranges.get(storage);
        String name = "storage " + Quoted.name(storage.key());
        if (range == null) throw new IOException(name + " is missing");
        if (range.size() / storage.type().bytes() < storage.count())
            throw new IOException(name + " should have " + storage.count() + " elements of "
                    + storage.type().bytes() + " bytes, but has only " + range.size() + " bytes");
        Tensor flat = NativeBytes.empty(storage.type(), storage.count());
        NativeBytes.fill(flat, file, range.position());
        return flat;
    }

    private PyTorchValue value(Object value, Tensor[] tensors) throws IOException {
        if (value instanceof Unpickler.Dict dict) return dict(dict.entries(), tensors);
        if (value instanceof PlainPython.Namespace namespace) return dict(namespace.attributes(), tensors);
        if (value instanceof Unpickler.Sequence list) return sequence(list.elements(), tensors);
        if (value instanceof Unpickler.Tuple tuple) return sequence(tuple.elements(), tensors);
        if (value instanceof Unpickler.View view) return new PyTorchValue.TensorValue(tensors[views.get(view)]);
        if (value instanceof String text) return new PyTorchValue.Text(text);
        if (value instanceof Long || value instanceof Double || value instanceof BigInteger)
            return new PyTorchValue.Number((Number) value);
        if (value instanceof Boolean flag) return new PyTorchValue.Flag(flag);
        if (value == Unpickler.NONE || value instanceof Unpickler.Bytes) return new PyTorchValue.None();
        throw new IOException("it holds a bare " + value.getClass().getSimpleName());
    }

    private PyTorchValue dict(Map<Object, Object> values, Tensor[] tensors) throws IOException {
        Map<String, PyTorchValue> entries = new LinkedHashMap<>();
        for (var e : values.entrySet()) {
            String key = e.getKey().toString();
            if (entries.put(key, value(e.getValue(), tensors)) != null)
                throw new IOException("it has two keys " + Quoted.name(key));
        }
        return new PyTorchValue.Dict(entries);
    }

    private PyTorchValue sequence(List<Object> elements, Tensor[] tensors) throws IOException {
        List<PyTorchValue> values = new ArrayList<>(elements.size());
        for (Object element : elements) values.add(value(element, tensors));
        return new PyTorchValue.Sequence(values);
    }
}
