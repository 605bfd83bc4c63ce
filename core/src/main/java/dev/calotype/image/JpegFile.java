package dev.calotype.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Makes baseline JPEG files (ITU-T T.81) of quality 95 by the JDK, with a profile and comments of a key and a value each. */
final class JpegFile {
    private static final float QUALITY = 0.95f;
    private static final int START = 2; // bytes of the marker that begins a file
    private static final int COM = 0xFE, APP2 = 0xE2;
    private static final int MAX_SEGMENT = 65_533;
    private static final byte[] PROFILE = "ICC_PROFILE\0".getBytes(StandardCharsets.ISO_8859_1);

    private JpegFile() {}

    static byte[] encode(PictureFile picture, Map<String, String> text) throws IOException {
        byte[] plain = compressed(picture.colours());
        int head = START + 2 + ((plain[START + 2] & 0xFF) << 8 | plain[START + 3] & 0xFF); // JFIF comes first
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(plain.length + 4096);
        DataOutputStream out = new DataOutputStream(bytes);
        out.write(plain, 0, head);
        writeProfile(out, picture.profile());
        for (Map.Entry<String, String> entry : text.entrySet()) {
            byte[] utf8 = (entry.getKey() + ": " + entry.getValue()).getBytes(StandardCharsets.UTF_8);
            for (int from = 0; from < utf8.length; from += MAX_SEGMENT)
                writeSegment(out, COM, new byte[0], utf8, from, Math.min(MAX_SEGMENT, utf8.length - from));
        }
        out.write(plain, head, plain.length - head);
        return bytes.toByteArray();
    }

    private static byte[] compressed(Picture picture) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(picture.pixels().length / 4 + 1024);
        try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
            ImageWriteParam param = writer.getDefaultWriteParam();
            param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
            param.setCompressionQuality(QUALITY);
            writer.setOutput(out);
            writer.write(null, new IIOImage(image(picture), null, null), param);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    /** The samples as they lie, whose rows the writer copies whole; grey as samples of grey, which become one component. */
    private static BufferedImage image(Picture picture) {
        int channels = picture.channels(), width = picture.width();
        int[] bands = channels == 1 ? new int[] {0} : new int[] {0, 1, 2};
        DataBufferByte samples = new DataBufferByte(picture.pixels(), picture.pixels().length);
        WritableRaster raster = Raster.createInterleavedRaster(
                samples, width, picture.height(), channels * width, channels, bands, null);
        ColorSpace space = ColorSpace.getInstance(channels == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB);
        ColorModel model = new ComponentColorModel(space, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        return new BufferedImage(model, raster, false, null);
    }

    /** In as many segments as it takes, each with its number and how many there are (ICC.1, annex B.4). */
    private static void writeProfile(DataOutputStream out, byte[] profile) throws IOException {
        int most = MAX_SEGMENT - PROFILE.length - 2;
        int parts = (profile.length + most - 1) / most;
        for (int part = 0; part < parts; part++) {
            byte[] name = Arrays.copyOf(PROFILE, PROFILE.length + 2);
            name[PROFILE.length] = (byte) (part + 1);
            name[PROFILE.length + 1] = (byte) parts;
            int from = part * most;
            writeSegment(out, APP2, name, profile, from, Math.min(most, profile.length - from));
        }
    }

    private static void writeSegment(DataOutputStream out, int marker, byte[] name, byte[] data, int from, int length)
            throws IOException {
        out.writeByte(0xFF);
        out.writeByte(marker);
        out.writeShort(2 + name.length + length);
        out.write(name);
        out.write(data, from, length);
    }
}
