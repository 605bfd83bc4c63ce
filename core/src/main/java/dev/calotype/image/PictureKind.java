package dev.calotype.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** A kind of picture file that is known here, by its first bytes or by the end of its name, whether it is read or not. */
public enum PictureKind {
    PNG("PNG", true, "png apng", starts("\u0089PNG\r\n\u001a\n")),
    JPEG("JPEG", true, "jpg jpeg jpe jif jfif jfi pjpeg pjp mpo", starts("\u00ff\u00d8\u00ff")),
    GIF("GIF", true, "gif", starts("GIF87a", "GIF89a")),
    BMP("BMP", true, "bmp dib", starts("BM")),
    RAW(
            "raw",
            false,
            "dng cr2 cr3 crw nef nrw arw sr2 srf orf rw2 raf pef srw x3f mrw",
            starts("II*\0\u0010\0\0\0CR", "FUJIFILMCCD-RAW", "IIRO", "IIRS", "MMOR", "IIU\0", "FOVb", "\0MRM")
                    .or(FirstBytes.ofBrand("crx "))),
    TIFF("TIFF", true, "tif tiff btf tf8", starts("II*\0", "MM\0*", "II+\0", "MM\0+")),
    WEBP("WebP", true, "webp", starts("RIFF").and(head -> FirstBytes.has(head, 8, "WEBP"))),
    AVIF("AVIF", true, "avif avifs", FirstBytes.ofBrand("avif", "avis")),
    HEIC(
            "HEIC",
            true,
            "heic heif hif heics heifs",
            FirstBytes.ofBrand("heic", "heix", "hevc", "hevx", "heim", "heis", "hevm", "hevs", "mif1", "msf1")),
    JPEG_XL("JPEG XL", false, "jxl", starts("\u00ff\n", "\0\0\0\fJXL \r\n\u0087\n")),
    JPEG_2000(
            "JPEG 2000",
            false,
            "jp2 j2k j2c jpc jpf jpx jpm",
            starts("\0\0\0\fjP  \r\n\u0087\n", "\u00ff\u004f\u00ff\u0051")),
    JPEG_XR("JPEG XR", false, "jxr wdp hdp", starts("II\u00bc")),
    JPEG_LS("JPEG-LS", false, "jls", head -> false), // which begins as JPEG does
    PHOTOSHOP("Photoshop", false, "psd psb", starts("8BPS")),
    GIMP("GIMP", false, "xcf", starts("gimp xcf ")),
    SVG("SVG", false, "svg svgz", FirstBytes::isSvg),
    ICON("icon", false, "ico cur", starts("\0\0\u0001\0", "\0\0\u0002\0")),
    OPEN_EXR("OpenEXR", false, "exr", starts("v/1\u0001")),
    RADIANCE("Radiance", false, "hdr", starts("#?RADIANCE", "#?RGBE")),
    NETPBM("Netpbm", false, "pbm pgm ppm pnm pam pfm", FirstBytes::isNetpbm),
    QOI("QOI", false, "qoi", starts("qoif")),
    DDS("DDS", false, "dds", starts("DDS ")),
    TARGA("Targa", false, "tga", head -> false),
    PCX("PCX", false, "pcx", head -> false);

    /** As many first bytes as {@link #ofContent} looks at, at most. */
    public static final int HEAD = 1024;

    private final String word;
    private final boolean read;
    private final List<String> extensions;
    private final Predicate<byte[]> content;

    PictureKind(String word, boolean read, String extensions, Predicate<byte[]> content) {
        this.word = word;
        this.read = read;
        this.extensions = List.of(extensions.split(" "));
        this.content = content;
    }

    /** The kind of a file that begins with {@code head}; empty if it is of no kind of picture that is known. */
    public static Optional<PictureKind> ofContent(byte[] head) {
        return Arrays.stream(values()).filter(kind -> kind.content.test(head)).findFirst();
    }

    /** The kind that the name of a file promises by its extension, in letters of any case. */
    public static Optional<PictureKind> ofName(String name) {
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        boolean none = extension.length() == name.length();
        return Arrays.stream(values())
                .filter(kind -> !none && kind.extensions.contains(extension))
                .findFirst();
    }

    /** Whether {@link ImageFiles} and {@link PictureFile} read it. */
    public boolean isRead() {
        return read;
    }

    /** The extensions of its files, in small letters, without the dot. */
    public List<String> extensions() {
        return extensions;
    }

    /** One sentence for a kind that is not read, with the way out. */
    public String refusal() {
        return word + " pictures are not read: convert them to PNG or JPEG";
    }

    /** The name that people give it: {@code WebP}, {@code JPEG 2000}. */
    @Override
    public String toString() {
        return word;
    }

    private static Predicate<byte[]> starts(String... beginnings) {
        return head -> Arrays.stream(beginnings).anyMatch(beginning -> FirstBytes.has(head, 0, beginning));
    }

    /** What takes more than a comparison. */
    private static final class FirstBytes {
        static boolean has(byte[] head, int at, String latin) {
            if (head.length < at + latin.length()) return false;
            for (int i = 0; i < latin.length(); i++) if ((head[at + i] & 0xFF) != latin.charAt(i)) return false;
            return true;
        }

        /** A file of ISO/IEC 14496-12 of one of these brands; the first that is known counts, however many it names. */
        static Predicate<byte[]> ofBrand(String... brands) {
            return head -> {
                if (!has(head, 4, "ftyp")) return false;
                boolean general = has(head, 8, "mif1") || has(head, 8, "msf1"); // says what only with those that follow
                int end = Math.min(head.length, Math.max(0, head[2]) << 8 | head[3] & 0xFF) - 3;
                for (int at = 8; at < (general ? end : 9); at += 4) {
                    int from = at;
                    if (Arrays.stream(brands).anyMatch(brand -> has(head, from, brand))) return true;
                }
                return false;
            };
        }

        static boolean isSvg(byte[] head) {
            String text = new String(head, 0, Math.min(HEAD, head.length), StandardCharsets.ISO_8859_1);
            return text.stripLeading().startsWith("<svg")
                    || text.contains("<svg") && (text.contains("<?xml") || text.contains("<!DOCTYPE svg"));
        }

        static boolean isNetpbm(byte[] head) {
            return head.length > 2
                    && head[0] == 'P'
                    && (head[1] >= '1' && head[1] <= '7' || head[1] == 'F' || head[1] == 'f')
                    && (head[2] == '\n' || head[2] == ' ' || head[2] == '\r' || head[2] == '\t' || head[2] == '#');
        }
    }
}
