package dev.calotype.io;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** Names of files, made of what they depend on. */
public final class FileId {
    private static final int LONGEST = 60;

    private FileId() {}

    /** What {@code label} says to people, at most {@value #LONGEST} plain characters, and a hash of {@code content}. */
    public static String of(String label, String content) {
        String slug =
                label.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.]+", "-").replaceAll("^-|-$", "");
        String text = slug.isEmpty() || slug.startsWith(".") ? "cell" + slug : slug;
        return text.substring(0, Math.min(LONGEST, text.length())) + "-"
                + hash(content.getBytes(StandardCharsets.UTF_8));
    }

    /** Ten digits that differ where {@code content} differs. */
    public static String hash(byte[] content) {
        return sha256(content).substring(0, 10);
    }

    /** The SHA-256 of {@code content}, 64 hexadecimal digits. */
    public static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
