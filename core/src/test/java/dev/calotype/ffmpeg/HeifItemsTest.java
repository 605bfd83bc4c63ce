package dev.calotype.ffmpeg;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Tables of two items of text, which no decoder looks at: the first lies in the last bytes of the file. */
class HeifItemsTest {
    private static final byte[] INFOS = box("iinf", numbers(0, 0, 0, 0, 0, 2), info(1, "mime"), info(2, "mime"));
    private static final byte[] FIRST = box("pitm", numbers(0, 0, 0, 0, 0, 1));

    @Test
    void tablesThatAgreeAreTaken() {
        assertThatCode(() -> HeifItems.require(file(INFOS, places(2, 4)))).doesNotThrowAnyException();
    }

    @Test
    void anItemIsNotEmpty() {
        assertThatIOException()
                .isThrownBy(() -> HeifItems.require(file(INFOS, places(2, 0))))
                .withMessage("item 2 of it is empty");
    }

    @Test
    void everyItemHasAPlaceButOneThatIsAnotherItemTurned() {
        assertThatIOException()
                .isThrownBy(() -> HeifItems.require(file(INFOS, places(1, 4))))
                .withMessage("item 2 of it has no place");
        byte[] turned = box("iinf", numbers(0, 0, 0, 0, 0, 2), info(1, "mime"), info(2, "iden"));
        assertThatCode(() -> HeifItems.require(file(turned, places(1, 4)))).doesNotThrowAnyException();
    }

    private static byte[] file(byte[] infos, byte[] places) {
        return join(box("meta", numbers(0, 0, 0, 0), places, infos, FIRST), box("free", numbers(1, 2, 3, 4)));
    }

    private static byte[] info(int item, String type) {
        return box("infe", numbers(2, 0, 0, 0, 0, item, 0, 0), type.getBytes(StandardCharsets.US_ASCII), numbers(0));
    }

    /** The first {@code count} items, each in the first bytes of the file: offsets and lengths of four bytes. */
    private static byte[] places(int count, int bytes) {
        byte[] all = numbers(0, 0, 0, 0, 0x44, 0, 0, count);
        for (int item = 1; item <= count; item++)
            all = join(all, numbers(0, item, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, item == 1 ? 4 : bytes));
        return box("iloc", all);
    }

    private static byte[] box(String name, byte[]... parts) {
        byte[] content = join(parts);
        byte[] head = ByteBuffer.allocate(8)
                .putInt(8 + content.length)
                .put(name.getBytes(StandardCharsets.US_ASCII))
                .array();
        return join(head, content);
    }

    private static byte[] numbers(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) bytes[i] = (byte) values[i];
        return bytes;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) all.writeBytes(part);
        return all.toByteArray();
    }
}
