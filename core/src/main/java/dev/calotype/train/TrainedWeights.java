package dev.calotype.train;

import dev.calotype.collective.Ranks;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.train.GradientStep.PartRates;
import dev.calotype.train.adapt.Adaptation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** The weights of one network and its replicas, their optimizer and their moving averages. */
public final class TrainedWeights implements AutoCloseable {
    /** How {@link AdamW} is set. */
    public record Adam(double beta1, double beta2, double weightDecay, PartRates rates) {
        /** Where all parts learn alike. */
        public Adam(double beta1, double beta2, double weightDecay) {
            this(beta1, beta2, weightDecay, PartRates.EVEN);
        }

        /** The same with other rates. */
        public Adam with(PartRates others) {
            return new Adam(beta1, beta2, weightDecay, others);
        }

        /** For the share {@code c} of the usual progress per update: beta to the power of c. */
        Adam slower(double c) {
            return new Adam(Math.pow(beta1, c), Math.pow(beta2, c), weightDecay, rates);
        }

        Updates updates(Optimizer optimizer, FlatParameters parameters, Precision precision) {
            Updates whole =
                    switch (optimizer) {
                        case ADAMW -> adamW(parameters);
                        case MUON -> new Muon(parameters, precision, weightDecay, adamW(parameters));
                        case SOAP -> new Soap(parameters, beta1, beta2, weightDecay, adamW(parameters));
                        case SCHEDULE_FREE -> new ScheduleFree(parameters, beta1, beta2, weightDecay);
                    };
            return rates.areEven() ? whole : new PartRates.Shared(whole, parameters, rates);
        }

        private AdamW adamW(FlatParameters parameters) {
            return new AdamW(parameters, beta1, beta2, weightDecay);
        }
    }

    /** Tensors of a second player beside those of the first, by their names behind {@code second}. */
    public static Map<String, Tensor> beside(Map<String, Tensor> first, String second, Map<String, Tensor> tensors) {
        Map<String, Tensor> both = new LinkedHashMap<>(first);
        tensors.forEach((name, tensor) -> both.put(second + name, tensor));
        return both;
    }

    /** What {@link #beside} put behind {@code second}. */
    public static Map<String, Tensor> behind(String second, Map<String, Tensor> both) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        both.forEach((name, tensor) -> {
            if (name.startsWith(second)) tensors.put(name.substring(second.length()), tensor);
        });
        return tensors;
    }

    private final FlatParameters parameters;
    private final Updates updates;
    private final List<Ema> averages = new ArrayList<>();
    private final List<FlatParameters.Stretch> stretches;
    private final Workers workers;

    /**
     * Takes over the parameters of {@code networks}, which all get the weights of the first.
     *
     * @param workers borrowed
     */
    public TrainedWeights(
            List<? extends Module> networks,
            Precision precision,
            Optimizer optimizer,
            Adam adam,
            Averaging averaging,
            Workers workers) {
        this(networks, precision, optimizer, adam, averaging, Adaptation.FULL, workers);
    }

    /**
     * Of networks whose weights learn as {@code adaptation} says.
     *
     * @param workers borrowed
     */
    public TrainedWeights(
            List<? extends Module> networks,
            Precision precision,
            Optimizer optimizer,
            Adam adam,
            Averaging averaging,
            Adaptation adaptation,
            Workers workers) {
        parameters = adaptation.method() == Adaptation.Method.FULL
                ? new FlatParameters(networks, precision)
                : AdaptedParameters.of(networks, precision, adaptation);
        updates = adam.updates(optimizer, parameters, precision);
        for (double decay : averaging.decays()) averages.add(Ema.exponential(decay, parameters));
        for (double length : averaging.lengths()) averages.add(Ema.power(length, parameters));
        stretches = parameters.stretches(networks.size());
        this.workers = workers;
    }

    /** Takes the gradients of all replicas of all ranks and returns the norm of their sum. */
    double collect(Ranks ranks) {
        double own = collect();
        if (!ranks.several()) return own;
        ranks.sum(parameters.gradient());
        return Scope.read(() -> parameters.gradient().norm().item_double());
    }

    /** Takes the gradients of all replicas and returns the norm of their sum. */
    public double collect() {
        return Math.sqrt(workers.run(stretches.size(), i -> parameters.collect(stretches.get(i))).stream()
                .mapToDouble(Double::doubleValue)
                .sum());
    }

    /** Update number {@code step}, counted from 1, by the gradients collected times {@code scale}. */
    public void update(double rate, double scale, long step) {
        update(rate, scale, step, averages);
    }

    /** {@link #update} by the gradients of a penalty, which the averages do not follow. */
    void regularize(double rate, long step) {
        update(rate, 1, step, List.of());
    }

    private void update(double rate, double scale, long step, List<Ema> followers) {
        updates.begin(step, rate);
        parameters.upcoming(step + 1);
        workers.run(stretches.size(), i -> {
            FlatParameters.Stretch stretch = stretches.get(i);
            if (scale != 1) Scope.read(() -> stretch.of(parameters.gradient()).mul_(new Scalar(scale)));
            updates.update(stretch, rate);
            parameters.publish(stretch);
            for (Ema ema : followers) ema.update(updates.result(), stretch, step);
            return null;
        });
    }

    /** No gradient is computed of the weights until {@link #thaw}. */
    void freeze() {
        parameters.freeze();
    }

    void thaw() {
        parameters.thaw();
    }

    /** The number of weights that learn. */
    public long count() {
        return parameters.count();
    }

    /** The weights that learn by name, as views. */
    public Map<String, Tensor> weights() {
        return parameters.named(parameters.master());
    }

    /**
     * All weights of the network in the average of a name such as {@code ema/0.999}, by name: views, or what is made of an average
     * in the caller's scope.
     */
    public Map<String, Tensor> average(String name) {
        for (Ema ema : averages) if (ema.name().equals(name)) return parameters.complete(ema.average());
        throw new IllegalArgumentException("no average " + name + " is kept, only "
                + averages.stream().map(Ema::name).toList());
    }

    /** All that the next updates depend on, by name, as views. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> buffers = new LinkedHashMap<>();
        buffers.put("weights/", parameters.master());
        for (Ema ema : averages) buffers.put(ema.name() + "/", ema.average());
        buffers.putAll(updates.buffers());
        Map<String, Tensor> state = new LinkedHashMap<>();
        buffers.forEach(
                (prefix, flat) -> parameters.named(flat).forEach((name, view) -> state.put(prefix + name, view)));
        state.putAll(updates.others());
        return state;
    }

    /** Copies {@code saved}, which must have all of {@link #state} after so many updates. */
    public void restore(Map<String, Tensor> saved, long steps) {
        copy(saved, state());
        parameters.upcoming(steps + 1);
        parameters.publish();
    }

    /** Copies the tensors of {@code saved} into those of the same names in {@code into}, all of which it must have. */
    static void copy(Map<String, Tensor> saved, Map<String, Tensor> into) {
        Scope.read(() -> {
            into.forEach((name, view) -> {
                Tensor value = saved.get(name);
                if (value == null) throw new IllegalArgumentException("the saved state lacks " + name);
                view.copy_(value);
            });
            return null;
        });
    }

    @Override
    public void close() {
        averages.forEach(Ema::close);
        updates.close();
        parameters.close();
    }
}
