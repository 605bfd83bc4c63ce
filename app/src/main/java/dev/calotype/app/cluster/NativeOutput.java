package dev.calotype.app.cluster;

import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.util.function.Supplier;

/** Standard output is for results: what native code prints there goes to standard error, as all else that is said. */
final class NativeOutput {
    private static final int OUT = 1, ERR = 2;

    private static int depth;
    private static int kept; // a copy of standard output while it is turned away

    private NativeOutput() {}

    /** Does something that prints; several threads may at once. On Windows what it prints stays where it is. */
    static <T> T aside(Supplier<T> body) {
        if (Platform.isWindows() || !enter()) return body.get();
        try {
            return body.get();
        } finally {
            leave();
        }
    }

    /** Whether it was turned away: not where the system's library cannot be called. */
    private static synchronized boolean enter() {
        if (depth == 0) {
            System.out.flush();
            try {
                kept = call("dup", OUT);
            } catch (LinkageError e) {
                return false;
            }
            if (kept < 0) return false;
            call("dup2", ERR, OUT);
        }
        depth++;
        return true;
    }

    private static synchronized void leave() {
        if (--depth > 0) return;
        call("fflush", Pointer.NULL); // of all streams, before they lead elsewhere again
        call("dup2", kept, OUT);
        call("close", kept);
    }

    private static int call(String name, Object... arguments) {
        return NativeLibrary.getProcess().getFunction(name).invokeInt(arguments);
    }
}
