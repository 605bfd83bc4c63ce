package dev.calotype.data.numpy;

import dev.calotype.data.store.RandomFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the first bytes of an array in NumPy's form claim, versions 1.0 to 3.0.
 *
 * @param type of the elements: byte order, kind and bytes, {@code |u1}; or what stands in its place
 * @param fortran whether the first index runs fastest
 * @param shape the length of each axis
 * @param bytes how long the header is
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">NumPy, numpy.lib.format</a>
 */
public record NumpyHeader(String type, boolean fortran, List<Integer> shape, int bytes) {
    private static final int START = 12;
    private static final int MAX_BYTES = 1 << 16;
    private static final Pattern TYPE = Pattern.compile(
            "'descr'\\s*:\\s*('[^'\\p{C}\\p{Zl}\\p{Zp}]*'|\\[[^\\p{C}\\p{Zl}\\p{Zp}]*?\\]\\s*(?=,\\s*'fortran|\\}))");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d\\sL,]*)\\)");
    private static final Pattern INTEGER = Pattern.compile("[<>|=]([iu])([1248])");

    /** Whether a file begins as such an array does. */
    public static boolean recognises(byte[] head) {
        byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
        return head.length >= magic.length && Arrays.equals(head, 0, magic.length, magic, 0, magic.length);
    }

    /** The header of the array that begins at {@code offset} and has {@code length} bytes, header included. */
    static NumpyHeader read(RandomFile file, long offset, long length) throws IOException {
        byte[] start = file.read(offset, (int) Math.min(START, length));
        if (start.length < START || !recognises(start)) throw new IOException("is not an array of NumPy");
        int version = start[6];
        if (version < 1 || version > 3)
            throw new IOException("is of version " + version + " of NumPy's form; 1, 2 and 3 are read");
        int from = version == 1 ? 10 : 12;
        long text = 0;
        for (int i = from - 1; i >= 8; i--) text = text << 8 | start[i] & 0xFF;
        if (text > MAX_BYTES || from + text > length)
            throw new IOException("claims a header of " + text + " bytes; at most " + MAX_BYTES
                    + " are read, and no more than it has: it is damaged or incomplete");
        String header = new String(
                file.read(offset + from, (int) text),
                version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
        return parsed(header, from + (int) text);
    }

    private static NumpyHeader parsed(String header, int bytes) throws IOException {
        Matcher type = TYPE.matcher(header);
        Matcher order = ORDER.matcher(header);
        Matcher shape = SHAPE.matcher(header);
        if (!type.find() || !order.find() || !shape.find())
            throw new IOException("has a header that is not NumPy's: it is damaged");
        List<Integer> axes = new ArrayList<>();
        for (String axis : shape.group(1).replace("L", "").split(",")) {
            if (axis.isBlank()) continue;
            if (!axis.strip().matches("\\d{1,9}"))
                throw new IOException("has an axis of " + axis.strip() + " elements");
            axes.add(Integer.parseInt(axis.strip()));
        }
        String quoted = type.group(1);
        String plain = quoted.startsWith("'") ? quoted.substring(1, quoted.length() - 1) : quoted;
        return new NumpyHeader(plain, order.group(1).equals("True"), List.copyOf(axes), bytes);
    }

    /** The bytes of one element of whole numbers, or 0 if the elements are none. */
    public int integerBytes() {
        Matcher integer = INTEGER.matcher(type);
        return integer.matches() ? Integer.parseInt(integer.group(2)) : 0;
    }

    /** Whether whole numbers may be negative. */
    boolean isSigned() {
        return type.startsWith("i", 1);
    }

    boolean isBigEndian() {
        return type.startsWith(">");
    }

    /** As Python writes it: {@code (20, 32, 32, 3)}. */
    public String shapeInWords() {
        return "(" + String.join(", ", shape.stream().map(String::valueOf).toList()) + (shape.size() == 1 ? ",)" : ")");
    }
}
