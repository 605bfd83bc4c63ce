package dev.calotype.report;

import java.io.IOException;
import java.nio.file.Path;

/** Writes a document in one format. */
interface Writer {
    /** Writes the document to a file, and beside it what the format cannot hold inside. */
    void write(Document document, Path out) throws IOException;
}
