package dev.calotype.app.console;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Ctrl-C that asks work to come to an end and waits for it, before the process ends. */
final class Interrupt implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "calotype-interrupt");
    private final Runnable saved;
    private volatile boolean asked;

    /** @param saved runs when the work has ended after Ctrl-C */
    Interrupt(Runnable saved) {
        this.saved = saved;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void interrupted() {
        asked = true;
        try {
            if (finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) saved.run();
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
        if (!asked) Runtime.getRuntime().removeShutdownHook(hook);
    }
}
