package dev.calotype.collect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.Timeout;

/**
 * Makes one request at a time for a thread, within limits of time, bytes and addresses. It follows no redirect, keeps no cookie, asks for
 * nothing compressed and unpacks nothing.
 */
final class Fetcher implements AutoCloseable {
    private static final int LONGEST_LINE = 1 << 14, MOST_HEADERS = 200;
    private static final int CHUNK = 1 << 14, MOST_DRAINED = 1 << 16;

    private final CollectSettings settings;
    private final CloseableHttpClient client;
    private final ScheduledExecutorService deadlines;

    Fetcher(CollectSettings settings) {
        this.settings = settings;
        Timeout patience = Timeout.ofSeconds(Math.min(settings.seconds(), 20));
        Http1Config http = Http1Config.custom()
                .setMaxLineLength(LONGEST_LINE)
                .setMaxHeaderCount(MOST_HEADERS)
                .build();
        client = HttpClients.custom()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDnsResolver(new PublicAddresses(settings.allowedHosts()))
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder()
                                .http1Config(http)
                                .build())
                        .setMaxConnTotal(settings.connections())
                        .setMaxConnPerRoute(settings.perHost())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(patience)
                                .setSocketTimeout(patience)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(Timeout.ofSeconds(settings.seconds()))
                        .setResponseTimeout(patience)
                        .build())
                .setUserAgent(settings.agent())
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
        deadlines = Executors.newSingleThreadScheduledExecutor(run -> {
            Thread thread = new Thread(run, "deadlines of requests");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Asks for a file.
     *
     * @throws CollectException if there is no answer, or one that is over a limit
     */
    Answer get(URI uri, long maxBytes) throws CollectException {
        HttpGet request = new HttpGet(uri);
        AtomicBoolean late = new AtomicBoolean(), begun = new AtomicBoolean();
        Runnable end = () -> {
            late.set(true);
            request.abort();
        };
        ScheduledFuture<?> deadline = deadlines.schedule(end, settings.seconds(), TimeUnit.SECONDS);
        AtomicReference<Answer> answer = new AtomicReference<>();
        try {
            return client.execute(request, response -> {
                begun.set(true);
                try {
                    answer.set(answer(response, maxBytes));
                    if (!isDrained(response)) request.abort(); // or its rest would be read, however long it is
                    return answer.get();
                } catch (CollectException e) {
                    request.abort();
                    throw e;
                }
            });
        } catch (CollectException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (answer.get() != null) return answer.get();
            throw failure(e, late.get(), begun.get());
        } finally {
            deadline.cancel(false);
        }
    }

    private Answer answer(ClassicHttpResponse response, long maxBytes) throws IOException {
        int status = response.getCode();
        List<String> robots = Arrays.stream(response.getHeaders("X-Robots-Tag"))
                .map(Header::getValue)
                .toList();
        String location = value(response, HttpHeaders.LOCATION);
        byte[] body = status == 200 ? body(response, maxBytes) : new byte[0];
        return new Answer(status, robots, location, waitMillis(value(response, HttpHeaders.RETRY_AFTER)), body);
    }

    private static String value(ClassicHttpResponse response, String header) {
        Header found = response.getFirstHeader(header);
        return found == null || found.getValue() == null ? "" : found.getValue().strip();
    }

    /** Seconds, or a date (RFC 9110, section 10.2.3). */
    private static long waitMillis(String text) {
        if (text.matches("\\d{1,9}")) return 1000L * Integer.parseInt(text);
        Instant date = text.isEmpty() ? null : DateUtils.parseStandardDate(text);
        return date == null
                ? 0
                : Math.max(0, Duration.between(Instant.now(), date).toMillis());
    }

    /** Whether nothing, or little that is now read, is left of a body. */
    private static boolean isDrained(ClassicHttpResponse response) throws IOException {
        if (response.getEntity() == null) return true;
        InputStream in = response.getEntity().getContent();
        byte[] chunk = new byte[CHUNK];
        for (int rest = MOST_DRAINED; rest > 0; ) {
            int count = in.read(chunk, 0, Math.min(chunk.length, rest));
            if (count < 0) return true;
            rest -= count;
        }
        return false;
    }

    private byte[] body(ClassicHttpResponse response, long maxBytes) throws IOException {
        String encoding = value(response, HttpHeaders.CONTENT_ENCODING);
        if (!encoding.isEmpty() && !encoding.equalsIgnoreCase("identity"))
            throw new CollectException(Cause.ENCODED, encoding);
        if (response.getEntity() == null) return new byte[0];
        long promised = response.getEntity().getContentLength();
        if (promised > maxBytes) throw new CollectException(Cause.BYTES, promised + " bytes are promised");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) Math.max(CHUNK, promised));
        byte[] chunk = new byte[CHUNK];
        InputStream in = response.getEntity().getContent();
        for (int count; (count = in.read(chunk)) >= 0; ) {
            bytes.write(chunk, 0, count);
            if (bytes.size() > maxBytes) throw new CollectException(Cause.BYTES, "over " + maxBytes + " bytes");
        }
        return bytes.toByteArray();
    }

    /** @param begun whether an answer had begun */
    private CollectException failure(Exception e, boolean late, boolean begun) {
        boolean over = late;
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof PublicAddresses.PrivateAddressException)
                return new CollectException(Cause.PRIVATE, t.getMessage());
            if (t instanceof UnknownHostException) return new CollectException(Cause.HOST, "");
            if (t instanceof SSLException) return new CollectException(Cause.CERTIFICATE, line(t));
            over |= t instanceof SocketTimeoutException;
        }
        if (over) return new CollectException(begun ? Cause.TIME : Cause.SILENT, "over " + settings.seconds() + " s");
        return new CollectException(Cause.CONNECTION, line(e));
    }

    private static String line(Throwable e) {
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String line = text.replaceAll("\\s+", " ");
        return line.substring(0, Math.min(200, line.length()));
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        client.close();
    }
}
