package dev.calotype.train;

import dev.calotype.nn.Layout;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.GradientSums;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The weights of a network, and of replicas that share them, as flat buffers: an fp32 master that the optimizer
 * updates, a working copy in the network's precision that every replica's parameters are views of, and an fp32
 * gradient. One flat buffer makes an optimizer step, an average or a norm one call instead of hundreds.
 */
class FlatParameters implements AutoCloseable {
    private static final int ALIGNMENT = 32; // elements: every parameter starts on a cache line

    private record Slot(String name, long[] shape, long[] strides, long offset) {
        Tensor view(Tensor flat, long from) {
            return flat.as_strided(shape, strides, new LongOptional(offset - from));
        }
    }

    private final List<Slot> slots = new ArrayList<>();
    private final List<Tensor[]> replicas = new ArrayList<>();
    private final List<Tensor> owned = new ArrayList<>();
    private final long size;
    private final List<Stretch> parts;
    private final Stretch held;
    private final Tensor master;
    private final Tensor working;
    private final Tensor gradient;
    private final Tensor[] gradientViews;
    final GradientSums gradients = new GradientSums();

    /** Takes over the parameters of {@code networks}, which all get the weights of the first. */
    FlatParameters(List<? extends Module> networks, Precision precision) {
        this(networks, precision, 0, 1);
    }

    /**
     * Of one of several processes that hold parts: the gradient and the working copy are whole, all other buffers have the length of its part. In fp32
     * the master, which is the working copy, is whole too.
     */
    FlatParameters(List<? extends Module> networks, Precision precision, int part, int parts) {
        this(Device.of(networks.get(0)), precision, () -> Tensors.parameters(networks.get(0)), part, parts);
        for (Module network : networks) adopt(network);
    }

    /** What is copied from {@code source}, of no network yet. */
    FlatParameters(Device device, Precision precision, Supplier<Map<String, Tensor>> source) {
        this(device, precision, source, 0, 1);
    }

    private FlatParameters(
            Device device, Precision precision, Supplier<Map<String, Tensor>> source, int part, int count) {
        size = layOut(source, precision);
        parts = new ArrayList<>(stretches(0, slots.size(), count));
        while (parts.size() < count) parts.add(new Stretch(slots.size(), slots.size(), size, 0, 0, size));
        Stretch own = parts.get(part);
        held = new Stretch(own.from(), own.to(), own.offset(), own.length(), own.offset(), size);
        boolean one = precision == Precision.FP32;
        master = own(Scope.keep(() -> device.zeros(one ? size : held.length())));
        working = one ? master : own(Scope.keep(() -> device.zeros(size).to(precision.dtype())));
        gradient = own(Scope.keep(() -> device.zeros(size)));
        gradientViews = slots.stream()
                .map(slot -> own(Scope.keep(() -> slot.view(gradient, 0))))
                .toArray(Tensor[]::new);
        Scope.read(() -> {
            Map<String, Tensor> given = source.get();
            for (int slot = 0; slot < slots.size(); slot++) {
                Tensor value = given.get(name(slot));
                view(slot, working).copy_(value);
                if (!one && slot >= held.from() && slot < held.to())
                    view(slot, master).copy_(value);
            }
            return null;
        });
    }

