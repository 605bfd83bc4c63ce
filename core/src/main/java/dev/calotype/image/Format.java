package dev.calotype.image;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/** The kinds of files that are understood, each known by its first bytes and read by the JDK's own reader. */
enum Format {
    PNG("png", "\u0089PNG\r\n\u001a\n"),
    JPEG("jpeg", "\u00ff\u00d8\u00ff"),
    GIF("gif", "GIF87a", "GIF89a"),
    BMP("bmp", "BM"),
    TIFF("tiff", "II*\0", "MM\0*");

    private static final ThreadLocal<Map<Format, ImageReader>> READERS =
            ThreadLocal.withInitial(() -> new EnumMap<>(Format.class));

    private final String name;
    private final String[] beginnings;

    Format(String name, String... beginnings) {
        this.name = name;
        this.beginnings = beginnings;
    }

    static Format of(byte[] bytes) throws IOException {
        Format format = recognise(bytes);
        if (format != null) return format;
        throw new IOException("this is not a PNG, JPEG, GIF, BMP or TIFF file (" + bytes.length + " bytes)");
    }

    /** The format whose files begin like {@code bytes}, or null. */
    static Format recognise(byte[] bytes) {
        for (Format format : values())
            for (String beginning : format.beginnings) if (startsWith(bytes, beginning)) return format;
        return null;
    }

    /** This thread's reader: making one costs more than decoding a small picture. */
    ImageReader reader() {
        return READERS.get().computeIfAbsent(this, Format::newReader);
    }

    /** Gives up this thread's reader, whose state is unknown after a failure. */
    void discardReader() {
        ImageReader reader = READERS.get().remove(this);
        if (reader != null) reader.dispose();
    }

    private ImageReader newReader() {
        Iterator<ImageReaderSpi> readers = IIORegistry.getDefaultInstance()
                .getServiceProviders(
                        ImageReaderSpi.class,
                        spi -> spi.getClass().getName().startsWith("com.sun.imageio.plugins." + name + "."),
                        true);
        if (!readers.hasNext()) throw new IllegalStateException("this Java runtime has no " + this + " reader");
        try {
            return readers.next().createReaderInstance();
        } catch (IOException e) {
            throw new IllegalStateException("the " + this + " reader of this Java runtime does not start", e);
        }
    }

    private static boolean startsWith(byte[] bytes, String beginning) {
        if (bytes.length < beginning.length()) return false;
        for (int i = 0; i < beginning.length(); i++) if ((bytes[i] & 0xFF) != beginning.charAt(i)) return false;
        return true;
    }
}
