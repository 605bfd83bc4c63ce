package dev.calotype.studio;

import dev.calotype.settings.Check;
import dev.calotype.studio.job.Launcher;
import dev.calotype.studio.web.Limits;
import dev.calotype.tensor.Engine;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How a studio is started. {@link #of} has what suits one person at one machine.
 *
 * @param host the address that it listens at; any other than one of this machine alone lets others in
 * @param port 0 for any that is free
 * @param names by which others know this server besides {@code host}
 * @param key that requests must give as {@code Authorization: Bearer KEY}; empty where none is wanted
 * @param models the folders that models and data are read from, and nothing else; the first, where new runs go, is made if it is not
 *     there, others are looked in once they are
 * @param home where jobs, their results and uploads are kept; made if it is not there
 * @param threads of the engine; 0 for one per core
 * @param memory bytes of weights that may be open at a time; 0 for what the machine has
 * @param launcher of processes for trainings; empty where there are to be none
 */
public record StudioSettings(
        String host,
        int port,
        Set<String> names,
        Optional<String> key,
        List<Path> models,
        Path home,
        int threads,
        long memory,
        Limits limits,
        Optional<Launcher> launcher) {
    private static final int USUAL_PORT = 7860, MOST_PORT = 65_535, SHORTEST_KEY = 16;
    private static final Pattern HOST = Pattern.compile("\\[[0-9a-f:.]+]|[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?");

    public StudioSettings {
        if (port < 0 || port > MOST_PORT) throw new IllegalArgumentException("port must be in 0..65535: " + port);
        if (host.isBlank()) throw new IllegalArgumentException("host must be an address or a name: '" + host + "'");
        if (key.isPresent() && key.get().length() < SHORTEST_KEY)
            throw new IllegalArgumentException("the key must have at least " + SHORTEST_KEY + " characters: "
                    + key.get().length());
        Check.range("threads", threads, 0, Engine.MAX_THREADS);
        if (memory < 0) throw new IllegalArgumentException("memory must be at least 0: " + memory);
        names = Set.copyOf(
                names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
        for (String name : names)
            if (!HOST.matcher(name).matches())
                throw new IllegalArgumentException(
                        "name must be the name of a host such as pictures.example.org, nothing else: " + name);
        models = List.copyOf(models);
    }

    /** On this machine alone, at port 7860, with the models of some folders. */
    public static StudioSettings of(Path home, Path... models) {
        return new StudioSettings(
                "127.0.0.1",
                USUAL_PORT,
                Set.of(),
                Optional.empty(),
                List.of(models),
                home,
                0,
                0,
                Limits.USUAL,
                Optional.empty());
    }

    /** The same at another port; 0 for any that is free. */
    public StudioSettings atPort(int other) {
        return new StudioSettings(host, other, names, key, models, home, threads, memory, limits, launcher);
    }

    /** The same at another address, known by some names besides. */
    public StudioSettings at(String other, Set<String> known) {
        return new StudioSettings(other, port, known, key, models, home, threads, memory, limits, launcher);
    }

    /** The same for those who have a key of at least 16 characters. */
    public StudioSettings withKey(String wanted) {
        return new StudioSettings(
                host, port, names, Optional.of(wanted), models, home, threads, memory, limits, launcher);
    }

    /** The same with so many threads of the engine, and so many bytes of weights. */
    public StudioSettings with(int engineThreads, long bytes) {
        return new StudioSettings(host, port, names, key, models, home, engineThreads, bytes, limits, launcher);
    }

    /** The same with other limits. */
    public StudioSettings with(Limits other) {
        return new StudioSettings(host, port, names, key, models, home, threads, memory, other, launcher);
    }

    /** The same with trainings, in processes of their own. */
    public StudioSettings with(Launcher processes) {
        return new StudioSettings(
                host, port, names, key, models, home, threads, memory, limits, Optional.of(processes));
    }
}
