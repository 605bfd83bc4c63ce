package dev.calotype.cluster;

import dev.calotype.settings.Check;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options.CreateOpts;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.local.RawLocalFs;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A folder such as that of a run, where Hadoop's file systems reach: {@code hdfs://...}, {@code s3a://...}, or a path that all machines see. It is worked on
 * in a local copy, and each file appears there complete or not at all.
 */
final class RunFiles implements Serializable {
    private static final long serialVersionUID = 1;
    private static final String CHECKPOINTS = "checkpoints/";
    private static final int MOST_TEXT = 1 << 24;

    private final String named;
    private final String folder; // qualified: the same for every process
    private final SerializableConfiguration configuration;
    private transient Map<String, String>
            known; // what was fetched or published, by name: size and time of the local file

    /**
     * @param named a URI, or a path of the driver
     * @throws IOException if there is no such file system
     */
    RunFiles(JavaSparkContext spark, String named) throws IOException {
        Check.that(!named.isBlank(), "the folder must be a path or a URI", named);
        this.named = named;
        Configuration own = new Configuration(spark.hadoopConfiguration());
        own.set(
                "fs.AbstractFileSystem.file.impl",
                RawLocalFs.class.getName()); // or a checksum would lie beside every file
        configuration = new SerializableConfiguration(own);
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(named);
        folder = path.toUri().getScheme() == null
                ? new org.apache.hadoop.fs.Path(
                                "file",
                                null,
                                Path.of(named).toAbsolutePath().normalize().toString())
                        .toString()
                : path.getFileSystem(own).makeQualified(path).toString();
    }

    private FileContext context() throws IOException {
        return FileContext.getFileContext(root().toUri(), configuration.value());
    }

    private org.apache.hadoop.fs.Path root() {
        return new org.apache.hadoop.fs.Path(folder);
    }

    /** Whether it is there. */
    boolean exists() throws IOException {
        return context().util().exists(root());
    }

    /**
     * A file as it lies there.
     *
     * @param time of its last change, in milliseconds
     */
    record Lying(long size, long time) {}

    /** The files within, by their paths from here with slashes; hidden ones are none. */
    Map<String, Lying> files() throws IOException {
        Map<String, Lying> files = new TreeMap<>();
        if (!exists()) return files;
        String base = context().makeQualified(root()).toUri().getPath();
        List<org.apache.hadoop.fs.Path> folders = new ArrayList<>(List.of(root()));
        while (!folders.isEmpty()) {
            RemoteIterator<FileStatus> entries = context().listStatus(folders.remove(folders.size() - 1));
            while (entries.hasNext()) {
                FileStatus entry = entries.next();
                String name = entry.getPath().toUri().getPath().substring(base.length() + 1);
                if (entry.isDirectory()) folders.add(entry.getPath());
                else if (!entry.getPath().getName().startsWith("."))
                    files.put(name, new Lying(entry.getLen(), entry.getModificationTime()));
            }
        }
        return files;
    }

    private RunFiles(RunFiles outer, String name) {
        named = outer.named + "/" + name;
        folder = outer.folder + "/" + name;
        configuration = outer.configuration;
    }

    /** A folder within it, which need not be there. */
    RunFiles folder(String name) {
        return new RunFiles(this, name);
    }

    /** Copies all of it into a local folder. */
    void fetch(Path local) throws IOException {
        fetch(local, name -> true);
    }

    /** Copies those of the files whose names are wanted. */
    void fetch(Path local, Predicate<String> wanted) throws IOException {
        known = new HashMap<>();
        for (String name : files().keySet()) {
            if (!wanted.test(name)) continue;
            Path target = local.resolve(name).normalize();
            if (!target.startsWith(local)) throw new IOException("a name leads out of " + folder + ": " + name);
            Files.createDirectories(target.getParent());
            try (InputStream in = context().open(new org.apache.hadoop.fs.Path(root(), name))) {
                Files.copy(in, target);
            }
            known.put(name, state(target));
        }
    }