    private long layOut(Supplier<Map<String, Tensor>> source, Precision precision) {
        long[] offset = {0};
        Scope.read(() -> {
            source.get().forEach((name, parameter) -> {
                Tensor laidOut = Layout.of(precision.dtype()).apply(parameter);
                slots.add(new Slot(name, Tensors.shape(laidOut), Tensors.strides(laidOut), offset[0]));
                offset[0] += (laidOut.numel() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
            });
            return null;
        });
        return offset[0];
    }

    /** Makes the parameters of a network that are in the flat buffers views of them. */
    final void adopt(Module network) {
        Scope.read(() -> {
            Map<String, Tensor> parameters = Tensors.parameters(network);
            Tensor[] handles = new Tensor[slots.size()];
            for (int i = 0; i < handles.length; i++) {
                Tensor parameter = parameters.get(slots.get(i).name());
                if (parameter == null) continue; // a factor, of which the network knows nothing
                parameter.set_data(view(i, working));
                handles[i] = own(Scope.keep(() -> parameter));
            }
            replicas.add(handles);
            return null;
        });
    }

    final Tensor own(Tensor tensor) {
        owned.add(tensor);
        return tensor;
    }

    /** The fp32 weights. */
    Tensor master() {
        return master;
    }

    /** Where {@link #collect} sums the gradients, fp32. */
    Tensor gradient() {
        return gradient;
    }

    /** A buffer of zeros beside the master, owned by the caller. */
    Tensor zeros() {
        return Scope.keep(() -> torch.zeros_like(held.of(master)));
    }

    /** A copy of the master beside it, owned by the caller. */
    Tensor copy() {
        return Scope.keep(() -> held.of(master).clone());
    }

    /**
     * A stretch of the buffers, which one worker can update without the others.
     *
     * @param from its first parameter
     * @param to the first parameter after it
     * @param held where buffers begin that hold a part of the weights
     * @param size of buffers that hold all of them
     */
    record Stretch(int from, int to, long offset, long length, long held, long size) {
        /** This part of a buffer, as a view. */
        Tensor of(Tensor flat) {
            return flat.narrow(0, flat.numel() == size ? offset : offset - held, length);
        }
    }

    /** The buffers cut between parameters in at most {@code count} stretches of about the same length. */
    List<Stretch> stretches(int count) {
        return stretches(0, slots.size(), count);
    }

    /** The part of this process cut so. */
    List<Stretch> heldStretches(int count) {
        return stretches(held.from(), held.to(), count);
    }

    private List<Stretch> stretches(int first, int last, int count) {
        List<Stretch> stretches = new ArrayList<>();
        if (first == last) return stretches;
        long begin = slots.get(first).offset(), length = end(last) - begin;
        int from = first;
        for (int slot = first + 1; slot <= last; slot++) {
            long done = end(slot) - begin;
            if (slot < last && (done < length * (stretches.size() + 1) / count || !begins(slot))) continue;
            stretches.add(stretch(from, slot));
            from = slot;
        }
        return stretches;
    }

    /** Where the parameter before {@code slot} ends. */
    private long end(int slot) {
        return slot == slots.size() ? size : slots.get(slot).offset();
    }

    /** The part of each process, the whole of one that is alone. */
    List<Stretch> parts() {
        return parts;
    }

    /** Whether this process holds all of a buffer. */
    boolean isWhole(Tensor flat) {
        return flat.numel() == size;
    }

    /** Whether a stretch may begin with a parameter. */
    boolean begins(int slot) {
        return true;
    }

    /** The parameters {@code from} to {@code to - 1}. */
    Stretch stretch(int from, int to) {
        long offset = slots.get(from).offset();
        return new Stretch(from, to, offset, end(to) - offset, held == null ? 0 : held.offset(), size);
    }

    /** The number of parameters. */
    int slots() {
        return slots.size();
    }

    String name(int slot) {
        return slots.get(slot).name();
    }

    long[] shape(int slot) {
        return slots.get(slot).shape();
    }

    /** A parameter's piece of a flat buffer in its own shape, as a view. */
    Tensor view(int slot, Tensor flat) {
        return slots.get(slot).view(flat, isWhole(flat) ? 0 : held.offset());
    }

    /** The first dimension of a parameter; of a vector and a scalar 1. */
    long rows(int slot) {
        long[] shape = slots.get(slot).shape();
        return shape.length < 2 ? 1 : shape[0];
    }

    /** The number of values of a parameter. */
    long length(int slot) {
        return Tensors.count(slots.get(slot).shape());
    }

    /** A parameter's piece of a flat buffer as (rows, rest), as a view; the order of the rest is that of memory. */
    Tensor matrix(int slot, Tensor flat) {
        long from = isWhole(flat) ? 0 : held.offset();
        return flat.narrow(0, slots.get(slot).offset() - from, length(slot)).reshape(rows(slot), -1);
    }

    /** Says which step comes next, before weights are published for it. */
    void upcoming(long step) {}

    /** Makes the replicas see the master's weights of a stretch. */
    void publish(Stretch stretch) {
        if (working != master) Scope.read(() -> stretch.of(working).copy_(stretch.of(master)));
    }

    /** Makes the replicas see the master's weights. */
    void publish() {
        publish(held);
    }

    /** What the replicas compute with, which is whole. */
    Tensor working() {
        return working;
    }

    /** Moves the gradients of all replicas into {@link #gradient}. */
    void gather(Stretch stretch) {
        Scope.read(() -> {
            for (int i = stretch.from(); i < stretch.to(); i++) collect(i);
            return null;
        });
    }

    /** {@link #gather}, and the sum of the squares of what came. */
    double collect(Stretch stretch) {
        gather(stretch);
        return square(stretch);
    }

    /** The sum of the squares of a stretch of {@link #gradient}. */
    double square(Stretch stretch) {
        double norm = Scope.read(() -> stretch.of(gradient).norm().item_double());
        return norm * norm;
    }

    /** A part of a step is done by a replica, and another one follows: what it gave is kept with all digits. */
    void part(int replica) {
        if (working == master) return; // whose gradients are fp32
        for (Tensor parameter : replicas.get(replica)) if (parameter != null) gradients.add(parameter);
    }

    /** Sums the gradients of a parameter over the replicas. */
    void collect(int slot) {
        Tensor sum = gradientViews[slot];
        boolean first = true;
        for (Tensor[] parameters : replicas) {
            Tensor grad = gradients.take(parameters[slot]);
            if (grad == null) continue;
            if (first) sum.copy_(grad);
            else sum.add_(grad);
            first = false;
            grad.close();
        }
        if (first) sum.zero_();
    }

    /** The parameters of each network by slot. */
    List<Tensor[]> replicas() {
        return replicas;
    }

    /** No gradient is computed of the weights until {@link #thaw}. */
    void freeze() {
        all(parameter -> parameter.requires_grad_(false));
    }

    /** Gradients of the weights are computed again. */
    void thaw() {
        all(parameter -> parameter.requires_grad_(true));
    }

    private void all(Consumer<Tensor> change) {
        for (Tensor[] parameters : replicas)
            for (Tensor parameter : parameters) if (parameter != null) change.accept(parameter);
    }

    /** The pieces of a flat buffer by parameter name, as views. */
    Map<String, Tensor> named(Tensor flat) {
        Map<String, Tensor> named = new LinkedHashMap<>();
        int from = isWhole(flat) ? 0 : held.from(), to = isWhole(flat) ? slots.size() : held.to();
        for (int slot = from; slot < to; slot++) named.put(name(slot), view(slot, flat));
        return named;
    }

    /** All weights of the network that belong to a flat buffer, by name: views, or what is made of them in the caller's scope. */
    Map<String, Tensor> complete(Tensor flat) {
        return named(flat);
    }

    /** The number of weights that learn. */
    long count() {
        return slots.stream().mapToLong(slot -> Tensors.count(slot.shape())).sum();
    }

    @Override
    public void close() {
        gradients.close();
        owned.forEach(Tensor::close);
    }
}
