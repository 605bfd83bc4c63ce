package dev.calotype.attack;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/** Changes bytes at random, the same for the same seed: bits, extreme numbers, parts that are lost, doubled or exchanged. */
final class Mutation {
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        0x7F,
        0x80,
        0xFF,
        0x7FFF,
        0x8000,
        0xFFFF,
        0x7FFFFFFF,
        0x80000000L,
        0xFFFFFFFFL,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final int SIGNATURE = 8, AROUND = 12; // of a PNG file, of its chunks

    private final SplittableRandom random;

    Mutation(long seed) {
        random = new SplittableRandom(seed);
    }

    byte[] of(byte[] seed, byte[] other) {
        byte[] bytes = seed.clone();
        for (int i = 1 + random.nextInt(4); i > 0 && bytes.length > 0; i--) bytes = once(bytes, other);
        return random.nextInt(4) > 0 ? withChecksums(bytes) : bytes;
    }

    private byte[] once(byte[] bytes, byte[] other) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(9)) {
            case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> bytes[at] = (byte) random.nextInt(256);
            case 3, 4 -> extreme(bytes, at);
            case 5 -> {
                return Arrays.copyOf(bytes, at);
            }
            case 6 -> {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(64));
                return joined(bytes, at, bytes, end); // lost
            }
            case 7 -> {
                int from = Math.max(0, at - random.nextInt(64));
                return joined(bytes, at, bytes, from); // twice
            }
            default -> {
                int from = other.length == 0 ? 0 : random.nextInt(other.length);
                return joined(bytes, at, other, from); // the end of another
            }
        }
        return bytes;
    }

    private void extreme(byte[] bytes, int at) {
        int size = 1 << random.nextInt(4);
        if (at + size > bytes.length) return;
        long value = EXTREMES[random.nextInt(EXTREMES.length)];
        ByteBuffer number =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
        boolean reversed = random.nextBoolean();
        for (int i = 0; i < size; i++) bytes[at + i] = number.get(reversed ? size - 1 - i : i);
    }

    private static byte[] joined(byte[] first, int end, byte[] second, int from) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(first, 0, end);
        out.write(second, from, Math.max(0, second.length - from));
        return out.toByteArray();
    }

    /** Makes the checksums of a PNG file right, as far as its chunks go; anything else stays as it is. */
    static byte[] withChecksums(byte[] bytes) {
        if (bytes.length <= SIGNATURE || (bytes[0] & 0xFF) != 0x89 || bytes[1] != 'P') return bytes;
        ByteBuffer file = ByteBuffer.wrap(bytes);
        for (int at = SIGNATURE; at + AROUND <= bytes.length; ) {
            int length = file.getInt(at);
            if (length < 0 || length > bytes.length - at - AROUND) return bytes;
            CRC32 crc = new CRC32();
            crc.update(bytes, at + 4, length + 4);
            file.putInt(at + 8 + length, (int) crc.getValue());
            at += AROUND + length;
        }
        return bytes;
    }
}
