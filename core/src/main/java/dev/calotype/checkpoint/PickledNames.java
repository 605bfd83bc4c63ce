package dev.calotype.checkpoint;

import dev.calotype.io.Quoted;
import java.io.IOException;
import java.util.Map;

/** The names of PyTorch that a pickle may mention, and what stands for them here. */
final class PickledNames {
    /** A function that is carried out by records of our own. */
    enum Function {
        ORDERED_DICT,
        REBUILD_TENSOR,
        REBUILD_TYPED_TENSOR,
        REBUILD_PARAMETER,
        SIZE
    }

    /** The class of a storage; without a type it holds bytes. */
    record StorageType(ElementType type) {}

    private static final Map<String, Function> FUNCTIONS = Map.of(
            "collections.OrderedDict", Function.ORDERED_DICT,
            "torch._utils._rebuild_tensor", Function.REBUILD_TENSOR,
            "torch._utils._rebuild_tensor_v2", Function.REBUILD_TENSOR,
            "torch._utils._rebuild_tensor_v3", Function.REBUILD_TYPED_TENSOR,
            "torch._utils._rebuild_parameter", Function.REBUILD_PARAMETER,
            "torch._utils._rebuild_parameter_with_state", Function.REBUILD_PARAMETER,
            "torch.Size", Function.SIZE);

    private static final Map<String, ElementType> STORAGES = Map.ofEntries(
            Map.entry("DoubleStorage", ElementType.F64),
            Map.entry("FloatStorage", ElementType.F32),
            Map.entry("HalfStorage", ElementType.F16),
            Map.entry("BFloat16Storage", ElementType.BF16),
            Map.entry("LongStorage", ElementType.I64),
            Map.entry("IntStorage", ElementType.I32),
            Map.entry("ShortStorage", ElementType.I16),
            Map.entry("CharStorage", ElementType.I8),
            Map.entry("ByteStorage", ElementType.U8),
            Map.entry("BoolStorage", ElementType.BOOL),
            Map.entry("ComplexFloatStorage", ElementType.C64));

    /** The types of tensors that have no storage class of their own. */
    private static final Map<String, ElementType> TYPES = Map.of(
            "torch.uint16", ElementType.U16,
            "torch.uint32", ElementType.U32,
            "torch.uint64", ElementType.U64,
            "torch.float8_e4m3fn", ElementType.F8_E4M3,
            "torch.float8_e5m2", ElementType.F8_E5M2,
            "torch.float8_e8m0fnu", ElementType.F8_E8M0);

    private static final Map<String, String> STRANGE = Map.of(
            "torch._utils._rebuild_qtensor", "a quantized tensor",
            "torch._utils._rebuild_sparse_tensor", "a sparse tensor",
            "torch._utils._rebuild_meta_tensor_no_storage", "a tensor without values, of the device meta");

    private static final String UNTYPED = "torch.storage.UntypedStorage";

    private PickledNames() {}

    /** The type of elements that PyTorch calls so, among those without a storage class; null for others. */
    static ElementType type(String name) {
        return TYPES.get(name);
    }

    /**
     * What a name stands for.
     *
     * @throws IOException if it is none of those that are known: nothing else may be named
     */
    static Object meaning(String module, String name) throws IOException {
        Function function = FUNCTIONS.get(module + "." + name);
        if (function != null) return function;
        if (UNTYPED.equals(module + "." + name)) return new StorageType(null);
        ElementType type = module.equals("torch") || module.equals("torch.cuda") ? STORAGES.get(name) : null;
        if (type != null) return new StorageType(type);
        Object plain = PlainPython.global(module, name);
        if (plain != null) return plain;
        String strange = STRANGE.get(module + "." + name);
        if (strange != null) throw new IOException("it holds " + strange + ", which is not supported");
        throw new IOException("it names " + Quoted.name(module + "." + name)
                + ", which is refused: only tensors, numbers, texts and plain containers are read");
    }
}
