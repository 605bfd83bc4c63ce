package dev.calotype.io;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds what a misspelt name was meant to be. */
public final class NearestName {
    private static final int MAX_LENGTH = 200;

    private NearestName() {}

    /** The name nearest to {@code name}, if at most a third of its letters differ. */
    public static Optional<String> of(String name, Collection<String> names) {
        if (name.length() > MAX_LENGTH) return Optional.empty();
        record Candidate(String name, int distance) {}
        return names.stream()
                .filter(other -> other.length() <= MAX_LENGTH)
                .filter(other -> Math.abs(other.length() - name.length()) * 3 <= name.length())
                .map(other -> new Candidate(other, distance(name, other)))
                .filter(candidate -> candidate.distance * 3 <= name.length())
                .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .map(Candidate::name);
    }

    /** {@code ", did you mean 'x' or 'y'?"}: at most three names that contain {@code name}, else the nearest one, or nothing. */
    public static String hints(String name, Collection<String> names) {
        List<String> longer = name.isBlank()
                ? List.of()
                : names.stream()
                        .filter(other -> other.toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT)))
                        .sorted(Comparator.comparing((String other) -> !other.startsWith(name))
                                .thenComparing(Comparator.naturalOrder()))
                        .limit(3)
                        .toList();
        return longer.isEmpty() ? hint(name, names) : ", did you mean '" + String.join("' or '", longer) + "'?";
    }

    /** {@code ", did you mean 'x'?"}, or nothing. */
    public static String hint(String name, Collection<String> names) {
        return of(name, names)
                .map(near -> ", did you mean " + "'" + near + "'" + "?")
                .orElse("");
    }

    /** The number of letters to insert, delete, replace or swap with the next (Damerau 1964). */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int j = 0; j <= b.length(); j++) d[0][j] = j;
        for (int i = 1; i <= a.length(); i++) {
            d[i][0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1))
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
        return d[a.length()][b.length()];
    }
}
