#!/usr/bin/env bash
# pillow-heif 1.8.1 (with Pillow 13.0.0)
#
# Behaviour: quality=-1 ("lossless") together with chroma=444, as the documentation of the option asks, changes colours by
# one level in a part of the samples; without chroma=444 by a hundred and more. Only matrix_coefficients=0 in addition
# is exact. Grey pictures are exact with quality=-1 alone.
# One would guess otherwise: the codec is lossless, and both of the documented switches are set. What is coded without loss is
# the picture AFTER it was turned to YCbCr and rounded; the file is also smaller than the truly lossless one, which looks
# like a success.
# Costs: label maps and masks in colour get wrong classes, checksums and PSNR = infinity tests fail, and generations of
# re-saving drift. Looking at it shows nothing.
#
# Seen (greatest difference, samples that differ):
#   grey, quality=-1                                       max 0, 0.0 %
#   RGB,  quality=-1                                       max 160, 94.4 %
#   RGB,  quality=-1, chroma=444                           max 1, 32.4 %
#   RGB,  quality=-1, chroma=444, matrix_coefficients=0    max 0, 0.0 %
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check numpy==2.3.5 pillow==13.0.0 pillow-heif==1.8.1
"$tmp/venv/bin/python" - <<'PY'
import io
import sys

import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()
rng = np.random.default_rng(0)
y, x = np.mgrid[0:64, 0:80]
colours = np.stack([x * 3, y * 4, x * y % 256], -1) + rng.integers(-9, 10, (64, 80, 3))
rgb = Image.fromarray(colours.clip(0, 255).astype(np.uint8))


def loss(name, picture, **options):
    file = io.BytesIO()
    picture.save(file, "HEIF", quality=-1, **options)
    back = np.asarray(Image.open(io.BytesIO(file.getvalue())).convert(picture.mode)).astype(int)
    difference = np.abs(back - np.asarray(picture))
    print(f"{name:54} max {difference.max()}, {100 * (difference > 0).mean():.1f} %")
    return difference.max()


grey = loss("grey, quality=-1", rgb.convert("L"))
plain = loss("RGB,  quality=-1", rgb)
documented = loss("RGB,  quality=-1, chroma=444", rgb, chroma=444)
exact = loss("RGB,  quality=-1, chroma=444, matrix_coefficients=0", rgb, chroma=444, matrix_coefficients=0)
if grey == 0 and plain > 20 and documented > 0 and exact == 0:
    print("reproduced: pillow-heif's documented lossless way changes colours")
else:
    print("no longer so: quality=-1 with chroma=444 keeps every colour")
    sys.exit(1)
PY
