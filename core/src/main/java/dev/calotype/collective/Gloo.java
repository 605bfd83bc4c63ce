package dev.calotype.collective;

import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.AllreduceOptions;
import org.bytedeco.pytorch.BroadcastOptions;
import org.bytedeco.pytorch.ByteVector;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.StringVector;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch_gloo;

/** {@link Ranks} over a network of processors, by the engine's own collectives (c10d's Gloo, as PyTorch has it for CPUs). */
public final class Gloo implements Ranks {
    private static final String BUILD = "build/";

    private final Meeting meeting;
    private final Scope.Owned<Group> group;

    private record Group(TCPStore store, ProcessGroupGloo processes) {}

    private Gloo(Meeting meeting) {
        this.meeting = meeting;
        group = Scope.own(() -> open(meeting));
    }

    /**
     * Waits for the others.
     *
     * @throws LostRanksException if they do not come in time
     * @throws IllegalArgumentException if one of them is of another build
     */
    public static Ranks join(Meeting meeting) {
        Loader.load(torch_gloo.class);
        return new Gloo(meeting);
    }

    private static Group open(Meeting meeting) {
        long limit = meeting.patience().toMillis();
        try {
            TCPStoreOptions options = new TCPStoreOptions();
            options.port((short) meeting.port()).isServer(meeting.rank() == 0).waitWorkers(false);
            options.timeout(new Milliseconds(limit));
            TCPStore store = new TCPStore(meeting.host(), options);
            compare(store, meeting);
            ProcessGroupGloo.Options how = ProcessGroupGloo.Options.create();
            GlooDeviceVector devices = new GlooDeviceVector();
            devices.push_back(ProcessGroupGloo.createDeviceForHostname(meeting.own()));
            how.devices(devices);
            how.threads(1);
            how.timeout(new Milliseconds(limit));
            return new Group(store, new ProcessGroupGloo(store, meeting.rank(), meeting.world(), how));
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (RuntimeException e) {
            throw lost(meeting, "did not meet the others within " + seconds(meeting.patience()), e);
        }
    }

    /** Every rank lays down what it is built of, and all look at all: so that none is left waiting for one that was refused. */
    private static void compare(TCPStore store, Meeting meeting) {
        store.set(BUILD + meeting.rank(), bytes(meeting.build()));
        StringVector all = new StringVector();
        for (int rank = 0; rank < meeting.world(); rank++) all.push_back(BUILD + rank);
        store._wait(all, new Milliseconds(meeting.patience().toMillis()));
        String first = text(store.get(BUILD + 0));
        for (int rank = 1; rank < meeting.world(); rank++) {
            String theirs = text(store.get(BUILD + rank));
            if (!theirs.equals(first))
                throw new IllegalArgumentException(
                        "rank " + rank + " is not of the build and the recipe of rank 0: " + theirs + " and " + first);
        }
    }

    private static ByteVector bytes(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return new ByteVector(utf8);
    }

    private static String text(ByteVector bytes) {
        byte[] utf8 = new byte[(int) bytes.size()];
        for (int i = 0; i < utf8.length; i++) utf8[i] = bytes.get(i);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Override
    public int rank() {
        return meeting.rank();
    }

    @Override
    public int world() {
        return meeting.world();
    }

    @Override
    public void sum(Tensor tensor) {
        await(() -> group.value().processes.allreduce(new TensorVector(tensor), new AllreduceOptions()));
    }

    @Override
    public double[] sum(double... values) {
        return Scope.read(() -> {
            Tensor together = Tensors.ofDoubles(values, values.length);
            sum(together);
            return Tensors.doubles(together);
        });
    }

    @Override
    public void follow(Tensor tensor) {
        await(() -> group.value().processes.broadcast(new TensorVector(tensor), new BroadcastOptions()));
    }

    @Override
    public double[] follow(double... values) {
        return Scope.read(() -> {
            Tensor told = Tensors.ofDoubles(values, values.length);
            follow(told);
            return Tensors.doubles(told);
        });
    }

    private void await(Supplier<Work> begun) {
        try (PointerScope scope = new PointerScope()) {
            begun.get()._wait(new Milliseconds(meeting.patience().toMillis()));
        } catch (RuntimeException e) {
            throw lost(meeting, "lost another one", e);
        }
    }

    private static LostRanksException lost(Meeting meeting, String what, RuntimeException cause) {
        String said = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return new LostRanksException(meeting + " " + what + ": " + said, cause);
    }

    private static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    @Override
    public void close() {
        group.close();
    }
}
