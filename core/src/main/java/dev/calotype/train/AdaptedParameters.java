package dev.calotype.train;

import dev.calotype.nn.Layout;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Rng;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.train.adapt.Adaptation;
import dev.calotype.train.adapt.Adaptation.Part;
import dev.calotype.train.adapt.Factors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Flat weights of which some are factors of the networks' weights. The networks compute with whole weights: these are made anew whenever
 * factors have moved, and their gradients become those of the factors. Weights that do not learn are shared by all replicas.
 */
final class AdaptedParameters extends FlatParameters {
    /**
     * A weight that is made of factors.
     *
     * @param slot of A; B follows, and with DoRA the lengths
     * @param base W0 as an fp32 matrix (out, in)
     * @param current what the networks compute with
     * @param replicas the parameter of each network
     */
    private record Target(int slot, Tensor base, Tensor current, List<Tensor> replicas) {}

    private final Adaptation adaptation;
    private final Map<String, Part> parts;
    private final Map<String, Target> targets = new LinkedHashMap<>();
    private final Map<Integer, Target> bySlot = new LinkedHashMap<>();
    private final Map<String, Tensor> frozen = new LinkedHashMap<>();
    private long next = 1;

    private AdaptedParameters(
            List<? extends Module> networks, Precision precision, Adaptation adaptation, Map<String, Part> parts) {
        super(Device.of(networks.get(0)), precision, () -> learned(networks.get(0), adaptation, parts));
        this.adaptation = adaptation;
        this.parts = parts;
        Map<String, Integer> slotOf = new LinkedHashMap<>();
        for (int slot = 0; slot < slots(); slot++) slotOf.put(name(slot), slot);
        Scope.read(() -> {
            List<Map<String, Tensor>> all =
                    networks.stream().map(Tensors::parameters).toList();
            for (String name : all.get(0).keySet()) {
                List<Tensor> replicas = all.stream().map(of -> of.get(name)).toList();
                if (parts.get(name) == Part.WHOLE) continue;
                Tensor shared = shared(replicas.get(0), precision);
                for (Tensor replica : replicas) {
                    replica.set_data(shared);
                    if (parts.get(name) == Part.FROZEN) replica.requires_grad_(false);
                }
                if (parts.get(name) == Part.FROZEN) frozen.put(name, shared);
                else aim(name, slotOf.get(Adaptation.factors(name).get(0)), shared, replicas);
            }
            return null;
        });
        publish();
        for (Module network : networks) adopt(network);
    }

