package dev.calotype.collective;

import dev.calotype.settings.Check;
import dev.calotype.tensor.Scope;
import dev.calotype.tensor.Tensors;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.Loader;
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
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch_gloo;

/** {@link Ranks} over a network of processors, by the engine's own collectives (c10d's Gloo, as PyTorch has it for CPUs). */
public final class Gloo implements Ranks {
    /** The most processes of one training. */
    public static final int MOST = 4096;

    private static final Duration PAUSE = Duration.ofMillis(50); // between two looks
    private static final Pattern PLACE_IN_SOURCE = Pattern.compile("^\\[\\S+:\\d+] ");
    private static final int EXCHANGE = 1; // the tag of what is sent to one rank
    private static final String WORLD = "world", NEXT = "next", BUILD = "build/", AT = "at/";

    private final Duration patience;
    private final Scope.Owned<Group> group;

    private record Group(int rank, int world, Place place, TCPStore store, ProcessGroupGloo processes) {}

    private Gloo(String where, Duration patience, Supplier<Group> meeting) {
        this.patience = patience;
        Loader.load(torch_gloo.class);
        group = Scope.own(() -> {
            try {
                return meeting.get();
            } catch (IllegalArgumentException e) {
                throw e;
            } catch (RuntimeException e) {
                String limit = patience.toMillis() / 1000.0 + " s";
                throw new LostRanksException(
                        "the processes that meet at " + where + " were not all there within " + limit + ": " + first(e),
                        e);
            }
        });
    }

    /**
     * Becomes rank 0 and waits for the others.
     *
     * @param world how many all of them are, 1..4096
     * @param build what all must have in common, such as the version of the program
     * @param patience how long it waits for the others, now and at every meeting
     * @throws LostRanksException if they do not come in time
     * @throws IllegalArgumentException if one of them is of another build
     */
    public static Ranks lead(Place place, int world, String build, Duration patience) {
        Check.range("world", world, 1, MOST);
        return new Gloo(place.toString(), patience, () -> {
            TCPStore store = store(place.host(), place.port(), true, patience);
            store.set(WORLD, bytes(String.valueOf(world)));
            return group(place, store, 0, world, build, patience);
        });
    }

    /**
     * {@link #lead(Place, int, String, Duration)} at a port that is free.
     *
     * @param host by which the others reach this process
     * @param listening is told where, before the others are waited for
     */
    public static Ranks lead(String host, int world, String build, Duration patience, Consumer<Place> listening) {
        Check.range("world", world, 1, MOST);
        return new Gloo(host, patience, () -> {
            TCPStore store = store(host, 0, true, patience);
            store.set(WORLD, bytes(String.valueOf(world)));
            Place place = new Place(host, Short.toUnsignedInt(store.getPort()), Optional.of(host));
            listening.accept(place);
            return group(place, store, 0, world, build, patience);
        });
    }

    /**
     * Becomes the next rank of those that rank 0 waits for.
     *
     * @throws LostRanksException if rank 0 or another one does not come in time
     * @throws IllegalArgumentException if one of them is of another build, or all are there already
     */
    public static Ranks join(Place place, String build, Duration patience) {
        return new Gloo(place.toString(), patience, () -> {
            reach(place, patience);
            TCPStore store = store(place.host(), place.port(), false, patience);
            await(store, patience, WORLD);
            int world = Integer.parseInt(text(store.get(WORLD)));
            long rank = store.add(NEXT, 1);
            Check.that(rank < world, "all " + world + " ranks that meet at " + place + " were there, besides", rank);
            return group(place, store, (int) rank, world, build, patience);
        });
    }

    private static TCPStore store(String host, int port, boolean server, Duration patience) {
        TCPStoreOptions options = new TCPStoreOptions();
        options.port((short) port).isServer(server).waitWorkers(false).timeout(milliseconds(patience));
        return new TCPStore(host, options);
    }

    private static Group group(Place place, TCPStore store, int rank, int world, String build, Duration patience) {
        store.set(AT + rank, bytes(place.reached())); // before its build, after which all are there
        compare(store, rank, world, build, patience);
        ProcessGroupGloo.Options how = ProcessGroupGloo.Options.create();
        GlooDeviceVector devices = new GlooDeviceVector();
        devices.push_back(ProcessGroupGloo.createDeviceForHostname(place.reached()));
        how.devices(devices);
        how.threads(1);
        how.timeout(milliseconds(patience));
        return new Group(rank, world, place, store, new ProcessGroupGloo(store, rank, world, how));
    }

