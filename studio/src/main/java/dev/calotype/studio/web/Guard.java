package dev.calotype.studio.web;

import dev.calotype.studio.job.Refusal;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Looks at every request before anything else does: whether it means this server (names that were rebound to its address do not), whether
 * a page of another server sends it, and whether it has the key, where one is wanted. Pages themselves want no key, since they hold
 * nothing.
 */
final class Guard {
    private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-f:.]+]");
    private static final Pattern HOST = Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9._-]+)(:\\d{1,5})?");
    private static final String COOKIE = "calotype-session";
    private static final int SESSION_BYTES = 24;

    private final String bound;
    private final Set<String> names;
    private final Optional<String> key;
    private final String session;

    /**
     * @param bound the host that it listens at
     * @param names of this server besides
     */
    Guard(String bound, Set<String> names, Optional<String> key) {
        this.bound = bound.toLowerCase(Locale.ROOT);
        this.names = names;
        this.key = key;
        byte[] random = new byte[SESSION_BYTES];
        new SecureRandom().nextBytes(random);
        this.session = HexFormat.of().formatHex(random);
    }

    void look(Context context) {
        headers(context);
        String host = String.valueOf(context.header("Host")).toLowerCase(Locale.ROOT);
        if (!isOurs(host)) throw new Refusal(421, "wrong_host", "this server has another name than the request says");
        if (isChange(context)) requireOwnOrigin(context, host);
        if (needsKey(context.path()) && !hasKey(context))
            throw new Refusal(
                    401, "invalid_api_key", "the key of this studio must be given: Authorization: Bearer KEY");
    }

    private static void headers(Context context) {
        context.header(
                        "Content-Security-Policy",
                        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cross-Origin-Resource-Policy", "same-origin")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("X-Frame-Options", "DENY")
                .header("Cache-Control", "no-cache");
    }

    private boolean isOurs(String host) {
        if (!HOST.matcher(host).matches()) return false;
        String name = host.replaceAll(":\\d{1,5}$", "");
        if (LOCAL.contains(name) || names.contains(name) || name.equals(bound)) return true;
        return !isLoopback(bound) && ADDRESS.matcher(name).matches();
    }

    static boolean isLoopback(String bound) {
        return LOCAL.contains(bound) || bound.equals("::1") || bound.startsWith("127.");
    }

    private static boolean isChange(Context context) {
        String method = context.req().getMethod();
        return !method.equals("GET") && !method.equals("HEAD");
    }

    private static void requireOwnOrigin(Context context, String host) {
        String origin = context.header("Origin"), site = context.header("Sec-Fetch-Site");
        boolean other = origin != null
                && !origin.toLowerCase(Locale.ROOT).equals("http://" + host)
                && !origin.toLowerCase(Locale.ROOT).equals("https://" + host);
        boolean crossing = site != null && !site.equals("same-origin") && !site.equals("none");
        if (other || crossing)
            throw new Refusal(403, "wrong_origin", "pages of other servers may not change anything here");
    }

    private boolean needsKey(String path) {
        boolean api = path.matches("/(api|v1|metrics)(/.*)?"); // slashes at the end are no other address
        return key.isPresent() && api && !path.equals("/api/session");
    }

    private boolean hasKey(Context context) {
        String given = context.header("Authorization"), cookie = context.cookie(COOKIE);
        if (given != null && given.startsWith("Bearer ") && same(given.substring("Bearer ".length()), key.get()))
            return true;
        return cookie != null && same(cookie, session);
    }

    /** Lets a browser in that has sent the key. */
    void admit(Context context, String given) {
        if (key.isEmpty() || !same(given, key.get())) throw new Refusal(401, "invalid_api_key", "this is not the key");
        context.res().addHeader("Set-Cookie", COOKIE + "=" + session + "; HttpOnly; SameSite=Strict; Path=/");
    }

    private static boolean same(String a, String b) {
        return MessageDigest.isEqual(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }
}
