package dev.calotype.collect;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;

/** Fetches one picture as a guest: what its host forbids is not asked for, and redirects are followed with the same manners. */
final class Visit {
    private static final int MAX_REDIRECTS = 5;

    private final Fetcher fetcher;
    private final Hosts hosts;
    private final Robots robots;
    private final long maxBytes;
    private final Predicate<URI> own;

    /** @param own whether an address may be asked for from here */
    Visit(Fetcher fetcher, Hosts hosts, Robots robots, long maxBytes, Predicate<URI> own) {
        this.own = own;
        this.fetcher = fetcher;
        this.hosts = hosts;
        this.robots = robots;
        this.maxBytes = maxBytes;
    }

    /** An address was sent on to one that others ask for. */
    static final class ElsewhereException extends IOException {
        private static final long serialVersionUID = 1L;

        private final String address;
        private final int redirects;

        private ElsewhereException(URI address, int redirects) {
            super("it was sent on to " + address);
            this.address = address.toString();
            this.redirects = redirects;
        }

        String address() {
            return address;
        }

        /** How often it was sent on. */
        int redirects() {
            return redirects;
        }
    }

    /**
     * The bytes of a picture, whatever they are.
     *
     * @param redirects how often it was sent on before
     */
    byte[] fetch(URI address, int redirects) throws CollectException, ElsewhereException {
        try {
            URI at = address;
            for (int i = redirects; i <= MAX_REDIRECTS; i++) {
                if (!own.test(at)) throw new ElsewhereException(at, i);
                robots.require(at);
                URI asked = at;
                Answer answer = hosts.ask(Address.host(at), () -> fetcher.get(asked, maxBytes));
                if (!answer.isRedirect()) return checked(answer);
                at = Address.redirected(at, answer.location());
            }
            throw new CollectException(Cause.REDIRECTS, "over " + MAX_REDIRECTS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private byte[] checked(Answer answer) throws CollectException {
        int status = answer.status();
        String said = "status " + status;
        if (status == 429 || status == 503) throw new CollectException(Cause.BUSY, said, answer.waitMillis());
        if (status >= 500) throw new CollectException(Cause.SERVER, said, answer.waitMillis());
        if (status == 404 || status == 410) throw new CollectException(Cause.MISSING, said);
        if (status != 200) throw new CollectException(Cause.REFUSED, said);
        if (robots.forbids(answer.robots()))
            throw new CollectException(Cause.NO_AI, String.join(", ", answer.robots()));
        if (answer.body().length == 0) throw new CollectException(Cause.NO_PICTURE, "nothing came");
        return answer.body();
    }
}