    /**
     * Takes over the parameters of {@code networks}, which all get the weights of the first.
     *
     * @throws IllegalArgumentException if the adaptation does not fit them
     */
    static AdaptedParameters of(List<? extends Module> networks, Precision precision, Adaptation adaptation) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        Scope.read(() -> {
            Tensors.parameters(networks.get(0)).forEach((name, weight) -> shapes.put(name, Tensors.shape(weight)));
            return null;
        });
        return new AdaptedParameters(networks, precision, adaptation, adaptation.parts(shapes));
    }

    /** What learns, as it begins: A at random, B zero, the lengths those of the weight. */
    private static Map<String, Tensor> learned(Module network, Adaptation adaptation, Map<String, Part> parts) {
        Map<String, Tensor> learned = new LinkedHashMap<>();
        Rng rng = Rng.of(adaptation.seed());
        Tensors.parameters(network).forEach((name, weight) -> {
            if (parts.get(name) == Part.WHOLE) learned.put(name, weight);
            if (parts.get(name) != Part.FACTORED) return;
            Tensor matrix = matrix(weight);
            List<String> names = Adaptation.factors(name);
            long rows = matrix.size(0), columns = matrix.size(1), rank = adaptation.rank();
            Device device = Device.of(weight);
            Tensor uniform = device.move(rng.fork(learned.size()).uniform(rank, columns));
            Tensor signed = uniform.mul(new Scalar(2.0)).sub(new Scalar(1.0));
            learned.put(names.get(0), signed.div(new Scalar(Math.sqrt(columns)))); // Kaiming, as peft begins
            learned.put(names.get(1), device.zeros(rows, rank));
            if (adaptation.method() == Adaptation.Method.DORA)
                learned.put(names.get(2), Factors.lengths(matrix).reshape(rows));
        });
        return learned;
    }

    private static Tensor matrix(Tensor weight) {
        return weight.to(Precision.FP32.dtype()).reshape(weight.size(0), -1);
    }

    private Tensor shared(Tensor parameter, Precision precision) {
        return own(Scope.keep(() -> Layout.of(precision.dtype())
                .apply(parameter.detach().to(precision.dtype()))
                .clone()));
    }

    private void aim(String name, int slot, Tensor current, List<Tensor> replicas) {
        Tensor base = own(Scope.keep(() -> matrix(current).clone()));
        List<Tensor> handles = new ArrayList<>();
        for (Tensor replica : replicas) handles.add(own(Scope.keep(() -> replica)));
        Target target = new Target(slot, base, current, handles);
        targets.put(name, target);
        for (int of = 0; of < adaptation.method().factors(); of++) bySlot.put(slot + of, target);
    }

    @Override
    boolean begins(int slot) {
        Target target = bySlot.get(slot);
        return target == null || target.slot() == slot;
    }

    private Factors of(Target target, Tensor flat) {
        return new Factors(
                adaptation.scale(),
                view(target.slot(), flat),
                view(target.slot() + 1, flat),
                adaptation.method().factors() == 3 ? view(target.slot() + 2, flat) : null);
    }

    /** The factors that the step to come computes with: without some of their pairs, and the others so much larger. */
    private Factors thinned(Target target, Tensor mask) {
        Factors all = of(target, master());
        return mask == null ? all : new Factors(all.scale(), all.down().mul(mask), all.up(), all.magnitude());
    }

    /** What each row of A is multiplied by in the step to come, (r, 1); null where all stay. */
    private Tensor mask(Target target) {
        double dropout = adaptation.rankDropout();
        if (dropout == 0) return null;
        Rng rng = Rng.of(adaptation.seed()).fork(-1).fork(next).fork(target.slot());
        double[] kept = new double[adaptation.rank()];
        for (int i = 0; i < kept.length; i++) kept[i] = rng.nextDouble() < dropout ? 0 : 1 / (1 - dropout);
        return Device.of(master())
                .move(Tensors.of(kept).to(Precision.FP32.dtype()))
                .unsqueeze(1);
    }

    @Override
    void part(int replica) {
        super.part(replica);
        if (working() != master())
            for (Target target : targets.values())
                gradients.add(target.replicas().get(replica));
    }

    @Override
    void collect(int slot) {
        Target target = bySlot.get(slot);
        if (target == null) super.collect(slot);
        else if (target.slot() == slot) collect(target);
    }

    private void collect(Target target) {
        Tensor sum = null;
        for (Tensor replica : target.replicas()) {
            Tensor grad = gradients.take(replica);
            if (grad == null) continue;
            Tensor part = matrix(grad);
            sum = sum == null ? part.clone() : sum.add_(part);
            grad.close();
        }
        Factors into = of(target, gradient());
        if (sum == null) {
            into.down().zero_();
            into.up().zero_();
            if (into.magnitude() != null) into.magnitude().zero_();
            return;
        }
        Tensor mask = mask(target);
        thinned(target, mask).gradients(target.base(), sum, into);
        if (mask != null) into.down().mul_(mask);
    }

    @Override
    void upcoming(long step) {
        next = step;
    }

    @Override
    void publish(Stretch stretch) {
        super.publish(stretch);
        for (int slot = stretch.from(); slot < stretch.to(); slot++) {
            Target target = bySlot.get(slot);
            if (target != null && target.slot() == slot) publish(target);
        }
    }

    private void publish(Target target) {
        Scope.read(() -> target.current()
                .copy_(thinned(target, mask(target)).merged(target.base()).view(Tensors.shape(target.current()))));
    }

    @Override
    void freeze() {
        super.freeze();
        for (Target target : targets.values()) target.replicas().forEach(each -> each.requires_grad_(false));
    }

    @Override
    void thaw() {
        super.thaw();
        for (Target target : targets.values()) target.replicas().forEach(each -> each.requires_grad_(true));
    }

    @Override
    Map<String, Tensor> complete(Tensor flat) {
        Map<String, Tensor> learned = named(flat), complete = new LinkedHashMap<>();
        for (String name : parts.keySet())
            switch (parts.get(name)) {
                case WHOLE -> complete.put(name, learned.get(name));
                case FROZEN -> complete.put(name, frozen.get(name));
                case FACTORED -> {
                    Target target = targets.get(name);
                    long[] shape = Tensors.shape(target.current());
                    complete.put(name, Scope.inference(() -> of(target, flat)
                            .merged(target.base())
                            .view(shape)));
                }
            }
        return complete;
    }
}
