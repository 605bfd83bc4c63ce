package dev.calotype.collective;

import dev.calotype.settings.Check;
import java.time.Duration;
import java.util.Locale;

/**
 * Where and how processes find each other.
 *
 * @param host of rank 0, as the others reach it
 * @param port of rank 0, 1..65535
 * @param rank 0..world - 1
 * @param world how many there are, 1..4096
 * @param own the name or address by which the others reach this one
 * @param build what all must have in common, such as the version of the program and the hash of the recipe
 * @param patience how long one waits for the others, at each meeting
 */
public record Meeting(String host, int port, int rank, int world, String own, String build, Duration patience) {
    public Meeting {
        Check.range("port", port, 1, 65_535);
        Check.range("world", world, 1, 4096);
        Check.that(rank >= 0 && rank < world, "rank must be in 0.." + (world - 1), rank);
        Check.that(!host.isBlank(), "the store must be HOST:PORT", host);
        Check.that(!patience.isNegative() && !patience.isZero(), "patience must be above 0", patience);
    }

    /**
     * Reads the place of rank 0.
     *
     * @param store {@code HOST:PORT}, an address of IPv6 in brackets
     */
    public static Meeting at(String store, int rank, int world, String own, String build, Duration patience) {
        int colon = store.lastIndexOf(':');
        String port = store.substring(colon + 1);
        Check.that(colon > 0 && port.matches("[1-9]\\d{0,4}"), "the store must be HOST:PORT", store);
        String host = store.substring(0, colon).replaceAll("^\\[|]$", "");
        return new Meeting(host, Integer.parseInt(port), rank, world, own, build, patience);
    }

    /** For people. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "rank %d of %d at %s:%d", rank, world, host, port);
    }
}
