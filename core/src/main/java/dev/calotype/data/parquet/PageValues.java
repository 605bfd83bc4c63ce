package dev.calotype.data.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The values of one page: numbers, or stretches of its content.
 *
 * @param content that stretches lie in; empty for numbers
 * @param from where each value begins; null for numbers
 * @param numbers or lengths
 */
record PageValues(Content content, int[] from, long[] numbers) {
    private static final Content NOTHING = Content.ofMemory(new byte[0]);
    static final int PLAIN = 0;
    private static final int DICTIONARY_2 = 2, RLE = 3, DELTA = 5, DELTA_LENGTH = 6, DELTA_BYTES = 7;
    private static final int DICTIONARY = 8;
    private static final int TRUTH = 0, INT32 = 1, INT64 = 2, BYTES = 6;
    private static final long MOST_FRONTS = 1 << 29;

    /** {@code count} values of a type that begin at {@code at}; {@code dictionary} may be null where none is needed. */
    static PageValues read(int type, int encoding, byte[] content, int at, int count, PageValues dictionary)
            throws IOException {
        return switch (encoding) {
            case PLAIN -> plain(type, content, at, count);
            case DICTIONARY_2, DICTIONARY -> chosen(content, at, count, dictionary);
            case RLE -> truths(type, content, at, count);
            case DELTA -> new PageValues(NOTHING, null, deltas(type, content, at, count));
            case DELTA_LENGTH -> {
                DeltaReader lengths = new DeltaReader(content, at);
                yield stretches(type, content, lengths.read(count), lengths.position());
            }
            case DELTA_BYTES -> fronts(type, content, at, count);
            default ->
                throw new IOException("it has values in the encoding " + encoding
                        + ", which is not read: write it again with the encoding PLAIN");
        };
    }

    private static PageValues plain(int type, byte[] content, int at, int count) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).position(at);
        int least =
                switch (type) {
                    case TRUTH -> 0;
                    case INT64 -> 8;
                    default -> 4;
                };
        if ((long) count * least > in.remaining() || type == TRUTH && count > 8L * in.remaining()) throw damaged();
        long[] numbers = new long[count];
        int[] from = type == BYTES ? new int[count] : null;
        for (int i = 0; i < count; i++)
            switch (type) {
                case TRUTH -> numbers[i] = content[at + i / 8] >> i % 8 & 1;
                case INT32 -> numbers[i] = in.getInt();
                case INT64 -> numbers[i] = in.getLong();
                case BYTES -> {
                    if (in.remaining() < 4) throw damaged();
                    int length = in.getInt();
                    if (length < 0 || length > in.remaining()) throw damaged();
                    numbers[i] = length;
                    from[i] = in.position();
                    in.position(in.position() + length);
                }
                default -> throw new IOException("it has values of the type " + type + ", which is not read");
            }
        return new PageValues(type == BYTES ? Content.ofMemory(content) : NOTHING, from, numbers);
    }

    private static PageValues chosen(byte[] content, int at, int count, PageValues dictionary) throws IOException {
        if (dictionary == null) throw new IOException("it lacks a dictionary that its values refer to");
        if (count == 0)
            return new PageValues(dictionary.content, dictionary.from == null ? null : new int[0], new long[0]);
        if (at >= content.length) throw damaged();
        int[] indices = new int[count];
        new HybridReader(content, at + 1, content.length, content[at]).read(indices);
        long[] numbers = new long[count];
        int[] from = dictionary.from == null ? null : new int[count];
        for (int i = 0; i < count; i++) {
            if (indices[i] < 0 || indices[i] >= dictionary.numbers.length) throw damaged();
            numbers[i] = dictionary.numbers[indices[i]];
            if (from != null) from[i] = dictionary.from[indices[i]];
        }
        return new PageValues(dictionary.content, from, numbers);
    }

    private static PageValues truths(int type, byte[] content, int at, int count) throws IOException {
        if (type != TRUTH || content.length - at < 4) throw damaged();
        int[] values = new int[count];
        new HybridReader(content, at + 4, content.length, 1).read(values);
        return new PageValues(
                NOTHING, null, Arrays.stream(values).asLongStream().toArray());
    }

    private static long[] deltas(int type, byte[] content, int at, int count) throws IOException {
        if (type != INT32 && type != INT64) throw damaged();
        long[] numbers = new DeltaReader(content, at).read(count);
        if (type == INT32) for (int i = 0; i < count; i++) numbers[i] = (int) numbers[i];
        return numbers;
    }

    private static PageValues stretches(int type, byte[] content, long[] lengths, int at) throws IOException {
        if (type != BYTES) throw damaged();
        int[] from = new int[lengths.length];
        long next = at;
        for (int i = 0; i < from.length; i++) {
            from[i] = (int) next;
            next += lengths[i];
            if (lengths[i] < 0 || next > content.length) throw damaged();
        }
        return new PageValues(Content.ofMemory(content), from, lengths);
    }

    /** Each value begins as the one before it. */
    private static PageValues fronts(int type, byte[] content, int at, int count) throws IOException {
        DeltaReader prefixes = new DeltaReader(content, at);
        long[] shared = prefixes.read(count);
        DeltaReader lengths = new DeltaReader(content, prefixes.position());
        PageValues rests = stretches(type, content, lengths.read(count), lengths.position());
        long total = 0;
        for (int i = 0; i < count; i++) {
            long before = i == 0 ? 0 : shared[i - 1] + rests.numbers[i - 1];
            if (shared[i] < 0 || shared[i] > before) throw damaged();
            total += shared[i] + rests.numbers[i];
            if (total > MOST_FRONTS) throw damaged();
        }
        byte[] whole = new byte[(int) total];
        int[] from = new int[count];
        long[] all = new long[count];
        for (int i = 0, to = 0; i < count; i++) {
            from[i] = to;
            all[i] = shared[i] + rests.numbers[i];
            if (i > 0) System.arraycopy(whole, from[i - 1], whole, to, (int) shared[i]);
            System.arraycopy(content, rests.from[i], whole, to + (int) shared[i], (int) rests.numbers[i]);
            to += (int) all[i];
        }
        return new PageValues(Content.ofMemory(whole), from, all);
    }

    private static IOException damaged() {
        return new IOException("a page of it is damaged: its values do not fit into it");
    }

    byte[] bytes(int index) throws IOException {
        return content.copy(from[index], (int) numbers[index]);
    }

    /** The same values, whose bytes lie elsewhere in the same order. */
    PageValues in(Content place) {
        return new PageValues(place, from, numbers);
    }

    /** Whether values are stretches of the page itself. */
    static boolean liesInPage(int encoding) {
        return encoding == PLAIN || encoding == DELTA_LENGTH;
    }

    /** About how much memory it takes. */
    long size() {
        return content.held() + 12L * numbers.length;
    }
}
