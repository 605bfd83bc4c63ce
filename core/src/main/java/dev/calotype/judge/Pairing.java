package dev.calotype.judge;

import dev.calotype.data.ImageDataset;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which pictures of two sets belong together: those of the same name, never those that happen to stand at the same place.
 *
 * @param pairs in the natural order of the names: 2 before 10
 * @param by what names agree in
 * @param spare real pictures without a counterpart
 */
record Pairing(List<Pair> pairs, Agreement by, long spare) {
    private static final Pattern DIGITS = Pattern.compile("\\d+");
    private static final Pattern EXTENSION = Pattern.compile("\\.[A-Za-z][A-Za-z0-9]{1,4}$");
    private static final int EXAMPLES = 3;
    private static final long SEVERAL = -1;

    /** Two pictures, as indices into their sets. */
    record Pair(long generated, long real) {}

    /** What the names of a pair agree in, from the strictest on; extensions never count. */
    enum Agreement {
        /** Folders and name are the same. */
        NAME("name", name -> name),
        /** They are when numbers count by their value and capitals do not count: 1 and 001. */
        NUMBER("name, numbers by their value", name -> plain(name)),
        /** They are when folders do not count either. */
        FILE("file name, numbers by their value", name -> plain(name.substring(name.lastIndexOf('/') + 1)));

        private final String words;
        private final UnaryOperator<String> key;

        Agreement(String words, UnaryOperator<String> key) {
            this.words = words;
            this.key = key;
        }

        /** For people, after "paired by". */
        String words() {
            return words;
        }

        private static String plain(String name) {
            return DIGITS.matcher(name.toLowerCase(Locale.ROOT))
                    .replaceAll(match -> new BigInteger(match.group()).toString());
        }
    }

    /**
     * The pairs of two sets, by the strictest agreement that finds one for every generated picture.
     *
     * @throws IllegalArgumentException if there is none, with examples
     */
    static Pairing of(ImageDataset generated, ImageDataset real) throws IOException {
        List<String> ours = names(generated), theirs = names(real);
        long best = 0;
        for (Agreement by : Agreement.values()) {
            Map<String, Long> index = places(theirs, by);
            Map<String, Long> own = places(ours, by);
            if (own.containsValue(SEVERAL)) continue;
            Map<String, Pair> found = new TreeMap<>(natural());
            own.forEach((key, i) -> {
                long place = index.getOrDefault(key, SEVERAL);
                if (place != SEVERAL) found.put(key, new Pair(i, place));
            });
            if (found.size() == ours.size())
                return new Pairing(List.copyOf(found.values()), by, theirs.size() - ours.size());
            best = Math.max(best, found.size());
        }
        requireSingle(generated, ours, ours);
        requireSingle(real, theirs, ours);
        Set<String> known = new HashSet<>();
        theirs.forEach(name -> known.add(Agreement.FILE.key.apply(name)));
        List<String> alone = ours.stream()
                .filter(name -> !known.contains(Agreement.FILE.key.apply(name)))
                .toList();
        throw new IllegalArgumentException(String.format(
                Locale.ROOT,
                "psnr, ssim and lpips compare pictures of the same name: %d of the %d in %s have none in %s, such as %s"
                        + " (there are %s); give them the names of their counterparts",
                ours.size() - best,
                ours.size(),
                generated.name(),
                real.name(),
                examples(alone.isEmpty() ? ours : alone),
                examples(theirs)));
    }

    private static String examples(List<String> names) {
        String some = String.join(", ", names.stream().limit(EXAMPLES).toList());
        return names.size() > EXAMPLES ? some + ", ..." : some;
    }

    /** The places of names by their keys; {@link #SEVERAL} where two have the same. */
    private static Map<String, Long> places(List<String> names, Agreement by) {
        Map<String, Long> places = new HashMap<>();
        for (int i = 0; i < names.size(); i++)
            places.merge(by.key.apply(names.get(i)), (long) i, (one, other) -> SEVERAL);
        return places;
    }

    private static void requireSingle(ImageDataset data, List<String> names, List<String> wanted) {
        Map<String, Long> places = places(names, Agreement.NAME);
        for (String name : wanted)
            if (places.getOrDefault(name, 0L) == SEVERAL)
                throw new IllegalArgumentException(
                        "psnr, ssim and lpips compare pictures of the same name, and several in " + data.name()
                                + " are called " + name);
    }

    /** Names without their extension and without the folders that all of them lie in. */
    private static List<String> names(ImageDataset data) throws IOException {
        List<String> names = new ArrayList<>();
        for (long i = 0; i < data.size(); i++)
            names.add(EXTENSION.matcher(data.sampleName(i).replace('\\', '/')).replaceFirst(""));
        String shared = names.get(0).substring(0, names.get(0).lastIndexOf('/') + 1);
        for (String name : names)
            while (!name.startsWith(shared))
                shared = shared.substring(0, shared.lastIndexOf('/', shared.length() - 2) + 1);
        int length = shared.length();
        return names.stream().map(name -> name.substring(length)).toList();
    }

    /** Numbers in names count by their value. */
    static Comparator<String> natural() {
        return (a, b) -> {
            Matcher left = DIGITS.matcher(a), right = DIGITS.matcher(b);
            int at = 0;
            while (left.find() && right.find()) {
                MatchResult x = left.toMatchResult(), y = right.toMatchResult();
                if (x.start() != y.start() || !a.substring(at, x.start()).equals(b.substring(at, y.start()))) break;
                int order = new BigInteger(x.group()).compareTo(new BigInteger(y.group()));
                if (order != 0) return order;
                if (x.end() != y.end()) break;
                at = x.end();
            }
            return a.compareTo(b);
        };
    }
}
