package dev.calotype.app.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Where peers come from.
 *
 * @param python the interpreter; empty for that of {@code bench/peers/.venv}, or else {@code python3}
 */
record Peers(String python) {
    /** The peer that is the engine itself, as the binding has it. */
    static final String STOCK = "stock-bf16";

    private static final String SCRIPT = "bench/peers/peer.py";

    /** The checkout that this program runs from, or else the current folder. */
    static Path home() {
        return Path.of(System.getProperty("calotype.home", "")).toAbsolutePath();
    }

    PeerCommand command(WorkName work, String name) {
        List<Integer> threads = IntStream.of(Runtime.getRuntime().availableProcessors(), 1)
                .distinct()
                .boxed()
                .toList();
        String workName = work.name().toLowerCase(Locale.ROOT);
        if (name.equals(STOCK))
            return new PeerCommand(name, stock(workName), threads, "start Calotype with a whole JDK");
        Path script = home().resolve(SCRIPT);
        String install = "install it by the README of " + home().relativize(script.getParent());
        List<String> command = Files.isRegularFile(script)
                ? List.of(interpreter(), script.toString(), workName)
                : List.of(script.toString());
        boolean one = work == WorkName.DECODE || work == WorkName.CHECKPOINT || work == WorkName.START;
        return new PeerCommand(name, command, one ? List.of(1) : threads, install);
    }

    private String interpreter() {
        if (!python.isEmpty()) return python;
        Path own = home().resolve("bench/peers/.venv/bin/python");
        return Files.isExecutable(own) ? own.toString() : "python3";
    }

    private static List<String> stock(String work) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx2g", "-Dorg.bytedeco.javacpp.maxBytes=0"));
        command.addAll(List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.addAll(List.of(StockPeer.class.getName(), work));
        return command;
    }
}
