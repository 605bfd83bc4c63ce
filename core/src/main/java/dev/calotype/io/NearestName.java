package dev.calotype.io;

import java.util.Collection;
import java.util.Comparator;
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

    /** {@code ", did you mean 'x'?"}, or nothing. */
    public static String hint(String name, Collection<String> names) {
        return of(name, names)
                .map(near -> ", did you mean " + "'" + near + "'" + "?")
                .orElse("");
    }

    /** The number of letters to insert, delete or replace (Levenshtein 1966). */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
