package dev.calotype.data.parquet;

import dev.calotype.data.parquet.ThriftReader.Value;
import java.io.IOException;

/**
 * Where the values of one column of one row group lie.
 *
 * @param type of the values, as Parquet numbers them
 * @param codec the number of the codec
 * @param values how many there are, absent ones included
 * @param start the place of the first page, which may be a dictionary
 * @param bytes of all pages with their headers
 * @param elsewhere whether they lie in another file
 * @param encrypted whether they are encrypted
 */
record ColumnChunk(int type, int codec, long values, long start, long bytes, boolean elsewhere, boolean encrypted) {
    static ColumnChunk read(Value value) throws IOException {
        boolean[] is = new boolean[2];
        long[] n = {-1, -1, -1, -1, 0, 0};
        value.struct((id, field) -> {
            if (id == 1) is[0] = true;
            if (id == 8) is[1] = true;
            return id == 3
                    && field.struct((key, inner) -> {
                        switch (key) {
                            case 1 -> n[0] = inner.small();
                            case 4 -> n[1] = inner.small();
                            case 5 -> n[2] = inner.number();
                            case 7 -> n[3] = inner.number();
                            case 9 -> n[4] = inner.number();
                            case 11 -> n[5] = inner.number();
                            default -> {
                                return false;
                            }
                        }
                        return true;
                    });
        });
        long start = n[5] > 0 && n[5] < n[4] ? n[5] : n[4];
        return new ColumnChunk((int) n[0], (int) n[1], n[2], start, n[3], is[0], is[1]);
    }
}
