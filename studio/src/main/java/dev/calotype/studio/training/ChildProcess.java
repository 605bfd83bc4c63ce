package dev.calotype.studio.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A process of this program. It ends when its standard input does, which happens when this process ends, however it ends.
 */
final class ChildProcess implements AutoCloseable {
    private static final int LONGEST_LINE = 2000, LONGEST_RESULT = 1 << 20;
    private static final long TO_SAVE_SECONDS = 90;

    private final Process process;
    private final Thread reader;
    private final Thread teller;
    private volatile String last = "";
    private volatile String result = "";

    /** @param said is told each line of its standard error, by a thread of its own */
    ChildProcess(ProcessBuilder prepared, Consumer<String> said) throws IOException {
        process = prepared.start();
        teller = started(
                "calotype-child-says",
                () -> lines(process.errorReader(), LONGEST_LINE, line -> {
                    last = line;
                    said.accept(line);
                }));
        reader = started(
                "calotype-child-result", () -> lines(process.inputReader(), LONGEST_RESULT, line -> result = line));
    }

    private static Thread started(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void lines(BufferedReader from, int longest, Consumer<String> each) {
        try (from) {
            for (String line = from.readLine(); line != null; line = from.readLine())
                each.accept(line.length() <= longest ? line : line.substring(0, longest));
        } catch (IOException | UncheckedIOException e) {
            // it has ended, and so has what it says
        }
    }

    long number() {
        return process.pid();
    }

    /** Whether it has ended, after at most so many milliseconds. */
    boolean endsWithin(long milliseconds) throws InterruptedException {
        return process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
    }

    /** Asks it to save and end. */
    void askToEnd() {
        process.destroy();
    }

    /** The last line of its standard output, once it has ended. */
    String result() throws InterruptedException {
        reader.join();
        return result;
    }

    /**
     * Waits for its end.
     *
     * @throws IOException in the words of the process if it failed
     */
    void requireSuccess() throws IOException, InterruptedException {
        int exit = process.waitFor();
        teller.join();
        if (exit == 0) return;
        String words = last.replaceFirst("^calotype: ", "");
        if (exit == 137) words = "it was killed, perhaps for want of memory";
        throw new IOException(words.isBlank() ? "the process ended with exit code " + exit : words);
    }

    /** Lets it save, and ends it if it does not end by itself. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (process.waitFor(TO_SAVE_SECONDS, TimeUnit.SECONDS)) return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
