package dev.calotype.app.console;

import java.io.IOException;

/** The process that started this one and holds its standard input open: its end, however it comes, closes it. */
public final class ParentProcess {
    private ParentProcess() {}

    /** Runs {@code then} when the parent has ended, by a thread of its own. */
    public static void atItsEnd(Runnable then) {
        Thread thread = new Thread(
                () -> {
                    awaitEndOfInput();
                    then.run();
                },
                "calotype-parent");
        thread.setDaemon(true);
        thread.start();
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) continue;
        } catch (IOException e) {
            // a broken pipe is the end as well
        }
    }
}
