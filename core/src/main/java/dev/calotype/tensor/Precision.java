package dev.calotype.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The element type that a network computes in. Weights are kept, averaged and saved in fp32 in either case. */
public enum Precision {
    /** 32-bit floating point. */
    FP32(ScalarType.Float),
    /** bfloat16: the range of fp32 with 8 bits of precision; fast where the processor multiplies it natively. */
    BF16(ScalarType.BFloat16);

    private final ScalarType dtype;

    Precision(ScalarType dtype) {
        this.dtype = dtype;
    }

    public ScalarType dtype() {
        return dtype;
    }

    /** Bytes of an element. */
    public int bytes() {
        return this == FP32 ? 4 : 2;
    }

    /** The fastest precision of this processor: bf16 with AMX or AVX512-BF16, else fp32. */
    public static Precision best() {
        List<String> flags = cpuFlags();
        return flags.contains("amx_bf16") || flags.contains("avx512_bf16") ? BF16 : FP32;
    }

    /** The fastest precision of a device: bf16 on a GPU, which from Ampere (2020) on multiplies it natively. */
    public static Precision best(Device device) {
        return device.isCuda() ? BF16 : best();
    }

    /** The instruction-set extensions that matter here and that this processor has, as Linux names them; elsewhere empty. */
    public static List<String> cpuFlags() {
        List<String> known = List.of("avx2", "avx512f", "avx512_bf16", "amx_bf16", "amx_tile");
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            String flags =
                    lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
            List<String> present = Arrays.asList(flags.split("\\s+"));
            return known.stream().filter(present::contains).toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
