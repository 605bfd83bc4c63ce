package dev.calotype.collective;

import dev.calotype.settings.Check;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where processes meet.
 *
 * @param host of rank 0, as the others reach it
 * @param port of rank 0, 1..65535
 * @param own the name or address by which the others reach this process; empty for the address from which it reaches {@code host}
 */
public record Place(String host, int port, Optional<String> own) {
    public Place {
        Check.range("port", port, 1, 65_535);
        Check.that(!host.isBlank(), "the store must be HOST:PORT", host);
    }

    /** Reads {@code HOST:PORT}; an address of IPv6 stands in brackets. */
    public static Place of(String store, Optional<String> own) {
        int colon = store.lastIndexOf(':');
        String port = store.substring(colon + 1);
        Check.that(
                colon > 0 && port.matches("[1-9]\\d{0,4}"),
                "the store must be HOST:PORT with a port in 1..65535",
                store);
        return new Place(store.substring(0, colon).replaceAll("^\\[|]$", ""), Integer.parseInt(port), own);
    }

    /** {@link #own}, or the address of the network interface that leads to rank 0; nothing is sent. */
    String reached() {
        if (own.isPresent()) return own.get();
        InetSocketAddress there = new InetSocketAddress(host, port);
        if (there.isUnresolved())
            throw new IllegalArgumentException("the store must be HOST:PORT of a host that is known here: " + host);
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(there);
            return socket.getLocalAddress().getHostAddress();
        } catch (IOException e) {
            throw new UncheckedIOException("no way leads to " + this, e);
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
