#!/usr/bin/env bash
# com.twelvemonkeys.imageio:imageio-tiff 3.14.0 on JDK 17
#
# Behaviour: with the jar on the class path, ImageIO.write(picture, "tiff", file) of a 16-bit RGB picture throws
# IllegalArgumentException "Not implemented for data type: 1". The JDK alone writes the same picture. 16-bit grey is written.
# One would guess otherwise: the plugin is added in order to READ more kinds of TIFF; it registers a writer as well, which
# goes before the JDK's own for all pictures and says that it can encode those that it then refuses.
# Costs: a program that wrote 16-bit TIFF for years fails as soon as any library of its brings this jar along. The remedy is
# to ask for the JDK's writer by its class name (com.sun.imageio.plugins.tiff.TIFFImageWriter) instead of the format's.
#
# Seen:
#   JDK alone:         grey16 written, rgb16 written
#   with imageio-tiff: grey16 written, rgb16 java.lang.IllegalArgumentException: Not implemented for data type: 1
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
for artifact in imageio:imageio-tiff imageio:imageio-core imageio:imageio-metadata common:common-lang common:common-io common:common-image; do
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="com.twelvemonkeys.$artifact:3.14.0" -DoutputDirectory="$tmp/jars" >maven.log 2>&1 || { cat maven.log; exit 2; }
done
cat > Write.java <<'JAVA'
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.File;
import javax.imageio.ImageIO;

class Write {
    public static void main(String[] args) throws Exception {
        var model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_USHORT);
        var rgb = new BufferedImage(model, model.createCompatibleWritableRaster(8, 8), false, null);
        boolean written = write("grey16", new BufferedImage(8, 8, BufferedImage.TYPE_USHORT_GRAY)) & write("rgb16", rgb);
        System.exit(written ? 0 : 1);
    }

    private static boolean write(String name, BufferedImage picture) throws Exception {
        try {
            boolean found = ImageIO.write(picture, "tiff", new File(name + ".tif"));
            System.out.println("  " + name + (found ? " written" : " no writer"));
            return found;
        } catch (IllegalArgumentException e) {
            System.out.println("  " + name + " " + e);
            return false;
        }
    }
}
JAVA
echo "JDK alone:"
java -Djava.awt.headless=true Write.java
echo "with imageio-tiff:"
if java -Djava.awt.headless=true -cp 'jars/*' Write.java; then
  echo "no longer so: 16-bit pictures are written with imageio-tiff on the class path"
  exit 1
fi
echo "reproduced: imageio-tiff 3.14.0 takes 16-bit TIFF writing over from the JDK and fails at it"
