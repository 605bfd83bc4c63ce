package dev.calotype.ffmpeg;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The tables of a HEIF file (ISO/IEC 23008-12) that say which pictures it has and where they lie, checked before FFmpeg, which
 * trusts them, sees the file: each name that one table uses is defined by another, and all data lie inside the file.
 */
public final class HeifItems {
    private static final int META = name("meta"), INFOS = name("iinf"), INFO = name("infe"), PLACES = name("iloc");
    private static final int PRIMARY = name("pitm"), PROPERTIES = name("iprp"), MOVIE = name("moov");
    private static final int VALUES = name("ipco"),
            BELONGING = name("ipma"),
            REFERENCES = name("iref"),
            IDENTITY = name("iden");
    private static final Set<Integer> TABLES = Set.of(META, INFOS, PLACES, PRIMARY, PROPERTIES, VALUES, REFERENCES);
    private static final int WORDS = 4; // bytes of a number and of a name

    private final int length;
    private final Set<Integer> items = new HashSet<>();
    private final Set<Integer> placed = new HashSet<>();
    private final Set<Integer> derived = new HashSet<>(); // from another item alone: these need no place

    private HeifItems(int length) {
        this.length = length;
    }

    /**
     * Requires that the tables agree.
     *
     * @throws IOException if they do not
     */
    public static void require(byte[] bytes) throws IOException {
        try {
            Map<Integer, ByteBuffer> boxes = boxes(ByteBuffer.wrap(bytes));
            if (boxes.containsKey(META)) require(boxes.get(META), bytes.length);
            else if (!boxes.containsKey(MOVIE)) throw new IOException("it has no pictures");
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException("its tables of pictures are damaged", e);
        }
    }

    private static void require(ByteBuffer meta, int length) throws IOException {
        Map<Integer, ByteBuffer> tables = boxes(content(meta).position(WORDS));
        ByteBuffer infos = tables.get(INFOS), places = tables.get(PLACES), primary = tables.get(PRIMARY);
        if (infos == null || places == null || primary == null)
            throw new IOException("it has no table of its pictures and where they lie");
        HeifItems heif = new HeifItems(length);
        heif.readInfos(content(infos));
        heif.readPlaces(content(places));
        for (int item : heif.items)
            if (!heif.placed.contains(item) && !heif.derived.contains(item))
                throw new IOException("item " + item + " of it has no place");
        if (!heif.items.containsAll(heif.placed))
            throw new IOException(
                    "its pictures are the items " + heif.items + ", but places are told of " + heif.placed);
        ByteBuffer first = content(primary);
        int shown = first.get(0) == 0 ? first.getShort(WORDS) & 0xFFFF : first.getInt(WORDS);
        heif.require(shown);
        if (!heif.placed.contains(shown)) throw new IOException("item " + shown + " of it, the picture, has no place");
        if (tables.containsKey(PROPERTIES)) heif.readProperties(content(tables.get(PROPERTIES)));
        if (tables.containsKey(REFERENCES)) heif.readReferences(content(tables.get(REFERENCES)));
    }

    private void readInfos(ByteBuffer infos) throws IOException {
        int version = infos.get(0);
        infos.position(WORDS);
        long count = number(infos, version == 0 ? 2 : 4);
        for (long i = 0; i < count; i++) {
            ByteBuffer box = box(infos), info = content(box);
            int form = info.get(0);
            if (box.getInt(WORDS) != INFO || form < 2) throw new IOException("it has an item of an unknown form");
            info.position(WORDS);
            int item = (int) number(info, form == 2 ? 2 : 4);
            if (!items.add(item)) throw new IOException("it has an item twice");
            info.getShort(); // how it is protected
            if (info.getInt() == IDENTITY) derived.add(item);
        }
        if (infos.hasRemaining()) throw new IOException("it has more items than it counts");
    }

