package dev.calotype.train;

import dev.calotype.collective.Distributed;
import dev.calotype.collective.OuterDescent;
import dev.calotype.collective.Ranks;
import dev.calotype.tensor.Device;
import dev.calotype.tensor.Precision;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import dev.calotype.tensor.Workers;
import dev.calotype.train.GradientStep.PartRates;
import dev.calotype.train.adapt.Adaptation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.bytedeco.pytorch.Module;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The weights of one network and its replicas, their optimizer and their moving averages. */
public final class TrainedWeights implements AutoCloseable {
    private static final String VELOCITY = "outer/velocity/";

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

    private final FlatParameters parameters;
    private final Updates updates;
    private final List<Ema> averages = new ArrayList<>();
    private final List<FlatParameters.Stretch> stretches;
    private final List<FlatParameters.Stretch> held;
    private final List<FlatParameters.Stretch> shares; // of the ranks, of which each may have all
    private final Workers workers;
    private final Ranks ranks;
    private final Distributed distributed;
    private final Optional<OuterDescent> outer;

    /**
     * Takes over the parameters of {@code networks}, which all get the weights of the first and learn as {@code adaptation} says.
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
        this(
                networks,
                precision,
                optimizer,
                adam,
                averaging,
                adaptation,
                new Crew(workers, Ranks.ALONE, Distributed.PLAIN));
    }

    /**
     * Who works on the weights: threads of this process, and processes that have them too.
     *
     * @param workers borrowed, as {@code ranks}
     */
    record Crew(Workers workers, Ranks ranks, Distributed distributed) {}

    /** Of networks that other processes may have too. */
    TrainedWeights(
            List<? extends Module> networks,
            Precision precision,
            Optimizer optimizer,
            Adam adam,
            Averaging averaging,
            Adaptation adaptation,
            Crew crew) {
        workers = crew.workers();
        ranks = crew.ranks();
        distributed = crew.distributed();
        boolean shards = ranks.several() && distributed.sharded();
        // no other rank has all weights of rank 0 later
        if (shards)
            Scope.run(() -> ranks.followAll(Tensors.parameters(networks.get(0)).values()));
        parameters = adaptation.method() == Adaptation.Method.FULL
                ? new FlatParameters(networks, precision, shards ? ranks.rank() : 0, shards ? ranks.world() : 1)
                : AdaptedParameters.of(networks, precision, adaptation);
        updates = adam.updates(optimizer, parameters, precision);
        for (double decay : averaging.decays()) averages.add(Ema.exponential(decay, parameters));
        for (double length : averaging.lengths()) averages.add(Ema.power(length, parameters));
        stretches = parameters.stretches(networks.size());
        held = parameters.heldStretches(networks.size());
        shares = parameters.stretches(ranks.world());
        outer = distributed.apart()
                ? Optional.of(new OuterDescent(parameters.master(), ranks, distributed))
                : Optional.empty();
    }

    /** What sums the gradients over the ranks while they are made; nothing where there is nothing to sum, or it would not pay. */
    Optional<Overlap> overlap() {
        boolean plain = parameters.getClass() == FlatParameters.class; // of factors there is little to sum
        boolean elsewhere = Device.of(parameters.master()).isCuda(); // another thread makes gradients there
        boolean sums = ranks.several() && distributed.method() == Distributed.Method.DATA_PARALLEL;
        return sums && plain && !elsewhere ? Optional.of(new Overlap(parameters, ranks)) : Optional.empty();
    }

    /** Takes the gradients of all replicas of all ranks, or of this one where they learn apart, and returns the norm of their sum. */
    double collect(Optional<Overlap> overlap) {
        if (overlap.isPresent()) overlap.get().await();
        else {
            if (!ranks.several() || distributed.apart()) return collect();
            gather(); // whose norm nobody asks for
            if (distributed.sharded()) return collectPart();
            ranks.sum(parameters.gradient());
        }
        double squares = 0; // part by part, as where each rank has but one
        for (FlatParameters.Stretch part : shares) squares += parameters.square(part);
        return Math.sqrt(squares);
    }

    /** Sums the part of the gradient that this rank needs. */
    private double collectPart() {
        return Scope.read(() -> {
            ranks.scatterSum(parts(parameters.gradient()));
            double own = parameters.square(parameters.parts().get(ranks.rank()));
            return Math.sqrt(ranks.sum(own)[0]);
        });
    }

    private List<Tensor> parts(Tensor flat) {
        return parameters.parts().stream().map(part -> part.of(flat)).toList();
    }

    /** A part of a step is done by a replica, and another one follows. */
    void part(int replica) {
        parameters.part(replica);
    }

    private void gather() {
        workers.run(stretches.size(), i -> {
            parameters.gather(stretches.get(i));
            return null;
        });
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
        workers.run(held.size(), i -> {
            FlatParameters.Stretch stretch = held.get(i);
            if (scale != 1) Scope.read(() -> stretch.of(parameters.gradient()).mul_(new Scalar(scale)));
            updates.update(stretch, rate);
            parameters.publish(stretch);
            if (outer.isEmpty()) for (Ema ema : followers) ema.update(updates.result(), stretch, step, step);
            return null;
        });
        if (ranks.several() && distributed.sharded()) Scope.run(() -> ranks.gather(parts(parameters.working())));
    }

