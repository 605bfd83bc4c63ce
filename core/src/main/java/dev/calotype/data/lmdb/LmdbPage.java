package dev.calotype.data.lmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** One page of a tree: a branch, whose nodes lead to other pages, or a leaf, whose nodes are entries. */
final class LmdbPage {
    static final int HEADER = 16;
    static final int OVERFLOW = 4;
    private static final int BRANCH = 1;
    private static final int LEAF = 2;
    private static final int KINDS = 0x6F;
    private static final int NODE = 8;
    private static final int BIG = 1;
    private static final int DATABASE = 2;
    private static final int DUPLICATES = 4;

    private final long number;
    private final ByteBuffer bytes;
    private final boolean leaf;
    private final int count;

    /**
     * @throws IOException if the bytes are not those of a branch or a leaf of this number
     */
    LmdbPage(long number, byte[] content) throws IOException {
        this.number = number;
        bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        int kind = bytes.getShort(10) & KINDS;
        if (bytes.getLong(0) != number || kind != BRANCH && kind != LEAF) throw damaged("is no page of the tree");
        leaf = kind == LEAF;
        int lower = unsigned(12);
        int upper = unsigned(14);
        count = (lower - HEADER) / 2;
        if (lower <= HEADER || upper < lower || upper > content.length || count * (NODE + 2) > content.length)
            throw damaged("claims nodes that do not fit into it");
        for (int node = 0; node < count; node++) checkNode(node, upper);
    }

    private void checkNode(int node, int upper) throws IOException {
        int at = at(node);
        if (at < upper || at + NODE > bytes.capacity()) throw damaged("has a node beyond its bounds");
        long end = at + NODE + (long) unsigned(at + 6) + (!leaf ? 0 : isBig(node) ? Long.BYTES : size(node));
        if (end > bytes.capacity()) throw damaged("has a node beyond its bounds");
        if (leaf && (unsigned(at + 4) & (DATABASE | DUPLICATES)) != 0)
            throw new IOException("it holds several databases (" + new LmdbKey(key(node))
                    + " is one), and only the main one of an environment is read");
    }

    boolean isLeaf() {
        return leaf;
    }

    /** How many nodes it has. */
    int count() {
        return count;
    }

    /** The number of the page that a node of a branch leads to. */
    long child(int node) {
        int at = at(node);
        return unsigned(at) | (long) unsigned(at + 2) << 16 | (long) unsigned(at + 4) << 32;
    }

    /** Whether the value of a node of a leaf lies in pages of its own. */
    boolean isBig(int node) {
        return (unsigned(at(node) + 4) & BIG) != 0;
    }

    /** The bytes of the value of a node of a leaf, as it claims. */
    long size(int node) {
        int at = at(node);
        return unsigned(at) | (long) unsigned(at + 2) << 16;
    }

    byte[] key(int node) {
        int from = at(node) + NODE;
        return Arrays.copyOfRange(bytes.array(), from, from + unsigned(at(node) + 6));
    }

    /** The value of a node whose value is not big. */
    byte[] value(int node) {
        int from = at(node) + NODE + unsigned(at(node) + 6);
        return Arrays.copyOfRange(bytes.array(), from, from + (int) size(node));
    }

    /** The number of the first page of a big value. */
    long bigPage(int node) {
        return bytes.getLong(at(node) + NODE + unsigned(at(node) + 6));
    }

    private int at(int node) {
        return unsigned(HEADER + 2 * node);
    }

    private int unsigned(int at) {
        return Short.toUnsignedInt(bytes.getShort(at));
    }

    private IOException damaged(String what) {
        return new IOException("page " + number + " " + what);
    }
}
