package dev.calotype.app.console;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C that asks work to come to an end, and waits until it has and its result is printed, before the process ends. */
public final class Interrupt implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final CountDownLatch PRINTED = new CountDownLatch(1);

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "calotype-interrupt");
    private final Runnable saved;
    private volatile boolean asked;

    /** @param saved runs when the work has ended after Ctrl-C */
    Interrupt(Runnable saved) {
        this.saved = saved;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Says that all is printed that this process has to say. */
    public static void release() {
        PRINTED.countDown();
    }

    private void interrupted() {
        asked = true;
        try {
            if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) return;
            saved.run();
            PRINTED.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the work is to end. */
    boolean asked() {
        return asked;
    }

    @Override
    public void close() {
        finished.countDown();
        try {
            if (!asked) Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) { // asked just now: the hook waits for what is printed
        }
    }
}
