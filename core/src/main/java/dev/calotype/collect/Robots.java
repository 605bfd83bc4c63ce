package dev.calotype.collect;

import crawlercommons.robots.BaseRobotRules;
import crawlercommons.robots.SimpleRobotRulesParser;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * What hosts allow: robots.txt (RFC 9309), asked for once for each host, and the header X-Robots-Tag. A host without the file allows everything; where it
 * cannot be had for now, nothing is fetched.
 */
final class Robots {
    private static final int MAX_BYTES = 1 << 19, MAX_REDIRECTS = 5;
    private static final long LONGEST_DELAY = 60_000;
    private static final Set<String> FORBIDDING = Set.of("noai", "noimageai", "noindex", "noimageindex", "none");

    private final Fetcher fetcher;
    private final Hosts hosts;
    private final String name;
    private final Map<String, FutureTask<BaseRobotRules>> known = new ConcurrentHashMap<>();

    /** @param agent of which the first word, up to a slash, is what robots.txt calls us */
    Robots(Fetcher fetcher, Hosts hosts, String agent) {
        this.fetcher = fetcher;
        this.hosts = hosts;
        name = name(agent);
    }

    static String name(String agent) {
        return agent.split("[/ ]", 2)[0].toLowerCase(Locale.ROOT);
    }

    /** @throws CollectException if it may not be fetched */
    void require(URI uri) throws CollectException, InterruptedException {
        String site = uri.getScheme().toLowerCase(Locale.ROOT) + "://" + Address.host(uri);
        FutureTask<BaseRobotRules> own = new FutureTask<>(() -> rules(URI.create(site + "/robots.txt")));
        FutureTask<BaseRobotRules> asked = known.computeIfAbsent(site, s -> own);
        if (asked == own) own.run();
        try {
            if (!asked.get().isAllowed(uri.toString())) throw new CollectException(Cause.ROBOTS, "");
        } catch (ExecutionException e) {
            known.remove(site, asked); // all who waited for it share the failure; who comes later asks anew
            if (e.getCause() instanceof CollectException failure) throw failure;
            if (e.getCause() instanceof InterruptedException) throw new InterruptedException("while it was asked for");
            throw new IllegalStateException(e.getCause());
        }
    }

    private BaseRobotRules rules(URI file) throws CollectException, InterruptedException {
        SimpleRobotRulesParser parser = new SimpleRobotRulesParser();
        URI at = file;
        for (int i = 0; i <= MAX_REDIRECTS; i++) {
            URI asked = at;
            Answer answer = hosts.ask(Address.host(asked), () -> fetcher.get(asked, MAX_BYTES));
            if (answer.isRedirect()) {
                at = Address.redirected(at, answer.location());
                continue;
            }
            if (answer.status() >= 500 || answer.status() == 429)
                throw new CollectException(Cause.SERVER, "robots.txt: " + answer.status(), answer.waitMillis());
            BaseRobotRules rules = answer.status() == 200
                    ? parser.parseContent(file.toString(), answer.body(), "text/plain", List.of(name))
                    : parser.failedFetch(404); // there is none: everything is allowed
            if (rules.getCrawlDelay() > 0)
                hosts.slow(Address.host(file), Math.min(LONGEST_DELAY, rules.getCrawlDelay()));
            return rules;
        }
        return parser.failedFetch(404);
    }

    /** Whether headers X-Robots-Tag forbid what is done here; a rule for another agent, {@code other: noai}, does not count. */
    boolean forbids(List<String> headers) {
        for (String header : headers) {
            boolean ours = true;
            for (String part : header.split(",")) {
                String rule = part.strip().toLowerCase(Locale.ROOT);
                int colon = rule.indexOf(':');
                if (colon > 0 && !rule.startsWith("unavailable_after") && !rule.startsWith("max-")) {
                    ours = rule.substring(0, colon).strip().equals(name);
                    rule = rule.substring(colon + 1).strip();
                }
                if (ours && FORBIDDING.contains(rule)) return true;
            }
        }
        return false;
    }
}