    /** Every rank lays down what it is built of, and all look at all: so that none is left waiting for one that was refused. */
    private static void compare(TCPStore store, int rank, int world, String build, Duration patience) {
        store.set(BUILD + rank, bytes(build));
        for (int other = 0; other < world; other++) await(store, patience, BUILD + other);
        String first = text(store.get(BUILD + 0));
        for (int other = 1; other < world; other++) {
            String theirs = text(store.get(BUILD + other));
            if (!theirs.equals(first))
                throw new IllegalArgumentException(
                        "rank " + other + " is of another build than rank 0: " + theirs + " and " + first);
        }
    }

    /** Waits until rank 0 listens: the engine itself would tell of every try at length. */
    private static void reach(Place place, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try (Socket socket = new Socket()) {
                int left = (int) Math.max(1, Math.min(PAUSE.toMillis() * 10, (end - System.nanoTime()) / 1_000_000));
                socket.connect(new InetSocketAddress(place.host(), place.port()), left);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) throw new IllegalStateException("nobody listens there", e);
                pause();
            }
        }
    }

    private static void await(TCPStore store, Duration patience, String key) {
        long end = System.nanoTime() + patience.toNanos();
        while (!store.check(new StringVector(key))) {
            if (System.nanoTime() > end)
                throw new IllegalStateException(
                        key.equals(WORLD)
                                ? "rank 0 said nothing"
                                : "rank " + key.substring(BUILD.length()) + " did not come");
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while waiting for other processes");
        }
    }

    private static Milliseconds milliseconds(Duration duration) {
        return new Milliseconds(duration.toMillis());
    }

    private static ByteVector bytes(String text) {
        return new ByteVector(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(ByteVector bytes) {
        byte[] utf8 = new byte[(int) bytes.size()];
        for (int i = 0; i < utf8.length; i++) utf8[i] = bytes.get(i);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Override
    public int rank() {
        return group.value().rank;
    }

    @Override
    public int world() {
        return group.value().world;
    }

    /** With the address at which the others reach it. */
    @Override
    public String name(int rank) {
        return "rank " + rank + " at " + text(group.value().store.get(AT + rank));
    }

    @Override
    public Pending summing(Tensor tensor) {
        return begun(() -> group.value().processes.allreduce(new TensorVector(tensor), new AllreduceOptions()));
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
    public void follow(Tensor tensor, int rank) {
        begun(() -> {
                    BroadcastOptions options = new BroadcastOptions();
                    options.rootRank(rank);
                    return group.value().processes.broadcast(new TensorVector(bytes(tensor)), options);
                })
                .await();
    }

    @Override
    public void exchange(Tensor sent, int to, Tensor received, int from) {
        ProcessGroupGloo processes = group.value().processes;
        List<Pending> under = new ArrayList<>();
        try {
            if (sent != null) under.add(begun(() -> processes.send(new TensorVector(bytes(sent)), to, EXCHANGE)));
            if (received != null)
                under.add(begun(() -> processes.recv(new TensorVector(bytes(received)), from, EXCHANGE)));
        } finally {
            Pending.await(under);
        }
    }

    /** Its memory, of whatever type it is: Gloo does not know all of them. */
    private static Tensor bytes(Tensor tensor) {
        return tensor.view(-1).view(torch.ScalarType.Byte);
    }

    @Override
    public double[] follow(double... values) {
        return Scope.read(() -> {
            Tensor told = Tensors.ofDoubles(values, values.length);
            follow(told);
            return Tensors.doubles(told);
        });
    }

    private Pending begun(Supplier<Work> beginning) {
        Scope.Owned<Work> work = Scope.own(() -> guarded(beginning));
        return () -> {
            try (work) {
                guarded(() -> work.value()._wait(milliseconds(patience)));
            }
        };
    }

    private <T> T guarded(Supplier<T> body) {
        try {
            return body.get();
        } catch (RuntimeException e) {
            throw new LostRanksException(
                    "rank " + rank() + " of " + world() + " at " + group.value().place + " lost another one: "
                            + first(e),
                    e);
        }
    }

    private static String first(RuntimeException cause) {
        String said = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
        return PLACE_IN_SOURCE.matcher(said).replaceFirst("");
    }

    @Override
    public void close() {
        group.close();
    }
}
