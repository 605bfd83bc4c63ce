package dev.calotype.cluster;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the sentence of an executor in what Spark says of a job that failed: stack traces, one in the other, as text. */
final class Causes {
    private static final Pattern THROWN = Pattern.compile(
            "(?:^|: |Caused by: )((?:[a-z]\\w*\\.)+[A-Z]\\w*(?:Exception|Error)): ([^\\n]+)", Pattern.MULTILINE);
    private static final List<String> SPARKS = List.of("org.apache.spark.", "java.util.concurrent.");

    private Causes() {}

    /** The message of the first exception in the text that is not Spark's own, or else the first line. */
    static String sentence(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        Matcher thrown = THROWN.matcher(text);
        while (thrown.find())
            if (SPARKS.stream().noneMatch(thrown.group(1)::startsWith))
                return thrown.group(2).strip();
        return text.lines().findFirst().orElse("").strip();
    }
}