    /** Copies those of the files whose names are wanted and that are not in the local folder yet, beside what was fetched before. */
    void fetchMore(Path local, Predicate<String> wanted) throws IOException {
        Map<String, String> before = known;
        fetch(local, name -> wanted.test(name) && !Files.exists(local.resolve(name)));
        known.putAll(before);
    }

    private static String state(Path file) throws IOException {
        return Files.size(file) + " " + Files.getLastModifiedTime(file);
    }

    /**
     * Makes it what the local folder is that was fetched: files that are new or others are copied, those of checkpoints last, and those that are
     * gone since are removed after that. Hidden files stay local, and what others have laid there stays.
     */
    void publish(Path local) throws IOException {
        List<String> names = names(local);
        names.sort(Comparator.comparing((String name) -> name.startsWith(CHECKPOINTS))
                .thenComparing(Comparator.naturalOrder()));
        for (String name : names) {
            Path file = local.resolve(name);
            String state = state(file);
            if (state.equals(known.get(name))) continue;
            write(name, out -> Files.copy(file, out));
            known.put(name, state);
        }
        Set<String> gone = new HashSet<>(known.keySet());
        names.forEach(gone::remove);
        for (String name : gone) context().delete(new org.apache.hadoop.fs.Path(root(), name), false);
        known.keySet().removeAll(gone);
    }

    /** {@link #publish} of an observer; what goes wrong is an {@link UncheckedIOException}. */
    void publishUnchecked(Path local) {
        try {
            publish(local);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + named + ": " + e.getMessage(), e);
        }
    }

    /** Copies what lies in a local folder, in the order of the names. */
    void add(Path local) throws IOException {
        List<String> names = names(local);
        names.sort(Comparator.naturalOrder());
        for (String name : names) write(name, out -> Files.copy(local.resolve(name), out));
    }

    private static List<String> names(Path local) throws IOException {
        try (Stream<Path> files = Files.walk(local)) {
            return new ArrayList<>(files.filter(Files::isRegularFile)
                    .map(file -> local.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> !name.startsWith(".") && !name.contains("/."))
                    .toList());
        }
    }

    /** What fills a file. */
    interface Content {
        void write(OutputStream out) throws IOException;
    }

    /** Writes a file, whatever lay there: whoever looks sees the old one or the new one. */
    void write(String name, Content content) throws IOException {
        org.apache.hadoop.fs.Path target = new org.apache.hadoop.fs.Path(root(), name);
        org.apache.hadoop.fs.Path temporary = new org.apache.hadoop.fs.Path(
                target.getParent(), "." + target.getName() + "." + Long.toHexString(System.nanoTime()));
        try (OutputStream out = context()
                .create(temporary, EnumSet.of(CreateFlag.CREATE, CreateFlag.OVERWRITE), CreateOpts.createParent())) {
            content.write(out);
        } catch (IOException | RuntimeException e) {
            context().delete(temporary, false);
            throw e;
        }
        context().rename(temporary, target, Rename.OVERWRITE);
    }

    /** Whether there is such a file. */
    boolean has(String name) throws IOException {
        return context().util().exists(new org.apache.hadoop.fs.Path(root(), name));
    }

    /** The text of a small file. */
    String text(String name) throws IOException {
        try (InputStream in = context().open(new org.apache.hadoop.fs.Path(root(), name))) {
            return new String(in.readNBytes(MOST_TEXT), StandardCharsets.UTF_8);
        }
    }

    /**
     * Whether a work was begun here, which the file {@code name} shows.
     *
     * @throws IllegalArgumentException if there is something else
     */
    boolean begun(String name) throws IOException {
        if (has(name)) return true;
        if (!files().isEmpty()) throw new IllegalArgumentException(named + " holds something else: it has no " + name);
        return false;
    }

    /**
     * Begins a work, or finds that it was begun: the file {@code name} says what is made here.
     *
     * @throws IllegalArgumentException if something else is
     */
    void begin(String name, String work) throws IOException {
        if (!begun(name)) write(name, to -> to.write(work.getBytes(StandardCharsets.UTF_8)));
        else if (!text(name).equals(work))
            throw new IllegalArgumentException(
                    named + " was begun with something else: see " + name + " there, or name another folder");
    }

    @Override
    public String toString() {
        return named;
    }
}
