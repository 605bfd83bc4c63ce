package dev.calotype.cluster;

import dev.calotype.settings.Check;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hadoop.fs.CreateFlag;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Options.CreateOpts;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.RemoteIterator;
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

    private final String folder;
    private final SerializableConfiguration configuration;
    private transient Map<String, String> known; // what lies there already, by name: size and time of the local file

    /** @throws IllegalArgumentException if {@code folder} is no URI */
    RunFiles(JavaSparkContext spark, String folder) {
        Check.that(!folder.isBlank(), "the folder must be a path or a URI", folder);
        this.folder = folder;
        configuration = new SerializableConfiguration(spark.hadoopConfiguration());
    }

    private FileContext context() throws IOException {
        return FileContext.getFileContext(root().toUri(), configuration.value());
    }

    private org.apache.hadoop.fs.Path root() {
        org.apache.hadoop.fs.Path named = new org.apache.hadoop.fs.Path(folder);
        return named.toUri().getScheme() == null
                ? new org.apache.hadoop.fs.Path(
                        "file", null, Path.of(folder).toAbsolutePath().toString())
                : named;
    }

    /** Whether it is there. */
    boolean exists() throws IOException {
        return context().util().exists(root());
    }

    /** The files within, by their paths from here with slashes, and their sizes. */
    Map<String, Long> files() throws IOException {
        Map<String, Long> files = new HashMap<>();
        if (!exists()) return files;
        String base = context().makeQualified(root()).toUri().getPath();
        List<org.apache.hadoop.fs.Path> folders = new ArrayList<>(List.of(root()));
        while (!folders.isEmpty()) {
            RemoteIterator<FileStatus> entries = context().listStatus(folders.remove(folders.size() - 1));
            while (entries.hasNext()) {
                FileStatus entry = entries.next();
                String name = entry.getPath().toUri().getPath().substring(base.length() + 1);
                if (entry.isDirectory()) folders.add(entry.getPath());
                else if (!entry.getPath().getName().startsWith(".")) files.put(name, entry.getLen());
            }
        }
        return files;
    }

    /** Copies all of it into a local folder. */
    void fetch(Path local) throws IOException {
        for (String name : files().keySet()) {
            Path target = local.resolve(name).normalize();
            if (!target.startsWith(local)) throw new IOException("a name leads out of " + folder + ": " + name);
            Files.createDirectories(target.getParent());
            try (InputStream in = context().open(new org.apache.hadoop.fs.Path(root(), name))) {
                Files.copy(in, target);
            }
        }
    }

    /**
     * Makes it what a local folder is: files that are new or others are copied, those of checkpoints last, and those that are gone are removed after
     * that. Hidden files stay local.
     */
    void publish(Path local) throws IOException {
        if (known == null) known = new HashMap<>();
        List<String> names = names(local);
        names.sort((a, b) -> Boolean.compare(a.startsWith(CHECKPOINTS), b.startsWith(CHECKPOINTS)));
        for (String name : names) {
            Path file = local.resolve(name);
            String state = Files.size(file) + " " + Files.getLastModifiedTime(file);
            if (state.equals(known.get(name))) continue;
            write(name, out -> Files.copy(file, out));
            known.put(name, state);
        }
        Set<String> gone = new HashSet<>(files().keySet());
        names.forEach(gone::remove);
        for (String name : gone) context().delete(new org.apache.hadoop.fs.Path(root(), name), false);
    }

    private static List<String> names(Path local) throws IOException {
        try (Stream<Path> files = Files.walk(local)) {
            return new ArrayList<>(files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().startsWith("."))
                    .map(file -> local.relativize(file).toString().replace('\\', '/'))
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
     * Begins a work, or finds that it was begun: the file {@code name} says what is made here.
     *
     * @throws IllegalArgumentException if something else is
     */
    void begin(String name, String work) throws IOException {
        if (!has(name)) {
            if (!files().isEmpty())
                throw new IllegalArgumentException(folder + " holds something else: it has no " + name);
            write(name, to -> to.write(work.getBytes(StandardCharsets.UTF_8)));
        } else if (!text(name).equals(work))
            throw new IllegalArgumentException(
                    folder + " was begun with something else: see " + name + " there, or name another folder");
    }

    @Override
    public String toString() {
        return folder;
    }
}
