package dev.calotype.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Says whether a command may write where it was told to, before it begins to work. */
public final class OutputFile {
    /** What to do where a file is already. */
    public enum Existing {
        REFUSE,
        REPLACE
    }

    private OutputFile() {}

    /**
     * Lets a folder pass if it is not there, or empty.
     *
     * @throws IOException if it holds something
     */
    public static void requireEmpty(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> entries = Files.list(folder)) {
            if (entries.findAny().isPresent())
                throw new IOException(folder + " is not empty: name a new folder, nothing is written over");
        }
    }

    /**
     * Lets {@code out} pass if it does not lie in a folder of inputs, among which it would be taken for one.
     *
     * @param input a file lets all pass
     * @throws IllegalArgumentException if it lies there, or anywhere below
     */
    public static void requireOutside(Path out, Path input) throws IOException {
        Path folder = out.toAbsolutePath().getParent();
        if (Files.isDirectory(input) && folder.toRealPath().startsWith(input.toRealPath()))
            throw new IllegalArgumentException(out + " lies among the inputs in " + input + ": take another place");
    }

    /**
     * Lets {@code out} pass if it can be written and is not there.
     *
     * @throws IllegalArgumentException if it is there
     * @throws IOException if its folder is not there or read only
     */
    public static void requireNew(Path out) throws IOException {
        if (Files.exists(out)) throw new IllegalArgumentException(out + " is there already: take another name");
        require(out, Existing.REPLACE);
    }

    /**
     * Lets {@code out} pass if it can be written.
     *
     * @param inputs what must not be written over, by whatever name or link {@code out} means it
     * @throws IllegalArgumentException if {@code out} is an input, or is there and is not to be replaced
     * @throws IOException if its folder is not there or read only, or it is a folder
     */
    public static void require(Path out, Existing existing, Path... inputs) throws IOException {
        Path folder = out.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(out)) throw new IOException("cannot write " + out + ": it is a folder");
        if (!Files.isDirectory(folder)) throw new IOException("cannot write " + out + ": there is no folder " + folder);
        if (!Files.isWritable(folder))
            throw new IOException("cannot write " + out + ": the folder " + folder + " does not allow it");
        for (Path input : inputs)
            if (Files.exists(out) && Files.exists(input) && Files.isSameFile(out, input))
                throw new IllegalArgumentException(out + " is the input " + input + ", which is never written over");
        if (existing == Existing.REFUSE && Files.exists(out, LinkOption.NOFOLLOW_LINKS))
            throw new IllegalArgumentException(out + " is there already: take another name, or say `overwrite`");
    }
}
