package dev.calotype.app.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A peer that runs: a process that answers each line it is sent with one line of JSON, and between them waits.
 *
 * <p>It speaks first, a {@link Hello}. {@code threads N} sets its threads and {@code go N} runs N iterations; both are
 * answered by a {@link Unit}. It ends when its input does.
 */
final class Peer implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();
    private static final List<String> OUR_TUNING =
            List.of("OPENBLAS_", "OMP_", "GOMP_", "KMP_", "MALLOC_", "GLIBC_TUNABLES", "LD_PRELOAD");

    /**
     * What a peer says first.
     *
     * @param missing a package that it lacks, or null; the rest is then null
     * @param error why it cannot run, or null
     * @param precision of its arithmetic
     * @param versions of what it is made of
     * @param outputs the safetensors file with its outputs, or null if it has none
     */
    record Hello(String missing, String error, String precision, Map<String, String> versions, String outputs) {}

    /**
     * What a peer has done.
     *
     * @param seconds of each iteration
     * @param peakMb its largest resident memory so far, or null
     */
    record Unit(String error, double[] seconds, Long peakMb) {
        double median() {
            return Spread.of(seconds).median();
        }
    }

    private final Process process;
    private final BufferedReader in;
    private final Writer out;
    private final Path log;
    private final Duration patience;

    /**
     * Starts the process; what it prints on standard error goes to {@code log}.
     *
     * @param arguments {@code key=value} after the command
     * @param patience how long each answer may take
     * @throws IOException if the program is not there
     */
    Peer(PeerCommand command, List<String> arguments, Path log, Duration patience) throws IOException {
        List<String> words = new ArrayList<>(command.command());
        words.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(words).redirectError(log.toFile());
        builder.environment().keySet().removeIf(name -> OUR_TUNING.stream().anyMatch(name::startsWith));
        process = builder.start();
        in = process.inputReader(StandardCharsets.UTF_8);
        out = process.outputWriter(StandardCharsets.UTF_8);
        this.log = log;
        this.patience = patience;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    Hello hello() throws IOException {
        return answer(Hello.class);
    }

    /** Runs {@code iterations}. */
    Unit go(int iterations) throws IOException {
        return ask("go " + iterations);
    }

    void threads(int count) throws IOException {
        ask("threads " + count);
    }

    private Unit ask(String line) throws IOException {
        out.write(line + "\n");
        out.flush();
        Unit unit = answer(Unit.class);
        if (unit.error() != null) throw new IOException(unit.error());
        return unit;
    }

    private <T> T answer(Class<T> type) throws IOException {
        String line = line();
        if (line == null) throw new IOException("it ended without an answer: " + lastWords());
        try {
            JsonNode tree = JSON.readTree(line);
            if (!tree.isObject()) throw new IOException("its answer is no JSON object: " + shortened(line));
            return JSON.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new IOException("its answer cannot be read: " + shortened(line), e);
        }
    }

    private String line() throws IOException {
        FutureTask<String> task = new FutureTask<>(in::readLine);
        Thread reader = new Thread(task, "calotype-peer");
        reader.setDaemon(true);
        reader.start();
        try {
            return task.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
            throw new IOException("it has not answered within " + patience.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException("its answer cannot be read: " + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for it", e);
        }
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log).stream()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.isEmpty() ? "it said nothing" : shortened(lines.get(lines.size() - 1));
        } catch (IOException e) {
            return "what it said cannot be read";
        }
    }

    private static String shortened(String line) {
        return line.length() > 300 ? line.substring(0, 300) + "..." : line;
    }

    /** Closes its input and ends it if that does not. */
    @Override
    public void close() {
        try {
            out.close();
            if (process.waitFor(5, TimeUnit.SECONDS)) return;
        } catch (IOException e) {
            process.destroyForcibly(); // it had ended before
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
