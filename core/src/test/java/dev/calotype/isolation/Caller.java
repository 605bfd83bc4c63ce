package dev.calotype.isolation;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;

/**
 * Work that calls a test, tells it the number of its process, and sends back what it is sent until that is {@link #ENOUGH}: a test knows
 * when it is in the middle of it.
 *
 * @param port at which the test listens
 * @param seconds that it may take
 */
record Caller(int port, int seconds) implements Isolated<Long> {
    static final int ENOUGH = 0;

    Caller(DataInputStream from) throws IOException {
        this(from.readInt(), from.readInt());
    }

    /** What the test has of one that called. */
    record Call(Socket socket, ProcessHandle process) implements AutoCloseable {
        static Call accepted(ServerSocket server) throws IOException {
            Socket socket = server.accept();
            return new Call(
                    socket,
                    ProcessHandle.of(new DataInputStream(socket.getInputStream()).readLong())
                            .orElseThrow());
        }

        void say(int word) throws IOException {
            socket.getOutputStream().write(word);
        }

        int hear() throws IOException {
            return socket.getInputStream().read();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Override
    public void write(DataOutputStream to) throws IOException {
        to.writeInt(port);
        to.writeInt(seconds);
    }

    @Override
    public String doer() {
        return "the caller";
    }

    @Override
    public Duration limit() {
        return Duration.ofSeconds(seconds);
    }

    @Override
    public Long work() throws IOException {
        long own = ProcessHandle.current().pid();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            new DataOutputStream(socket.getOutputStream()).writeLong(own);
            for (int word = socket.getInputStream().read();
                    word != ENOUGH;
                    word = socket.getInputStream().read())
                socket.getOutputStream().write(word);
        }
        return own;
    }

    @Override
    public void tell(Long answer, DataOutputStream to) throws IOException {
        to.writeLong(answer);
    }

    @Override
    public Long told(DataInputStream from) throws IOException {
        return from.readLong();
    }
}
