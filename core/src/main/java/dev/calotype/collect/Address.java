package dev.calotype.collect;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.psl.PublicSuffixMatcher;
import org.apache.hc.client5.http.psl.PublicSuffixMatcherLoader;
import org.apache.hc.client5.http.utils.URIUtils;

/** Addresses of lists, which people and programs wrote down in many ways, as they go over the wire. */
final class Address {
    private static final int LONGEST = 4096, LAST_PORT = 65535;
    private static final PublicSuffixMatcher DOMAINS = PublicSuffixMatcherLoader.getDefault();
    private static final String KEPT = "-._~:/?#[]@!$&'()*+,;=";
    private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9._-]+)(?::(\\d{0,5}))?");

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
            return checked(URIUtils.resolve(from, new URI(ascii(location.strip()))));
        } catch (URISyntaxException | IllegalArgumentException e) {
            throw new CollectException(Cause.ADDRESS, "it is sent on to what is no address");
        }
    }

    /** The host, and the port where it is not the usual one: what politeness is owed to. */
    static String host(URI uri) {
        int port = port(uri);
        boolean usual = port < 0 || port == ("https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80);
        return name(uri).toLowerCase(Locale.ROOT) + (usual ? "" : ":" + port);
    }

    /** The name of the host, which may have an underscore, as Java has it not; null if there is none. */
    private static String name(URI uri) {
        Matcher named = named(uri);
        return uri.getHost() != null ? uri.getHost() : named.matches() ? named.group(1) : null;
    }

    private static int port(URI uri) {
        Matcher named = named(uri);
        boolean said = uri.getHost() == null
                && named.matches()
                && named.group(2) != null
                && !named.group(2).isEmpty();
        return said ? Integer.parseInt(named.group(2)) : uri.getPort();
    }

    private static Matcher named(URI uri) {
        return NAMED.matcher(uri.getRawAuthority() == null ? "" : uri.getRawAuthority());
    }

    /** The part of a host that has one owner, such as {@code example.org} of {@code www.example.org}; of others, such as numbers, {@link #host}. */
    static String domain(URI uri) {
        String name = name(uri).toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
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
        if (name(uri) == null) throw new CollectException(Cause.ADDRESS, "it names no host");
        if (port(uri) > LAST_PORT) throw new CollectException(Cause.ADDRESS, "there is no such port");
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
        boolean path = true; // in which Java takes no brackets
        for (int i = 0; i < rest.length; i++) {
            char c = (char) (rest[i] & 0xFF);
            boolean escape = i + 2 < rest.length
                    && Character.digit(rest[i + 1], 16) >= 0
                    && Character.digit(rest[i + 2], 16) >= 0;
            path &= c != '?' && c != '#';
            boolean plain = c == '%' ? escape : c < 128 && (Character.isLetterOrDigit(c) || KEPT.indexOf(c) >= 0);
            plain &= !path || c != '[' && c != ']';
            if (plain) ascii.append(c);
            else ascii.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
        }
        return ascii.toString();
    }
}
