package dev.calotype;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Assumptions;

/** For tests that make files with names in other scripts: in a locale of ASCII, Java has no way to say them. */
public final class AnyScript {
    private AnyScript() {}

    /** Skips the running test where file names are not in UTF-8. */
    public static void assume() {
        String charset = System.getProperty("sun.jnu.encoding");
        Assumptions.assumeTrue(
                Charset.forName(charset).newEncoder().canEncode("日۳é"), "file names are in " + charset + ": skipped");
    }
}
