package dev.calotype.cluster;

import dev.calotype.collective.LostRanksException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds the sentence of an executor in what Spark says of a job that failed: stack traces, one in the other, as text. */
final class Causes {
    private static final Pattern THROWN = Pattern.compile(
            "(?:^|: |Caused by: )((?:[a-z]\\w*\\.)+[A-Z]\\w*(?:Exception|Error)): ([^\\n]+)", Pattern.MULTILINE);
    private static final List<String> SPARKS = List.of("org.apache.spark.", "java.util.concurrent.");

    private static final List<String> LOSSES = List.of("ExecutorLostFailure", LostRanksException.class.getName());

    private Causes() {}

    /** Whether a process or its network was lost, so that to start again may help. */
    static boolean isLoss(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        return LOSSES.stream().anyMatch(text::contains);
    }

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
