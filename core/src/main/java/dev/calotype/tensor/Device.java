package dev.calotype.tensor;

import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Where tensors lie and are computed with. A network decides: its inputs, its noise and its optimizer go to where its
 * weights are.
 *
 * @param type CPU or CUDA; META has shapes and no values, for those who want to know what a network would do
 * @param index which of several of its kind, 0..127
 */
public record Device(DeviceType type, int index) {
    /** The processor. */
    public static final Device CPU = new Device(DeviceType.CPU, 0);

    public Device {
        if (index < 0 || index > Byte.MAX_VALUE)
            throw new IllegalArgumentException("the index of a device must be in 0..127: " + index);
    }

    /**
     * The device that people write {@code cpu}, {@code cuda} (the first GPU) or {@code cuda:N}. It may not exist here:
     * see {@link #require}.
     */
    public static Device parse(String text) {
        if (text.equals("cpu")) return CPU;
        if (text.equals("cuda")) return new Device(DeviceType.CUDA, 0);
        if (text.matches("cuda:(12[0-7]|1[01]\\d|\\d{1,2})"))
            return new Device(DeviceType.CUDA, Integer.parseInt(text.substring("cuda:".length())));
        throw new IllegalArgumentException("device must be cpu, cuda or cuda:N: " + text);
    }

    /** The first GPU if the engine has CUDA and finds one, else the processor. */
    public static Device best() {
        return torch.cuda_is_available() ? new Device(DeviceType.CUDA, 0) : CPU;
    }

    /** Where {@code x} lies. */
    public static Device of(Tensor x) {
        if (x.is_cpu()) return CPU;
        org.bytedeco.pytorch.Device device = x.device();
        return new Device(device.type().intern(), Math.max(0, device.index()));
    }

    /** Where the weights of {@code module} lie; the processor if it has none. */
    public static Device of(Module module) {
        Device[] device = {CPU};
        Scope.run(() -> {
            var parameters = module.parameters();
            if (!parameters.empty()) device[0] = of(parameters.get(0));
        });
        return device[0];
    }

    /** How many GPUs the engine can use: 0 without CUDA. */
    public static int gpus() {
        return torch.cuda_is_available() ? torch.cuda_device_count() : 0;
    }

    /**
     * This device.
     *
     * @throws IllegalArgumentException if this machine, or this build of the engine, does not have it; says what to do
     */
    public Device require() {
        String refusal = refusal(Context.hasCUDART(), gpus());
        if (refusal != null) throw new IllegalArgumentException(refusal);
        return this;
    }

    /** Why this device cannot be used where {@code natives} says whether the engine has CUDA; null if it can. */
    String refusal(boolean natives, int gpus) {
        if (!isCuda()) return null;
        if (!natives)
            return "device " + this + " needs the engine's CUDA build: build with -Pgpu (see docs/gpu.md), or take cpu";
        if (gpus == 0)
            return "device " + this + " needs a GPU and the engine finds none: check the driver with nvidia-smi"
                    + " (see docs/gpu.md), or take cpu";
        return index < gpus ? null : "device must be one of the " + gpus + " GPUs, cuda:0 and up: " + this;
    }

    /** Whether this is a GPU of NVIDIA's. */
    public boolean isCuda() {
        return type == DeviceType.CUDA;
    }

    /**
     * The values of {@code x} here; {@code x} itself if it is here. What goes to a GPU goes through pinned memory, and
     * the call does not wait for it.
     */
    public Tensor move(Tensor x) {
        boolean upload = isCuda() && x.is_cpu();
        Tensor source = upload ? x.pin_memory() : x;
        return source.to(handle(), Tensors.dtype(x), upload, false, new MemoryFormatOptional());
    }

    /** Brings the weights and running statistics of {@code module} here, and returns it. */
    public <M extends Module> M move(M module) {
        if (equals(of(module))) return module;
        Scope.read(() -> {
            Tensors.parameters(module).values().forEach(tensor -> tensor.set_data(move(tensor)));
            Tensors.buffers(module).values().forEach(tensor -> tensor.set_data(move(tensor)));
            return null;
        });
        return module;
    }

    /** Zeros made here, fp32. */
    public Tensor zeros(long... shape) {
        TensorOptions options = new TensorOptions(ScalarType.Float).device(new DeviceOptional(handle()));
        return torch.empty(shape, options, null).zero_();
    }

    /** A generator for the engine's own random numbers here; other devices draw other numbers from the same seed. */
    public Generator generator(long seed) {
        Generator generator =
                isCuda() ? torch.getCUDAHooks().getNewGenerator((byte) index) : torch.make_generator_cpu(seed);
        generator.set_current_seed(seed);
        return generator;
    }

    /** Waits until all that was asked of this device is done; measurements of a GPU mean nothing without. */
    public void synchronize() {
        if (isCuda()) torch.cuda_synchronize(index);
    }

    org.bytedeco.pytorch.Device handle() {
        return isCuda() ? new org.bytedeco.pytorch.Device(type, (byte) index) : new org.bytedeco.pytorch.Device(type);
    }

    @Override
    public String toString() {
        return type.name().toLowerCase(java.util.Locale.ROOT) + (index == 0 ? "" : ":" + index);
    }
}