    /** Brings the ranks together that have made the updates {@code first} to {@code last} apart: weights by an outer step, moments by their mean. */
    void settle(long first, long last) {
        OuterDescent descent = outer.orElseThrow();
        updates.buffers().values().forEach(descent::average);
        descent.step(parameters.master());
        parameters.publish();
        workers.run(held.size(), i -> {
            for (Ema ema : averages) ema.update(updates.result(), held.get(i), first, last);
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

    /** The weights that learn by name: views, or what the parts of all ranks are in the caller's scope. */
    public Map<String, Tensor> weights() {
        return parameters.named(whole("weights/"));
    }

    /**
     * All weights of the network in the average of a name such as {@code ema/0.999}, by name: views, or what is made of an average
     * in the caller's scope.
     */
    public Map<String, Tensor> average(String name) {
        for (Ema ema : averages) if (ema.name().equals(name)) return parameters.complete(whole(name + "/"));
        throw new IllegalArgumentException("no average " + name + " is kept, only "
                + averages.stream().map(Ema::name).toList());
    }

    /** All that the next updates depend on, by name: views, or what the parts of all ranks are in the caller's scope. */
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        for (String prefix : buffers().keySet())
            parameters.named(whole(prefix)).forEach((name, view) -> state.put(prefix + name, view));
        state.putAll(updates.others());
        return state;
    }

    /** What is known of each weight, by the beginning of its name, as flat buffers. */
    private Map<String, Tensor> buffers() {
        Map<String, Tensor> buffers = new LinkedHashMap<>();
        buffers.put("weights/", parameters.master());
        for (Ema ema : averages) buffers.put(ema.name() + "/", ema.average());
        new TreeMap<>(updates.buffers()).forEach(buffers::put); // in one order everywhere
        outer.ifPresent(descent -> buffers.put(VELOCITY, descent.velocity()));
        return buffers;
    }

    /** Whether this rank has all buffers by itself. */
    boolean isWhole() {
        return !ranks.several() || !distributed.sharded();
    }

    /** A buffer; at rank 0 with the parts of the others, who {@link #assist}. */
    private Tensor whole(String prefix) {
        Tensor flat = buffers().get(prefix);
        if (isWhole() || !ranks.first() || flat == parameters.working()) return flat;
        ranks.follow(Learner.ASSIST + List.copyOf(buffers().keySet()).indexOf(prefix));
        return Scope.inference(() -> {
            Tensor all = torch.zeros_like(parameters.gradient());
            List<Tensor> parts = parts(all);
            parts.get(0).copy_(flat);
            for (int rank = 1; rank < ranks.world(); rank++)
                if (parts.get(rank).numel() > 0) ranks.exchange(null, 0, parts.get(rank), rank);
            return all;
        });
    }

    /** Gives rank 0 the part of a buffer, by its place among them. */
    void assist(int wanted) {
        Tensor own = List.copyOf(buffers().values()).get(wanted);
        if (own.numel() > 0) Scope.run(() -> ranks.exchange(own, 0, null, 0));
    }

    /** Copies from {@code saved}, which must have all of {@link #state} after so many updates, what this rank holds. */
    public void restore(Map<String, Tensor> saved, long steps) {
        Map<String, Tensor> into = new LinkedHashMap<>();
        buffers().forEach((prefix, flat) -> {
            if (prefix.equals(VELOCITY) && saved.keySet().stream().noneMatch(name -> name.startsWith(VELOCITY)))
                Scope.read(flat::zero_); // it learned otherwise until here
            else parameters.named(flat).forEach((name, view) -> into.put(prefix + name, view));
        });
        into.putAll(updates.others());
        ReplicatedStep.copy(saved, into);
        outer.ifPresent(descent -> descent.begin(parameters.master()));
        parameters.upcoming(steps + 1);
        parameters.publish();
    }

    /** Gives every rank its part of what rank 0, which alone has it all, was restored from. */
    void spread(Map<String, Tensor> saved, long steps) {
        buffers().forEach((prefix, flat) -> spread(Learner.behind(prefix, saved), flat));
        ranks.followAll(new TreeMap<>(updates.others()).values());
        parameters.upcoming(steps + 1);
        parameters.publish();
        Scope.run(() -> ranks.gather(parts(parameters.working())));
    }

    /** {@link #assist} the other way: each rank gets its part of a buffer, and no more. */
    private void spread(Map<String, Tensor> saved, Tensor flat) {
        Scope.read(() -> {
            Tensor own = parameters.isWhole(flat) ? parts(flat).get(ranks.rank()) : flat;
            if (!ranks.first()) {
                if (own.numel() > 0) ranks.exchange(null, 0, own, 0);
                return null;
            }
            Tensor all = torch.zeros_like(parameters.gradient());
            ReplicatedStep.copy(saved, parameters.named(all));
            List<Tensor> parts = parts(all);
            for (int rank = 1; rank < ranks.world(); rank++)
                if (parts.get(rank).numel() > 0) ranks.exchange(parts.get(rank), rank, null, 0);
            return own.copy_(parts.get(0));
        });
    }

    @Override
    public void close() {
        averages.forEach(Ema::close);
        outer.ifPresent(OuterDescent::close);
        updates.close();
        parameters.close();
    }
}
