package dev.calotype.data.store;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.zip.UnicodePathExtraField;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * The names in a zip archive: UTF-8 if all of them are, else of some old code page, of which only that it has 8 bits
 * matters here, so that no two names become one.
 */
final class ZipNames {
    private ZipNames() {}

    static List<String> of(List<ZipArchiveEntry> entries) {
        List<String> names = new ArrayList<>(entries.size());
        for (ZipArchiveEntry entry : entries) {
            String name = unicode(entry);
            if (name == null) name = utf8(entry.getRawName());
            if (name == null) return eightBits(entries);
            names.add(name);
        }
        return names;
    }

    private static List<String> eightBits(List<ZipArchiveEntry> entries) {
        List<String> names = new ArrayList<>(entries.size());
        for (ZipArchiveEntry entry : entries) {
            Charset charset = entry.getGeneralPurposeBit().usesUTF8ForNames()
                    ? StandardCharsets.UTF_8
                    : StandardCharsets.ISO_8859_1;
            String unicode = unicode(entry);
            names.add(unicode != null ? unicode : new String(entry.getRawName(), charset));
        }
        return names;
    }

    /** The name that Info-ZIP notes besides the one in the code page. */
    private static String unicode(ZipArchiveEntry entry) {
        boolean there = entry.getExtraField(UnicodePathExtraField.UPATH_ID) instanceof UnicodePathExtraField;
        if (!there) return null;
        return utf8(((UnicodePathExtraField) entry.getExtraField(UnicodePathExtraField.UPATH_ID)).getUnicodeName());
    }

    private static String utf8(byte[] name) {
        if (name == null) return null;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(name))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
