package dev.calotype.image;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/**
 * Readers, one of a kind for each thread: making one costs more than decoding a small picture. They are the JDK's own; for
 * TIFF there is also a library's, which reads more kinds of it and is slower.
 */
final class Readers {
    private static final ThreadLocal<Map<PictureKind, ImageReader>> READERS =
            ThreadLocal.withInitial(() -> new EnumMap<>(PictureKind.class));

    private static final ThreadLocal<ImageReader> ANY_TIFF =
            ThreadLocal.withInitial(() -> new TIFFImageReaderSpi().createReaderInstance(null));

    private Readers() {}

    /** The library's reader of TIFF. */
    static ImageReader ofAnyTiff() {
        return ANY_TIFF.get();
    }

    static ImageReader of(PictureKind kind) {
        return READERS.get().computeIfAbsent(kind, Readers::made);
    }

    /** Gives up this thread's reader, whose state is unknown after a failure. */
    static void discard(PictureKind kind) {
        ImageReader reader = READERS.get().remove(kind);
        if (reader != null) reader.dispose();
        if (kind == PictureKind.TIFF) ANY_TIFF.remove();
    }

    private static ImageReader made(PictureKind kind) {
        String plugin = "com.sun.imageio.plugins." + kind.name().toLowerCase(Locale.ROOT) + ".";
        Iterator<ImageReaderSpi> readers = IIORegistry.getDefaultInstance()
                .getServiceProviders(
                        ImageReaderSpi.class, spi -> spi.getClass().getName().startsWith(plugin), true);
        if (!readers.hasNext()) throw new IllegalStateException("this Java runtime has no " + kind + " reader");
        try {
            return readers.next().createReaderInstance();
        } catch (IOException e) {
            throw new IllegalStateException("the " + kind + " reader of this Java runtime does not start", e);
        }
    }

    /** Turns the warnings of a reader, which would go on with grey pixels, into errors; harmless ones are let through. */
    static final class Warnings implements IIOReadWarningListener {
        private static final List<String> HARMLESS = List.of(
                "extraneous bytes",
                "JFIF revision",
                "Adobe color transform",
                "SOS parameters",
                "strip/tileByteCount < required",
                "8 bit ColorMap");

        private String first;

        @Override
        public void warningOccurred(ImageReader source, String warning) {
            if (first == null && HARMLESS.stream().noneMatch(warning::contains)) first = warning;
        }

        void requireNone() throws IOException {
            if (first != null) throw new IOException(first);
        }
    }
}
