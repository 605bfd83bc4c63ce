#!/usr/bin/env bash
# com.twelvemonkeys.imageio:imageio-webp 3.14.0 (with libwebp by Pillow 13.0.0 as the other decoder)
#
# Behaviour: lossy WebP is decoded to other pixels than libwebp decodes it to, without a warning. On smooth grey pictures
# (where the colours' upsampling, which decoders may choose, can play no part) the luma itself drifts: by a few levels
# or by as much as 95 of 255 on average, by chance of the picture and of the quality. Flat and noisy pictures are all but right.
# One would guess otherwise: VP8's decoding is exact by its specification (RFC 6386), as that of PNG is; unlike that of
# JPEG it leaves no freedom in the planes. A quick check with a flat or a noisy picture passes, as does lossless WebP.
# Costs: a model trained or a metric measured in Java sees other pictures than the same files give in Python or a browser.
#
# Seen (mean and greatest difference of the grey levels, of 255):
#   flat    quality 75: mean  0.00, max 0
#   noise   quality 75: mean  0.01, max 5
#   waves   quality 75: mean 95.16, max 153
#   ramp    quality 75: mean  7.98, max 23
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
cd "$tmp"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check numpy==2.3.5 pillow==13.0.0
for artifact in imageio:imageio-webp imageio:imageio-core imageio:imageio-metadata common:common-lang common:common-io common:common-image; do
  mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact="com.twelvemonkeys.$artifact:3.14.0" -DoutputDirectory="$tmp/jars" >maven.log 2>&1 || { cat maven.log; exit 2; }
done
cat > make.py <<'PY'
import numpy as np
from PIL import Image

y, x = np.mgrid[0:1024, 0:1024] / 1024
noise = np.random.default_rng(1).normal(0, 20, x.shape)
pictures = {
    "flat": np.full_like(x, 90),
    "noise": 128 + noise,
    "waves": 128 + 60 * np.sin(9 * x) * np.cos(7 * y) + 40 * x,
    "ramp": 20 + 210 * (x + y) / 2,
}
for name, grey in pictures.items():
    picture = Image.fromarray(np.rint(grey).clip(0, 255).astype(np.uint8)).convert("RGB")
    picture.save(f"{name}.webp", quality=75)
    decoded = np.asarray(Image.open(f"{name}.webp").convert("RGB"))
    open(f"{name}.grey", "wb").write(decoded[..., 1].tobytes())
PY
venv/bin/python make.py
cat > Compare.java <<'JAVA'
import java.awt.image.BufferedImage;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

class Compare {
    public static void main(String[] names) throws Exception {
        double worst = 0;
        for (String name : names) {
            BufferedImage picture = ImageIO.read(new File(name + ".webp"));
            byte[] expected = Files.readAllBytes(Path.of(name + ".grey"));
            long sum = 0;
            int max = 0;
            for (int i = 0; i < expected.length; i++) {
                int green = picture.getRGB(i % 1024, i / 1024) >> 8 & 255;
                int difference = Math.abs(green - (expected[i] & 255));
                sum += difference;
                max = Math.max(max, difference);
            }
            double mean = (double) sum / expected.length;
            worst = Math.max(worst, mean);
            System.out.printf("%-7s quality 75: mean %5.2f, max %d%n", name, mean, max);
        }
        System.exit(worst > 2 ? 0 : 1);
    }
}
JAVA
if java -Djava.awt.headless=true -cp 'jars/*' Compare.java flat noise waves ramp; then
  echo "reproduced: imageio-webp 3.14.0 decodes lossy WebP to other pixels than libwebp"
else
  echo "no longer so: imageio-webp decodes lossy WebP as libwebp does"
  exit 1
fi
