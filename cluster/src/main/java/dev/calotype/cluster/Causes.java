package dev.calotype.cluster;

import dev.calotype.collective.LostRanksException;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkException;

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

    /** What gives an answer, or fails as Spark says it. */
    interface Job<T> {
        T run() throws IOException;
    }

    /**
     * Runs a job.
     *
     * @throws ClusterException in one sentence if Spark gave it up
     */
    static <T> T told(Job<T> job) throws IOException {
        try {
            return job.run();
        } catch (Exception e) { // Scala throws what Java calls checked
            if (e instanceof SparkException) throw new ClusterException(sentence(e), e);
            throw e;
        }
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
