package dev.calotype.model;

import dev.calotype.tensor.Device;
import dev.calotype.tensor.Kernels;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import org.bytedeco.pytorch.JitModule;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Any network out of a TorchScript file, for features. It gets fp32 pictures (N, 3, H, W) and must answer with (N, D), or
 * with a map (N, D, h, w), whose mean is taken.
 *
 * <p><b>A TorchScript file is a program</b>, which the engine runs: open only what you trust. So it is never opened unless
 * somebody names it as what it is.
 */
public final class TorchScriptFeatures implements FeatureNetwork {
    private static final int PROBE = 64; // pixels per side of the picture that tells the dimensions

    private final Scope.Owned<JitModule> module;
    private final Input input;
    private final Device device;
    private final String name;
    private final String hash;
    private final int dimensions;

    /**
     * How the network wants its pictures.
     *
     * @param range of the values
     * @param size pixels per side, resized antialiased bilinear in 8 bits; 0 for pictures as they come
     */
    public record Input(Range range, int size) {
        public Input {
            if (size < 0 || size > 4096) throw new IllegalArgumentException("size must be in 0..4096: " + size);
        }
    }

    /** The values that 0..255 become. */
    public enum Range {
        /** 0..255 as they are. */
        BYTES,
        /** 0..1. */
        UNIT,
        /** -1..1. */
        SIGNED
    }

    private TorchScriptFeatures(Scope.Owned<JitModule> module, Input input, Device device, Path file, String hash) {
        this.module = module;
        this.input = input;
        this.device = device;
        this.name = "torchscript " + file.getFileName();
        this.hash = hash;
        int side = input.size == 0 ? PROBE : input.size;
        this.dimensions = Math.toIntExact(Scope.read(() -> {
            Tensor black = Tensors.of(new byte[3 * side * side], 1, 3, side, side);
            return seen(black).size(1);
        }));
    }

    /**
     * Opens a file on {@code device} and runs it once.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if it is no TorchScript, or does not answer with features
     */
    public static TorchScriptFeatures open(Path file, Input input, Device device) throws IOException {
        String hash = sha256(file).substring(0, 16);
        Scope.Owned<JitModule> module;
        try {
            module = Scope.own(() -> Kernels.script(file, device));
            module.value().eval();
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(file + " is no TorchScript file: " + first(e), e);
        }
        try {
            return new TorchScriptFeatures(module, input, device, file, hash);
        } catch (RuntimeException e) {
            module.close();
            throw new IllegalArgumentException(file + " does not turn pictures into features: " + first(e), e);
        }
    }

    private static String first(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream read = new DigestInputStream(in, MessageDigest.getInstance("SHA-256"))) {
            read.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(read.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String hash() {
        return hash;
    }

    @Override
    public int dimensions() {
        return dimensions;
    }

    @Override
    public String input() {
        String size = input.size == 0 ? "as it is" : input.size + " x " + input.size + ", antialiased bilinear";
        return size + ", " + input.range.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Tensor features(Tensor pixels) {
        boolean grey = pixels.dim() == 4 && pixels.size(1) == 1;
        Tensor colour = grey ? pixels.expand(pixels.size(0), 3, pixels.size(2), pixels.size(3)) : pixels;
        Pixels.require(name, colour, 3);
        return Scope.inference(() -> seen(colour).cpu());
    }

    private Tensor seen(Tensor pixels) {
        Tensor here = device.move(pixels); // (N, 3, H, W)
        Tensor x = input.size == 0 ? here.to(ScalarType.Float) : Pixels.resize(here, input.size); // (N, 3, H, W)
        if (input.range != Range.BYTES) x = Pixels.unit(x); // (N, 3, H, W)
        if (input.range == Range.SIGNED) x = x.mul(new Scalar(2.0)).sub(new Scalar(1.0)); // (N, 3, H, W)
        Tensor y = Kernels.call(module.value(), x); // (N, D) or (N, D, h, w)
        if (y.dim() == 4) y = y.mean(2, 3); // (N, D)
        if (y.dim() != 2 || y.size(0) != pixels.size(0))
            throw new IllegalArgumentException(name + " must answer with features (" + pixels.size(0) + ", D): "
                    + Arrays.toString(Tensors.shape(y)));
        return y.to(ScalarType.Float); // (N, D)
    }

    @Override
    public void close() {
        module.close();
    }
}
