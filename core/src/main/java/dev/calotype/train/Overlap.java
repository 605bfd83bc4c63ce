package dev.calotype.train;

import dev.calotype.collective.Ranks;
import dev.calotype.collective.Ranks.Pending;
import dev.calotype.tensor.Scope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.VoidTensorHook;

/**
 * Sums gradients over the ranks while the backward pass still makes others (as PyTorch's DistributedDataParallel; Li et al. 2020): in
 * buckets from the last parameter to the first, each begun once all replicas have made its gradients. The buckets and their order follow from
 * the network alone, so that all ranks begin the same sums, and the same ranks get the same bits.
 */
final class Overlap implements AutoCloseable {
    private static final long LEAST = 1 << 20; // values, 4 MB: some milliseconds of a network of 10 Gbit/s
    private static final int RING = 16; // ranks that a message passes meanwhile

    /** What a replica has done in this backward pass. */
    private static final class Progress {
        private final int[] fired; // of each slot
        private final int[] missing; // of each bucket
        private int next; // the first bucket that is not reported
        private int last = -1; // the slot whose gradient is being added
        private boolean armed;

        Progress(int slots, int buckets) {
            fired = new int[slots];
            missing = new int[buckets];
        }
    }

    private record Hooked(Tensor parameter, int position, VoidTensorHook hook) {}

    private final FlatParameters parameters;
    private final Ranks ranks;
    private final List<FlatParameters.Stretch> buckets;
    private final int[] bucketOf;
    private final boolean[] once; // slots whose gradient comes once in a backward pass, as the first one showed
    private final List<Progress> replicas = new ArrayList<>();
    private final List<Hooked> hooks = new ArrayList<>();
    private final Queue<Pending> pending = new ArrayDeque<>();
    private final int[] arrived; // replicas, of each bucket
    private int active;
    private int begun; // buckets
    private boolean known;

    Overlap(FlatParameters parameters, Ranks ranks) {
        this(
                parameters,
                ranks,
                LEAST * Math.max(1, ranks.world() / RING)); // a sum takes as many turns as there are ranks
    }

    /** @param most values of a bucket, about */
    Overlap(FlatParameters parameters, Ranks ranks, long most) {
        this.parameters = parameters;
        this.ranks = ranks;
        long values = parameters.master().numel();
        buckets = new ArrayList<>(parameters.stretches((int) Math.max(1, values / most)));
        Collections.reverse(buckets);
        arrived = new int[buckets.size()];
        once = new boolean[parameters.slots()];
        bucketOf = new int[parameters.slots()];
        for (int bucket = 0; bucket < buckets.size(); bucket++)
            Arrays.fill(
                    bucketOf, buckets.get(bucket).from(), buckets.get(bucket).to(), bucket);
        for (Tensor[] replica : parameters.replicas()) {
            Progress progress = new Progress(bucketOf.length, buckets.size());
            replicas.add(progress);
            for (int slot = 0; slot < replica.length; slot++)
                if (replica[slot].requires_grad()) hook(replica[slot], progress, slot);
        }
    }

    private void hook(Tensor parameter, Progress progress, int slot) {
        VoidTensorHook hook = new VoidTensorHook() {
            @Override
            public void call(TensorBase gradient) {
                if (progress.armed) fired(progress, slot);
            }
        };
        hooks.add(new Hooked(parameter, parameter.register_hook(hook), hook));
    }

    /** Begins a step in which the first {@code count} replicas take part. */
    void begin(int count) {
        active = count;
        begun = 0;
        drain();
        Arrays.fill(arrived, 0);
    }

    /** The next backward pass of a replica is its last one of the step. */
    void last(int replica) {
        Progress progress = replicas.get(replica);
        Arrays.fill(progress.fired, 0);
        for (int bucket = 0; bucket < buckets.size(); bucket++) {
            FlatParameters.Stretch stretch = buckets.get(bucket);
            progress.missing[bucket] = stretch.to() - stretch.from();
        }
        progress.next = 0;
        progress.last = -1;
        progress.armed = true;
    }

    /** The gradient of a slot is there, and will be added next; that of the slot before has been. */
    private void fired(Progress progress, int slot) {
        int before = progress.last;
        progress.last = slot;
        progress.fired[slot]++;
        if (!known) return;
        if (bucketOf[slot] < progress.next)
            throw new IllegalStateException("a gradient came after its sum had begun: " + parameters.name(slot));
        if (before < 0 || !once[before]) return;
        progress.missing[bucketOf[before]]--;
        int ready = progress.next;
        while (ready < buckets.size() && progress.missing[ready] == 0) ready++;
        arrive(progress, ready);
    }

    /** The backward pass of a replica has ended. */
    void done(int replica) {
        Progress progress = replicas.get(replica);
        progress.armed = false;
        arrive(progress, buckets.size());
    }

    /** The buckets before {@code end} are ready of a replica; those that are of all begin. */
    private void arrive(Progress progress, int end) {
        if (end == progress.next) return;
        synchronized (this) {
            while (progress.next < end) arrived[progress.next++]++;
            Scope.read(() -> {
                for (; begun < buckets.size() && arrived[begun] == active; begun++) {
                    FlatParameters.Stretch bucket = buckets.get(begun);
                    for (int slot = bucket.from(); slot < bucket.to(); slot++) parameters.collect(slot);
                    pending.add(ranks.summing(bucket.of(parameters.gradient())));
                }
                return null;
            });
        }
    }

    /** Waits until the gradients of all ranks are summed. */
    void await() {
        drain();
        if (known) return;
        Arrays.fill(once, true);
        for (Progress progress : replicas.subList(0, active))
            for (int slot = 0; slot < once.length; slot++) once[slot] &= progress.fired[slot] == 1;
        known = true;
    }

    /** Waits for all sums, also those that a step that failed left behind. */
    private void drain() {
        try {
            Pending.await(pending);
        } finally {
            pending.clear();
        }
    }

    @Override
    public void close() {
        try {
            drain();
        } finally {
            for (Hooked hooked : hooks) {
                hooked.parameter().remove_hook(hooked.position());
                hooked.hook().close();
            }
        }
    }
}
