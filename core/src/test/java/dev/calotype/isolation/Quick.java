package dev.calotype.isolation;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** Work of tests that is soon over, in some way. */
record Quick(What what) implements Isolated<String> {
    enum What {
        TELLS_ITS_PROCESS,
        TELLS_ITS_ENVIRONMENT,
        FAILS_AT_LENGTH,
        FILLS_THE_HEAP,
        ENDS_ITS_PROCESS,
        ANSWERS_NONSENSE
    }

    Quick(DataInputStream from) throws IOException {
        this(What.valueOf(from.readUTF()));
    }

    static String own() {
        return String.valueOf(ProcessHandle.current().pid());
    }

    @Override
    public void write(DataOutputStream to) throws IOException {
        to.writeUTF(what.name());
    }

    @Override
    public String doer() {
        return "the test";
    }

    @Override
    public Duration limit() {
        return Isolated.limit(0);
    }

    @Override
    public String work() throws IOException {
        switch (what) {
            case TELLS_ITS_ENVIRONMENT:
                return String.join(" ", System.getenv().keySet()).toUpperCase(Locale.ROOT);
            case FAILS_AT_LENGTH:
                throw new IOException("no".repeat(100_000));
            case FILLS_THE_HEAP:
                return String.valueOf(new long[Integer.MAX_VALUE - 8].length);
            case ENDS_ITS_PROCESS:
                Runtime.getRuntime().halt(5);
                return "";
            default:
                return own();
        }
    }

    @Override
    public void tell(String answer, DataOutputStream to) throws IOException {
        to.writeUTF(answer);
    }

    @Override
    public String told(DataInputStream from) throws IOException {
        if (what == What.ANSWERS_NONSENSE) throw new IOException("it has 2000000000 pixels");
        return from.readUTF();
    }
}
