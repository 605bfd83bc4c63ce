#!/usr/bin/env bash
# opencv-python-headless 5.0.0.93
#
# Behaviour: cv2.imencode(".jp2", picture) (imwrite too) without parameters keeps at most a quarter of the bytes: the file has
# the very bytes of IMWRITE_JPEG2000_COMPRESSION_X1000 = 250, although that parameter is documented with "Default is
# 1000". Smooth pictures fit into a quarter and come back exact; noise does not fit, and 16-bit pictures least of all.
# One would guess otherwise: 1000 means the whole rate, which is lossless; and a round trip of a drawn test picture is
# exact, so the test that was written to make sure of it passes.
# Costs: a "lossless" archive of scans, noise maps or 16-bit measurements is lossy for just the pictures that matter, without
# a word. IMWRITE_JPEG2000_COMPRESSION_X1000 = 1000 said outright is exact.
#
# Seen (greatest difference after a round trip):
#   smooth  8-bit: default 0 (2577 of 196608 bytes), 1000: 0; the bytes of 250: True
#   noisy   8-bit: default 39 (49032 of 196608 bytes), 1000: 0; the bytes of 250: True
#   random 16-bit: default 8294 (32752 of 131072 bytes), 1000: 0; the bytes of 250: True
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install -q --disable-pip-version-check numpy==2.3.5 opencv-python-headless==5.0.0.93
"$tmp/venv/bin/python" - <<'PY'
import sys

import cv2
import numpy as np

rng = np.random.default_rng(0)
y, x = np.mgrid[0:256, 0:256]
smooth = np.stack([128 + 100 * np.sin(x / 9), 128 + 100 * np.cos(y / 7), (x + y) / 2], -1)
pictures = {
    "smooth  8-bit": np.rint(smooth).astype(np.uint8),
    "noisy   8-bit": np.rint(128 + 20 * rng.normal(size=smooth.shape)).clip(0, 255).astype(np.uint8),
    "random 16-bit": rng.integers(0, 65536, (256, 256)).astype(np.uint16),
}


def encoded(picture, rate=None):
    parameters = [] if rate is None else [cv2.IMWRITE_JPEG2000_COMPRESSION_X1000, rate]
    return cv2.imencode(".jp2", picture, parameters)[1]


def loss(picture, data):
    return int(np.abs(cv2.imdecode(data, cv2.IMREAD_UNCHANGED).astype(int) - picture).max())


losses = {}
for name, picture in pictures.items():
    default, whole = encoded(picture), encoded(picture, 1000)
    losses[name] = loss(picture, default), loss(picture, whole)
    same = np.array_equal(default, encoded(picture, 250))
    print(f"{name}: default {losses[name][0]} ({default.size} of {picture.nbytes} bytes), 1000: {losses[name][1]};"
          f" the bytes of 250: {same}")
(smooth_loss, _), (noisy_loss, noisy_whole), (deep_loss, deep_whole) = losses.values()
if smooth_loss == 0 and noisy_loss > 5 and noisy_whole == 0 and deep_loss > 255 and deep_whole == 0:
    print("reproduced: OpenCV 5.0.0 writes JPEG 2000 at a quarter of the rate unless told 1000")
else:
    print("no longer so: OpenCV's JPEG 2000 by default is as documented")
    sys.exit(1)
PY
