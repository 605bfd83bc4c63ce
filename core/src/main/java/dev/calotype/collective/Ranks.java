package dev.calotype.collective;

import dev.calotype.tensor.Scope;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** The processes of one training as one of them sees them. Of one thread at a time. */
public interface Ranks extends AutoCloseable {
    /** One process that works alone. */
    Ranks ALONE = new Alone();

    /** Which of them this is, 0 to {@link #world} - 1; 0 writes. */
    int rank();

    /** How many they are. */
    int world();

    /** What people call one of them. */
    default String name(int rank) {
        return "rank " + rank;
    }

    /** Whether it is one of several. */
    default boolean several() {
        return world() > 1;
    }

    /** Whether it is the one that writes files and tells people. */
    default boolean first() {
        return rank() == 0;
    }

    /**
     * Puts the sum over all ranks in place of a tensor, with the same bits everywhere.
     *
     * @param tensor contiguous, fp32 or fp64, of one shape everywhere
     * @throws LostRanksException if another one does not take part
     */
    default void sum(Tensor tensor) {
        summing(tensor).await();
    }

    /** What was begun and goes on by itself. */
    interface Pending {
        /**
         * Waits for its end, once.
         *
         * @throws LostRanksException if another rank does not take part
         */
        void await();

        /**
         * Waits for all of them, also where one fails: none is left behind.
         *
         * @throws LostRanksException if another rank does not take part
         */
        static void await(Iterable<Pending> all) {
            RuntimeException first = null;
            for (Pending each : all)
                try {
                    each.await();
                } catch (RuntimeException e) {
                    if (first == null) first = e;
                    else first.addSuppressed(e);
                }
            if (first != null) throw first;
        }
    }

    /**
     * Begins a {@link #sum}: the tensor must be left alone until its end. Several may be under way; all ranks begin them in the same order.
     */
    Pending summing(Tensor tensor);

    /**
     * The sums over all ranks.
     *
     * @throws LostRanksException if another one does not take part
     */
    double[] sum(double... values);

    /**
     * What rank 0 says in place of a tensor.
     *
     * @throws LostRanksException if another one does not take part
     */
    default void follow(Tensor tensor) {
        follow(tensor, 0);
    }

    /**
     * What a rank says in place of a contiguous tensor.
     *
     * @throws LostRanksException if another one does not take part
     */
    void follow(Tensor tensor, int rank);

    /**
     * What rank 0 says in place of tensors, contiguous or not.
     *
     * @throws LostRanksException if another one does not take part
     */
    default void followAll(Iterable<Tensor> tensors) {
        Scope.read(() -> {
            for (Tensor tensor : tensors) {
                Tensor whole = tensor.contiguous().clone();
                follow(whole);
                tensor.copy_(whole);
            }
            return null;
        });
    }

    /**
     * Gives one rank a tensor and takes one from another, at the same time.
     *
     * @param sent contiguous, as {@code received}; null to give nothing
     * @param received null to take nothing
     * @throws LostRanksException if another one does not take part
     */
    void exchange(Tensor sent, int to, Tensor received, int from);

    /**
     * Puts the sum over all ranks in place of the part of each rank (reduce-scatter); the others are left as they are.
     *
     * @param parts of a tensor that all ranks have, one for each rank; may be empty
     * @throws LostRanksException if another one does not take part
     */
    default void scatterSum(List<Tensor> parts) {
        Scope.read(() -> {
            Tensor own = parts.get(rank());
            for (int round = 1; round < world(); round++) {
                int to = (rank() + round) % world(), from = (rank() + world() - round) % world();
                Tensor given = parts.get(to).numel() > 0 ? parts.get(to) : null;
                Tensor taken = own.numel() > 0 ? torch.empty_like(own) : null;
                exchange(given, to, taken, from);
                if (taken != null) own.add_(taken);
            }
            return null;
        });
    }

    /**
     * Gives all ranks the part of each (all-gather).
     *
     * @param parts one for each rank; may be empty
     * @throws LostRanksException if another one does not take part
     */
    default void gather(List<Tensor> parts) {
        for (int rank = 0; rank < world(); rank++) if (parts.get(rank).numel() > 0) follow(parts.get(rank), rank);
    }

    /**
     * What rank 0 says.
     *
     * @throws LostRanksException if another one does not take part
     */
    double[] follow(double... values);

    /**
     * What rank 0 says.
     *
     * @throws LostRanksException if another one does not take part
     */
    default String follow(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        double[] said = new double[(int) follow(utf8.length)[0]];
        for (int i = 0; i < Math.min(said.length, utf8.length); i++) said[i] = utf8[i];
        said = follow(said);
        byte[] told = new byte[said.length];
        for (int i = 0; i < told.length; i++) told[i] = (byte) said[i];
        return new String(told, StandardCharsets.UTF_8);
    }

    @Override
    void close();

    /** {@link #ALONE}. */
    class Alone implements Ranks {
        Alone() {}

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int world() {
            return 1;
        }

        @Override
        public Pending summing(Tensor tensor) {
            return () -> {};
        }

        @Override
        public double[] sum(double... values) {
            return values;
        }

        @Override
        public void follow(Tensor tensor, int rank) {}

        @Override
        public void exchange(Tensor sent, int to, Tensor received, int from) {}

        @Override
        public double[] follow(double... values) {
            return values;
        }

        @Override
        public void close() {}
    }
}
