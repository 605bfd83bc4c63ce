package dev.calotype.io;

import java.io.EOFException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why something failed, in words, also where Java says no more than the name of a file or nothing at all. */
public final class Reason {
    private Reason() {}

    /** A sentence without an end: the message of {@code e} where it tells the reason. */
    public static String of(Throwable e) {
        if (e instanceof UncheckedIOException wrapped) return of(wrapped.getCause());
        if (e instanceof FileSystemException file && file.getReason() == null) return ofFile(file);
        if (e instanceof CharacterCodingException) return "it is not text in UTF-8";
        if (e.getMessage() != null && !e.getMessage().isBlank()) return e.getMessage();
        return e instanceof EOFException ? "it ends early" : e.getClass().getSimpleName();
    }

    private static String ofFile(FileSystemException e) {
        String file = e.getFile();
        if (e instanceof NoSuchFileException) return "there is no file " + file;
        if (e instanceof AccessDeniedException) return file + " may not be read or written by this user";
        if (e instanceof FileAlreadyExistsException) return file + " is there already";
        if (e instanceof NotDirectoryException) return file + " is no folder";
        if (e instanceof DirectoryNotEmptyException) return file + " is not empty";
        if (e instanceof FileSystemLoopException) return file + " is a link into itself";
        return file + " cannot be used (" + e.getClass().getSimpleName() + ")";
    }
}
