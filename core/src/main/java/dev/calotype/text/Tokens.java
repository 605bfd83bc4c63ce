package dev.calotype.text;

/**
 * Texts as rows of ids.
 *
 * @param ids N rows of {@code context} ids, one after the other; not copied, do not change them
 * @param lengths N: how many ids of a row are text and marks; the others are padding
 * @param context ids in a row
 * @param cut how many of the texts were longer than a row
 */
public record Tokens(int[] ids, int[] lengths, int context, int cut) {
    public Tokens {
        if (ids.length != (long) lengths.length * context)
            throw new IllegalArgumentException(
                    ids.length + " ids do not fill " + lengths.length + " rows of " + context);
    }

    /** N, the number of texts. */
    public int count() {
        return lengths.length;
    }

    /** A sentence about the texts that were cut, or an empty one. */
    public String cutInWords() {
        return cutInWords(cut, count(), context);
    }

    /** The same of {@code cut} out of {@code count} texts that nobody has the rows of. */
    public static String cutInWords(int cut, int count, int context) {
        if (cut == 0) return "";
        return cut + " of " + count + (count == 1 ? " text" : " texts") + (cut == 1 ? " was" : " were") + " cut to the "
                + context + " tokens that the text encoder reads";
    }
}
