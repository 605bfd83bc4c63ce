package dev.calotype.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The boxes of a file of ISO/IEC 14496-12, of which HEIF is made; what is damaged ends the search. */
final class IsoBoxes {
    private static final int HEAD = 8, VERSION = 4;
    /** Boxes with a version and flags before those within them. */
    private static final Set<String> VERSIONED = Set.of("meta", "iref");

    private IsoBoxes() {}

    /** The contents of all boxes at a path, such as {@code meta, iprp, ipco, auxC}. */
    static List<ByteBuffer> find(ByteBuffer within, String... path) {
        List<ByteBuffer> found = List.of(within);
        for (String name : path) {
            List<ByteBuffer> next = new ArrayList<>();
            for (ByteBuffer outer : found) next.addAll(children(outer, name));
            found = next;
        }
        return found;
    }

    private static List<ByteBuffer> children(ByteBuffer outer, String wanted) {
        List<ByteBuffer> children = new ArrayList<>();
        for (int at = 0; at + HEAD <= outer.limit(); ) {
            long size = Integer.toUnsignedLong(outer.getInt(at));
            boolean wide = size == 1 && at + 2 * HEAD <= outer.limit(); // 64 bits tell the size
            int head = wide ? 2 * HEAD : HEAD;
            if (wide) size = outer.getLong(at + HEAD);
            if (size == 0) size = outer.limit() - at; // up to the end
            if (size < head || size > outer.limit() - at) break; // damaged
            if (name(outer, at + VERSION).equals(wanted)) {
                int from = at + head + (VERSIONED.contains(wanted) ? VERSION : 0);
                if (from <= at + size) children.add(outer.slice(from, (int) (at + size - from)));
            }
            at += (int) size;
        }
        return children;
    }

    private static String name(ByteBuffer buffer, int at) {
        byte[] name = new byte[VERSION];
        buffer.get(at, name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