    private void readPlaces(ByteBuffer places) throws IOException {
        int version = places.get(0);
        places.position(WORDS);
        int sizes = (int) number(places, 2);
        int offset = sizes >> 12,
                extent = sizes >> 8 & 15,
                base = sizes >> 4 & 15,
                index = version == 0 ? 0 : sizes & 15;
        long count = number(places, version < 2 ? 2 : 4);
        for (long i = 0; i < count; i++) {
            int item = (int) number(places, version < 2 ? 2 : 4);
            boolean inFile = version == 0 || (number(places, 2) & 15) == 0;
            if (number(places, 2) != 0) throw new IOException("a picture of it lies in another file");
            long begin = number(places, base);
            long extents = number(places, 2);
            // FFmpeg reads one extent also where there is none, and the rest of the table otherwise than it is meant.
            if (extents < 1 || !placed.add(item)) throw new IOException("item " + item + " of it has no place, or two");
            for (long e = 0; e < extents; e++) {
                number(places, index);
                long from = begin + number(places, offset), bytes = number(places, extent);
                if (bytes == 0) throw new IOException("item " + item + " of it is empty");
                if (inFile && (begin < 0 || from < begin || bytes < 0 || from > length || bytes > length - from))
                    throw new IOException("item " + item + " of it lies outside of the file");
            }
        }
    }

    private void readProperties(ByteBuffer properties) throws IOException {
        Map<Integer, ByteBuffer> boxes = boxes(properties.duplicate());
        int values = 0;
        if (boxes.containsKey(VALUES))
            for (ByteBuffer all = content(boxes.get(VALUES)); all.hasRemaining(); values++) box(all);
        while (properties.remaining() >= 2 * WORDS) {
            ByteBuffer box = box(properties);
            if (box.getInt(WORDS) == BELONGING) readBelonging(content(box), values);
        }
    }

    private void readBelonging(ByteBuffer belonging, int values) throws IOException {
        int form = belonging.getInt();
        long count = number(belonging, 4);
        for (long i = 0; i < count; i++) {
            require((int) number(belonging, form >>> 24 == 0 ? 2 : 4));
            for (int left = belonging.get() & 0xFF; left > 0; left--) {
                long value = (form & 1) == 0 ? belonging.get() & 0x7F : number(belonging, 2) & 0x7FFF;
                if (value > values)
                    throw new IOException("it has " + values + " properties, and names number " + value);
            }
        }
    }

    private void readReferences(ByteBuffer references) throws IOException {
        int size = references.getInt() >>> 24 == 0 ? 2 : 4;
        while (references.hasRemaining()) {
            ByteBuffer reference = content(box(references));
            require((int) number(reference, size));
            for (long left = number(reference, 2); left > 0; left--) require((int) number(reference, size));
        }
    }

    private void require(int item) throws IOException {
        if (!items.contains(item)) throw new IOException("it names item " + item + ", which it does not have");
    }

    /** The boxes up to the end by their names; of those of one name the first, but there are no two tables. */
    private static Map<Integer, ByteBuffer> boxes(ByteBuffer within) {
        Map<Integer, ByteBuffer> boxes = new HashMap<>();
        while (within.remaining() >= 2 * WORDS) {
            ByteBuffer box = box(within);
            if (boxes.putIfAbsent(box.getInt(WORDS), box) != null && TABLES.contains(box.getInt(WORDS)))
                throw new IllegalArgumentException("two tables");
        }
        return boxes;
    }

    /** The next box with its head. */
    private static ByteBuffer box(ByteBuffer within) {
        int at = within.position();
        long size = Integer.toUnsignedLong(within.getInt(at));
        int head = size == 1 ? 4 * WORDS : 2 * WORDS;
        if (size == 0) size = within.remaining();
        if (size == 1) size = within.getLong(at + 2 * WORDS);
        if (size < head || size > within.remaining()) throw new IllegalArgumentException("a box of " + size + " bytes");
        within.position(at + (int) size);
        return within.slice(at, (int) size);
    }

    private static ByteBuffer content(ByteBuffer box) {
        int head = box.getInt(0) == 1 ? 4 * WORDS : 2 * WORDS;
        return box.slice(head, box.limit() - head);
    }

    private static long number(ByteBuffer from, int bytes) {
        long number = 0;
        for (int i = 0; i < bytes; i++) number = number << 8 | from.get() & 0xFF;
        return number;
    }

    private static int name(String name) {
        return name.charAt(0) << 24 | name.charAt(1) << 16 | name.charAt(2) << 8 | name.charAt(3);
    }
}
