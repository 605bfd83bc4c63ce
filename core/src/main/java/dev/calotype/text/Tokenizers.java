package dev.calotype.text;

import dev.calotype.text.ClipTokenizer.Padding;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Opens the files that tokenizers come in, told apart by content. */
public final class Tokenizers {
    /** Pairs that CLIP uses of its list, which is longer, as its program counts them. */
    private static final int CLIP_PAIRS = 49_152 - ByteSymbols.COUNT - 2;

    private static final long MAX_BYTES = 128L << 20;
    private static final int LONGEST_LINE = 1000;

    private Tokenizers() {}

    /**
     * The tokenizer of a file: OpenAI's {@code bpe_simple_vocab_16e6.txt.gz}, packed or not, {@code merges.txt} of a CLIP of
     * Hugging Face, or a {@code tokenizer.json}; or of a folder that holds one of them.
     *
     * @param cleaning how texts are cleaned where the file does not say it itself; a {@code tokenizer.json} does
     * @throws IOException if there is none, it is damaged, or the library that reads it is not there
     */
    public static Tokenizer open(Path path, TextCleaning cleaning) throws IOException {
        Path file = file(path);
        if (Files.size(file) > MAX_BYTES)
            throw new IOException(file + " has " + Files.size(file) + " bytes, too many for a vocabulary");
        byte[] bytes = Files.readAllBytes(file);
        int first = bytes.length == 0 ? -1 : bytes[0] & 0xff;
        if (first == '{') return json(file, bytes);
        boolean packed = first == 0x1f;
        Padding padding = cleaning == TextCleaning.OPENAI ? Padding.ZERO : Padding.END;
        return new ClipTokenizer(file.toString(), merges(file, bytes, packed), cleaning, padding);
    }

    private static Tokenizer json(Path file, byte[] bytes) throws IOException {
        try {
            return JsonTokenizer.of(file, bytes);
        } catch (NoClassDefFoundError e) {
            throw new IOException(
                    "reading " + file + " wants the library ai.djl.huggingface:tokenizers on the class path", e);
        }
    }

    /**
     * The file that {@link #open} reads: itself, or the one of a folder.
     *
     * @throws IOException if there is none
     */
    public static Path file(Path path) throws IOException {
        Path file = Files.isDirectory(path) ? within(path) : path;
        if (!Files.isRegularFile(file)) throw new IOException("there is no vocabulary " + file);
        return file;
    }

    private static Path within(Path folder) throws IOException {
        for (String name : List.of("tokenizer.json", "merges.txt", "bpe_simple_vocab_16e6.txt.gz"))
            if (Files.isRegularFile(folder.resolve(name))) return folder.resolve(name);
        throw new IOException(folder + " holds no tokenizer.json and no merges.txt");
    }

    private static Merges merges(Path file, byte[] bytes, boolean packed) throws IOException {
        List<String> pairs = new ArrayList<>();
        try (InputStream raw = new ByteArrayInputStream(bytes);
                InputStream in = packed ? new GZIPInputStream(raw) : raw;
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            String version = reader.readLine();
            if (version == null || version.length() > LONGEST_LINE || !version.contains("#version"))
                throw new IOException(file + " does not begin as a vocabulary does, with a line about its #version");
            for (String line = reader.readLine(); line != null && pairs.size() < CLIP_PAIRS; line = reader.readLine())
                if (!line.isBlank()) pairs.add(line.strip());
            return new Merges(pairs);
        } catch (EOFException e) {
            throw new IOException(file + " is damaged: it ends early", e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is damaged: " + e.getMessage(), e);
        }
    }
}
