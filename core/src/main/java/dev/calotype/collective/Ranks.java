package dev.calotype.collective;

import java.nio.charset.StandardCharsets;
import org.bytedeco.pytorch.Tensor;

/** The processes of one training as one of them sees them. Of one thread at a time. */
public interface Ranks extends AutoCloseable {
    /** One process that works alone. */
    Ranks ALONE = new Alone();

    /** Which of them this is, 0 to {@link #world} - 1; 0 writes. */
    int rank();

    /** How many they are. */
    int world();

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
    void sum(Tensor tensor);

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
    void follow(Tensor tensor);

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
    final class Alone implements Ranks {
        private Alone() {}

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int world() {
            return 1;
        }

        @Override
        public void sum(Tensor tensor) {}

        @Override
        public double[] sum(double... values) {
            return values;
        }

        @Override
        public void follow(Tensor tensor) {}

        @Override
        public double[] follow(double... values) {
            return values;
        }

        @Override
        public void close() {}
    }
}
