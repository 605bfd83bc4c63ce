package dev.calotype.image;

import java.io.IOException;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;

/** Turns the warnings of a reader, which would go on with grey pixels, into errors; harmless ones are let through. */
final class Warnings implements IIOReadWarningListener {
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
