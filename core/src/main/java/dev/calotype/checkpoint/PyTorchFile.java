package dev.calotype.checkpoint;

import dev.calotype.io.Quoted;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The content of a file written by PyTorch's {@code torch.save}: tensors, Parameters, dicts, lists, numbers, texts.
 *
 * <p>Both formats are read: the zip archives of PyTorch 1.6 and later, and the older plain pickles. Nothing in the file
 * is ever executed; a file that names any other class or function is refused, and the message says which.
 *
 * @param root the saved value; its tensors are read when they are wanted
 */
public record PyTorchFile(PyTorchValue root) {
    private static final BigInteger LEGACY_MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long LEGACY_PROTOCOL = 1001;
    private static final Set<String> WEIGHTS = Set.of(
            "state_dict", "model_state_dict", "model", "params", "ema", "ema_state_dict", "model_ema", "params_ema");

    /**
     * Reads a file but for the numbers of its tensors.
     *
     * @throws IOException if the file cannot be read, is damaged, or holds anything but plain data
     */
    public static PyTorchFile read(Path file) throws IOException {
        StoredTensor.Origin origin = StoredTensor.Origin.of(file);
        try (FileChannel channel = FileChannel.open(file)) {
            try {
                boolean zip =
                        channel.size() > 4 && NativeBytes.read(channel, 0, 4).getInt() == 0x04034B50;
                return new PyTorchFile((zip ? archive(channel) : legacy(channel)).load(origin));
            } catch (IOException e) {
                throw new IOException("cannot read " + file + " as a PyTorch file: " + e.getMessage(), e);
            }
        }
    }

    /**
     * The weights by name: those of the dict under {@code state_dict}, {@code model_state_dict}, {@code model},
     * {@code params}, or one of averages under {@code ema}, {@code ema_state_dict}, {@code model_ema} or
     * {@code params_ema}, if the root has one, else all tensors; the names of nested dicts and the numbers of list elements are
     * joined by dots.
     *
     * @throws IOException if there is no tensor, if two get the same name, or if several of those dicts are there
     */
    public Map<String, StoredTensor> stateDict() throws IOException {
        List<String> sets = groups().stream().filter(WEIGHTS::contains).toList();
        if (sets.size() > 1)
            throw new IOException("it holds several sets of weights, " + String.join(" and ", sets)
                    + ": say which, such as `weights` " + sets.get(sets.size() - 1));
        return sets.isEmpty() ? tensors() : stateDict(sets.get(0));
    }

    /**
     * The tensors of one of the {@link #groups} by their names in it.
     *
     * @throws IOException if there is no such group, or two tensors get the same name
     */
    public Map<String, StoredTensor> stateDict(String group) throws IOException {
        List<String> groups = groups();
        if (!groups.contains(group) || !(root instanceof PyTorchValue.Dict dict))
            throw new IOException("it has no weights " + Quoted.name(group)
                    + (groups.isEmpty() ? ", only one set without a name" : ", only " + String.join(", ", groups)));
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        collect("", dict.entries().get(group), tensors);
        return tensors;
    }

    /** The names of the dicts and lists at the root that hold tensors; none if a tensor lies at the root itself. */
    public List<String> groups() throws IOException {
        if (!(root instanceof PyTorchValue.Dict dict)
                || dict.entries().values().stream().anyMatch(PyTorchValue.TensorValue.class::isInstance))
            return List.of();
        List<String> groups = new ArrayList<>();
        for (var e : dict.entries().entrySet()) {
            Map<String, StoredTensor> tensors = new LinkedHashMap<>();
            collect("", e.getValue(), tensors);
            if (!tensors.isEmpty()) groups.add(e.getKey());
        }
        return groups;
    }

    /**
     * All tensors of the file by name.
     *
     * @throws IOException if there is none, or if two get the same name
     */
    public Map<String, StoredTensor> tensors() throws IOException {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        collect("", root, tensors);
        if (tensors.isEmpty()) throw new IOException("it holds no named tensor");
        return tensors;
    }

    private static void collect(String name, PyTorchValue value, Map<String, StoredTensor> tensors) throws IOException {
        String prefix = name.isEmpty() ? "" : name + ".";
        if (value instanceof PyTorchValue.Dict dict)
            for (var e : dict.entries().entrySet()) collect(prefix + e.getKey(), e.getValue(), tensors);
        else if (value instanceof PyTorchValue.Sequence sequence)
            for (int i = 0; i < sequence.elements().size(); i++)
                collect(prefix + i, sequence.elements().get(i), tensors);
        else if (value instanceof PyTorchValue.TensorValue leaf
                && !name.isEmpty()
                && tensors.put(name, leaf.tensor()) != null)
            throw new IOException("the PyTorch file has two tensors " + Quoted.name(name));
    }

