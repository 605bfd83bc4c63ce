package dev.calotype.studio.web;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * Notices that who asked goes away before the answer. Jetty reads nothing of a connection while a request is answered, so it does not. A
 * client that sends its next request meanwhile is still there; that request is kept for Jetty.
 */
public final class Presence implements AutoCloseable {
    private static final int NEXT_BYTES = 4096;

    private final AbstractEndPoint end;
    private final Connection.UpgradeTo connection;
    private final Runnable gone;
    private boolean over;

    private Presence(AbstractEndPoint end, Connection.UpgradeTo connection, boolean watched, Runnable gone) {
        this.end = end;
        this.connection = connection;
        this.over = !watched;
        this.gone = gone;
    }

    /**
     * Watches a client until it is closed, which must be before the answer is given. One whose request was not read to its end is not watched,
     * and where this server closes the connection nobody went away.
     *
     * @param gone told at most once, by a thread of the web
     */
    public static Presence of(Context context, Runnable gone) throws IOException {
        Connection connection = ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection();
        boolean read = context.req().getInputStream().read() < 0;
        Presence presence = new Presence(
                (AbstractEndPoint) connection.getEndPoint(), (Connection.UpgradeTo) connection, read, gone);
        presence.look();
        return presence;
    }

    private synchronized void look() {
        if (!over) end.tryFillInterested(Callback.from(this::read, closed -> ends()));
    }

    private void read() {
        if (isAtEnd()) gone.run();
    }

    private synchronized boolean isAtEnd() {
        if (over) return false;
        ByteBuffer next = BufferUtil.allocate(NEXT_BYTES);
        try {
            int read = end.fill(next);
            if (read == 0) look();
            else over = true;
            if (read > 0) connection.onUpgradeTo(next);
            return read < 0;
        } catch (IOException e) {
            return ends();
        }
    }

    private synchronized boolean ends() {
        boolean ends = !over;
        over = true;
        return ends;
    }

    @Override
    public synchronized void close() {
        if (ends()) end.getFillInterest().onFail(new IOException("nobody watches any more"));
    }
}
