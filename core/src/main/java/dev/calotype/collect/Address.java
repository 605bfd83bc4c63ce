package dev.calotype.collect;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.hc.client5.http.psl.PublicSuffixMatcher;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;

/** Addresses of lists, which people and programs wrote down in many ways, as they go over the wire. */
final class Address {
    private static final int LONGEST = 4096;
    private static final PublicSuffixMatcher DOMAINS = PublicSuffixMatcherLoader.getDefault();
    private static final String KEPT = "-._~:/?#[]@!$&'()*+,;=";

    private Address() {}

    /**
     * An address with what is not allowed in one as percent signs, and its host in letters of ASCII.
     *
     * @throws CollectException if it is none of http or https, or names a user
     */
    static URI of(String text) throws CollectException {
        String trimmed = text.strip();
        if (trimmed.length() > LONGEST)
            throw new CollectException(Cause.ADDRESS, "it has over " + LONGEST + " letters");
        try {
            return checked(new URI(ascii(trimmed)));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new CollectException(Cause.ADDRESS, "it is no address");
        }
    }

    /** Where an answer sends on to. */
    static URI redirected(URI from, String location) throws CollectException {
        try {
            return checked(from.resolve(new URI(ascii(location.strip()))));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new CollectException(Cause.ADDRESS, "it is sent on to what is no address");
        }
    }

    /** The host, and the port where it is not the usual one: what politeness is owed to. */
    static String host(URI uri) {
        return uri.getHost().toLowerCase(Locale.ROOT) + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    /** The part of a host that has one owner, such as {@code example.org} of {@code www.example.org}; of others, such as numbers, {@link #host}. */
    static String domain(URI uri) {
        String name = uri.getHost().toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
        String root = isNumber(name) ? null : DOMAINS.getDomainRoot(name);
        return root == null ? host(uri) : root;
    }

    /** Whether it is an address in numbers: no name ends in what begins with a digit. */
    private static boolean isNumber(String host) {
        return host.startsWith("[") || Character.isDigit(host.charAt(host.lastIndexOf('.') + 1));
    }

    private static URI checked(URI uri) throws CollectException {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https"))
            throw new CollectException(Cause.ADDRESS, "it is none of http or https");
        if (uri.getHost() == null) throw new CollectException(Cause.ADDRESS, "it names no host");
        if (uri.getRawUserInfo() != null) throw new CollectException(Cause.ADDRESS, "it names a user");
        return uri;
    }

    private static String ascii(String text) {
        int scheme = text.indexOf("://");
        int from = scheme < 0 ? 0 : scheme + 3, to = from;
        while (scheme >= 0 && to < text.length() && "/?#".indexOf(text.charAt(to)) < 0) to++;
        String authority = text.substring(from, to);
        boolean foreign = authority.chars().anyMatch(c -> c > 127);
        String host = foreign ? IDN.toASCII(authority) : authority;
        StringBuilder ascii = new StringBuilder(text.substring(0, from)).append(host);
        byte[] rest = text.substring(to).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < rest.length; i++) {
            char c = (char) (rest[i] & 0xFF);
            boolean escape = i + 2 < rest.length
                    && Character.digit(rest[i + 1], 16) >= 0
                    && Character.digit(rest[i + 2], 16) >= 0;
            boolean plain = c == '%' ? escape : c < 128 && (Character.isLetterOrDigit(c) || KEPT.indexOf(c) >= 0);
            if (plain) ascii.append(c);
            else ascii.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
        }
        return ascii.toString();
    }
}
