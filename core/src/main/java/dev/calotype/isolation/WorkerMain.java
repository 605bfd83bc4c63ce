package dev.calotype.isolation;

import dev.calotype.io.HeapFullException;
import dev.calotype.io.Reason;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;

/**
 * The process of a {@link Worker}. It ends when its standard input does, whatever it is at: nothing of it outlives the program that it
 * belongs to, however that ended.
 */
final class WorkerMain {
    /** What it says first. */
    static final int GREETING = 0xCA107;

    /** How answers begin; the last is the exit code too of a process whose heap was full in the middle of one. */
    static final byte DONE = 0, FAILED = 1, HEAP_FULL = 2;

    /** The longest message of a failure, in characters. */
    static final int LONGEST = 2000;

    private static final int BUFFER = 1 << 16;

    private WorkerMain() {}

    public static void main(String[] arguments) {
        // Ctrl-C in a terminal reaches all processes of a program; this one ends when the program wants it to. Other
        // signals likewise.
        Runtime.getRuntime().addShutdownHook(new Thread(WorkerMain::waitForEver));
        DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), BUFFER));
        System.setOut(System.err); // nobody else may write there
        SynchronousQueue<Isolated<?>> questions = new SynchronousQueue<>();
        Thread decoder = new Thread(() -> answer(questions, out), "calotype-isolated");
        decoder.setDaemon(true);
        decoder.start();
        try {
            ask(
                    new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in), BUFFER)),
                    questions);
        } catch (EOFException e) {
            Runtime.getRuntime().halt(0);
        } catch (Throwable e) { // whatever it is, who asked sees the end
            Runtime.getRuntime().halt(code(e));
        }
    }

    private static int code(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) if (isFull(cause)) return HEAP_FULL;
        return 1;
    }

    private static boolean isFull(Throwable e) {
        return e instanceof HeapFullException || e instanceof OutOfMemoryError full && HeapFullException.isMeant(full);
    }

    private static void waitForEver() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void ask(DataInputStream in, SynchronousQueue<Isolated<?>> questions)
            throws IOException, ReflectiveOperationException, InterruptedException {
        while (true) {
            Constructor<?> reads = Class.forName(in.readUTF()).getDeclaredConstructor(DataInputStream.class);
            reads.setAccessible(true);
            questions.put((Isolated<?>) reads.newInstance(in));
        }
    }

    private static void answer(SynchronousQueue<Isolated<?>> questions, DataOutputStream out) {
        try {
            out.writeInt(GREETING);
            out.flush();
            while (true) {
                answer(questions.take(), out);
                out.flush();
            }
        } catch (Throwable e) { // nobody listens any more, or an answer ended in its middle
            Runtime.getRuntime().halt(code(e));
        }
    }

    private static <A> void answer(Isolated<A> question, DataOutputStream out) throws IOException {
        A answer;
        try {
            answer = question.work();
        } catch (HeapFullException | OutOfMemoryError e) {
            if (!isFull(e)) throw e;
            out.writeByte(HEAP_FULL);
            return;
        } catch (IOException | RuntimeException e) {
            out.writeByte(FAILED);
            out.writeUTF(e.getClass().getSimpleName());
            String reason = Reason.of(e);
            out.writeUTF(reason.substring(0, Math.min(LONGEST, reason.length())));
            return;
        }
        out.writeByte(DONE);
        question.tell(answer, out);
    }
}
