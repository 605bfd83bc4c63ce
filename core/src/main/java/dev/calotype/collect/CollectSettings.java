package dev.calotype.collect;

import dev.calotype.settings.Check;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * How pictures are collected.
 *
 * @param size pixels of a side after resizing
 * @param resize what is done to a picture of another size
 * @param leastSide pixels that the shorter side must have
 * @param perShard rows of the list in one shard
 * @param connections requests at the same time, to all hosts together
 * @param perHost requests at the same time to one host
 * @param hostMillis milliseconds between the beginnings of two requests to one host
 * @param seconds most that one request may take, all its bytes included
 * @param retries further tries where a failure may pass
 * @param maxBytes most of one file
 * @param maxPixels most of one picture before resizing
 * @param duplicateBits perceptual hashes that differ in at most so many of 64 bits are of the same picture; -1 keeps all
 * @param agent how it presents itself to hosts
 * @param allowedHosts hosts that may have private addresses
 */
public record CollectSettings(
        int size,
        Resizing resize,
        int leastSide,
        int perShard,
        int connections,
        int perHost,
        int hostMillis,
        int seconds,
        int retries,
        long maxBytes,
        long maxPixels,
        int duplicateBits,
        String agent,
        List<String> allowedHosts)
        implements Serializable {
    /** What is usual. */
    public static final CollectSettings USUAL = new CollectSettings(
            256, Resizing.CENTER_CROP, 0, 10_000, 32, 2, 100, 30, 2, 16_000_000, 50_000_000, 4, "calotype", List.of());

    /**
     * How a program of a version presents itself.
     *
     * @param contact an address of who collects, or nothing
     */
    public static String agent(String version, String contact) {
        return USUAL.agent + "/" + version + (contact.isEmpty() ? "" : " (+" + contact + ")");
    }

    /** What is done to a picture of another size, in the words of img2dataset. */
    public enum Resizing {
        /** The central square. */
        CENTER_CROP,
        /** All of it, within a square whose rest is white. */
        BORDER,
        /** The shorter side becomes {@code size}. */
        KEEP_RATIO,
        /** Nothing: the bytes stay as they came. */
        NO;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What each of so many machines, of which there are no more than connections, keeps to, if all together keep to this. */
    public CollectSettings sharedBy(int machines) {
        return new CollectSettings(
                size,
                resize,
                leastSide,
                perShard,
                connections / machines,
                perHost,
                hostMillis,
                seconds,
                retries,
                maxBytes,
                maxPixels,
                duplicateBits,
                agent,
                allowedHosts);
    }

    public CollectSettings {
        Check.range("size", size, 8, 8192);
        Check.range("leastSide", leastSide, 0, 8192);
        Check.range("perShard", perShard, 1, 1_000_000);
        Check.range("connections", connections, 1, 1024);
        Check.range("perHost", perHost, 1, 1024);
        Check.range("hostMillis", hostMillis, 0, 600_000);
        Check.range("seconds", seconds, 1, 3600);
        Check.range("retries", retries, 0, 20);
        Check.range("maxBytes", maxBytes, 1, 1 << 29);
        Check.range("maxPixels", maxPixels, 1, 1_000_000_000);
        Check.range("duplicateBits", duplicateBits, -1, 32);
        Check.that(
                agent.matches("[\\x20-\\x7E]{1,200}"),
                "agent must be 1 to 200 letters, digits and signs of ASCII",
                agent);
        allowedHosts = List.copyOf(allowedHosts);
    }
}
