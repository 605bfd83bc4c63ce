package dev.calotype.data.parquet;

import dev.calotype.data.parquet.ThriftReader.EndOfBytes;
import dev.calotype.data.parquet.ThriftReader.Value;
import dev.calotype.data.store.RandomFile;
import java.io.IOException;

/**
 * What stands before a page.
 *
 * @param type {@link #DATA}, {@link #DICTIONARY}, {@link #DATA_2}, or another
 * @param length of its content, and {@code packed} how many bytes it takes in the file
 * @param values how many it has, absent ones included
 * @param encoding of the values
 * @param levels the encoding of what tells absent values, {@link #RLE} or another
 * @param repetition the bytes of what tells lists, and {@code absence} of what tells absent values, in a {@link #DATA_2}
 * @param compressed whether the values are, in a {@link #DATA_2}
 * @param bytes of this header
 */
record PageHeader(
        int type,
        int length,
        int packed,
        int values,
        int encoding,
        int levels,
        int repetition,
        int absence,
        boolean compressed,
        int bytes) {
    static final int DATA = 0, DICTIONARY = 2, DATA_2 = 3;
    static final int RLE = 3;
    private static final int WINDOW = 1 << 10, MOST = 1 << 24;

    /** The header that begins at {@code place}, of a page that ends before {@code end}. */
    static PageHeader read(RandomFile file, long place, long end) throws IOException {
        for (int window = WINDOW; ; window *= 8) {
            int count = (int) Math.min(window, end - place);
            try {
                PageHeader header = parsed(new ThriftReader(file.read(place, count)));
                boolean sound = header.packed >= 0 && header.packed <= end - place - header.bytes && header.values >= 0;
                if (!sound)
                    throw new IOException("it claims a page of " + header.packed + " bytes where there are fewer");
                return header;
            } catch (EndOfBytes tooFew) {
                if (count < window || window > MOST) throw tooFew;
            }
        }
    }

    private static PageHeader parsed(ThriftReader in) throws IOException {
        int[] n = {-1, -1, -1, 0, -1, RLE, 0, 0};
        boolean[] compressed = {true};
        in.fields((id, value) -> switch (id) {
            case 1, 2, 3 -> set(n, id - 1, value);
            case 5 -> value.struct((key, inner) -> key <= 3 && set(n, key + 2, inner));
            case 7 -> value.struct((key, inner) -> key <= 2 && set(n, key + 2, inner));
            case 8 ->
                value.struct((key, inner) -> switch (key) {
                    case 1 -> set(n, 3, inner);
                    case 4 -> set(n, 4, inner);
                    case 5 -> set(n, 7, inner);
                    case 6 -> set(n, 6, inner);
                    case 7 -> {
                        compressed[0] = inner.truth();
                        yield true;
                    }
                    default -> false;
                });
            default -> false;
        });
        return new PageHeader(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], compressed[0], in.position());
    }

    private static boolean set(int[] numbers, int index, Value value) throws IOException {
        numbers[index] = value.small();
        return true;
    }
}