    private static PyTorchTree archive(FileChannel file) throws IOException {
        ZipIndex zip = new ZipIndex(file);
        requireNoProgram(zip);
        List<String> programs = zip.names().stream()
                .filter(name -> name.matches("([^/]*/)?data\\.pkl"))
                .toList();
        if (programs.size() != 1)
            throw new IOException("the zip file has " + programs.size() + " entries called data.pkl instead of one");
        String program = programs.get(0);
        String folder = program.substring(0, program.length() - "data.pkl".length());
        if (zip.names().contains(folder + "byteorder")
                && !new String(content(file, zip.range(folder + "byteorder")), StandardCharsets.US_ASCII)
                        .equals("little")) throw new IOException("its byte order is not little-endian");
        Map<String, Unpickler.Storage> storages = new HashMap<>();
        byte[] pickle = content(file, zip.range(program));
        Object root = Unpickler.read(new PickleInput(new ByteArrayInputStream(pickle)), storages);
        Map<Unpickler.Storage, ZipIndex.Range> ranges = new HashMap<>();
        long total = 0;
        for (Unpickler.Storage storage : storages.values()) {
            ZipIndex.Range range = zip.range(folder + "data/" + storage.key());
            total += range.size();
            if (total > file.size()) throw new IOException("its storages overlap");
            ranges.put(storage, range);
        }
        return new PyTorchTree(root, ranges);
    }

    private static void requireNoProgram(ZipIndex zip) throws IOException {
        for (String name : zip.names()) {
            if (name.matches("[^/]*/models/[^/]*\\.json"))
                throw new IOException(
                        "it is a program of torch.export, not weights: save the state_dict() of its model instead");
        }
    }

    private static byte[] content(FileChannel file, ZipIndex.Range range) throws IOException {
        if (range.size() > PickleInput.MAX_BYTES)
            throw new IOException(
                    "the pickle program has " + range.size() + " bytes, at most " + PickleInput.MAX_BYTES);
        return NativeBytes.read(file, range.position(), (int) range.size()).array();
    }

    /** Five pickles (magic number, version, system, value, storage keys), then the storages with their lengths. */
    private static PyTorchTree legacy(FileChannel file) throws IOException {
        PickleInput in = new PickleInput(new BufferedInputStream(Channels.newInputStream(file)));
        if (in.unsignedByte() != 0x80
                || in.unsignedByte() != 2
                || !LEGACY_MAGIC.equals(Unpickler.read(in, new HashMap<>())))
            throw new IOException("it does not begin as one");
        Object version = Unpickler.read(in, new HashMap<>());
        if (!version.equals(LEGACY_PROTOCOL)) throw new IOException("its version is not " + LEGACY_PROTOCOL);
        var system = PickleStack.cast(Unpickler.read(in, new HashMap<>()), Unpickler.Dict.class);
        if (!Boolean.TRUE.equals(system.entries().get("little_endian")))
            throw new IOException("its byte order is not little-endian");
        Map<String, Unpickler.Storage> storages = new HashMap<>();
        Object root = Unpickler.read(in, storages);
        var keys = PickleStack.cast(Unpickler.read(in, new HashMap<>()), Unpickler.Sequence.class);
        Map<Unpickler.Storage, ZipIndex.Range> ranges = new HashMap<>();
        long position = in.position();
        for (Object key : keys.elements()) {
            Unpickler.Storage storage = storages.get(PickleStack.cast(key, String.class));
            if (storage == null) throw new IOException("it holds a storage that no tensor uses");
            long count = NativeBytes.read(file, position, 8).getLong();
            long rest = file.size() - position - 8;
            boolean fits = storage.count() <= rest / storage.type().bytes();
            long size = fits ? storage.count() * storage.type().bytes() : 0;
            if (!fits || count != storage.count() && count != size) // bytes are counted where the type is the tensor's
            throw new IOException("storage " + Quoted.name(storage.key()) + " of " + storage.count()
                    + " elements is damaged or cut off");
            ZipIndex.Range range = new ZipIndex.Range(position + 8, size);
            if (ranges.put(storage, range) != null) throw new IOException("it holds a storage twice");
            position = range.position() + range.size();
        }
        return new PyTorchTree(root, ranges);
    }
}
