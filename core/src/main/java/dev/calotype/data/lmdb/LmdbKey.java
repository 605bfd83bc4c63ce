package dev.calotype.data.lmdb;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * A key in words: its text, or its bytes in hexadecimal where they are none.
 *
 * @param bytes as they are stored
 */
record LmdbKey(byte[] bytes) {
    @Override
    public String toString() {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            if (text.chars().noneMatch(Character::isISOControl)) return text;
        } catch (CharacterCodingException noText) {
            return "0x" + HexFormat.of().formatHex(bytes);
        }
        return "0x" + HexFormat.of().formatHex(bytes);
    }
}
