package dev.calotype.app.bench;

import java.util.List;

/**
 * How a peer is started.
 *
 * @param name of the peer
 * @param command what is run, without the settings of the work
 * @param threads the numbers of threads to try; its best one races
 * @param install what to do where it is missing, one sentence
 */
record PeerCommand(String name, List<String> command, List<Integer> threads, String install) {
    PeerCommand {
        command = List.copyOf(command);
        threads = List.copyOf(threads);
        if (threads.isEmpty()) throw new IllegalArgumentException("threads to try must be at least one: " + threads);
    }
}
