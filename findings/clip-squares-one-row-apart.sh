#!/usr/bin/env bash
# torchvision 0.29.2 (used by OpenAI's CLIP and open_clip), transformers 5.24.0 (torch 2.15.0)
#
# Behaviour: where the longer side leaves an odd remainder, torchvision's CenterCrop begins at the rounded half (half to even), and
# CLIPImageProcessor of transformers 5.24 at the half rounded down: two preprocessings of the same CLIP cut squares one row apart.
# One would guess otherwise: transformers' processor runs on torchvision now, both resize to the same 224 x 339 with the same filter, and a
# quick check with a square picture or an even remainder shows equal pixels.
# Costs: half of all sizes are even, a quarter of all pictures shifts: embeddings of one program do not equal those of the other, and
# a port that is held to one of them to 1e-4 fails for the other on some pictures only.
#
# Seen, a picture of 321 x 487 random levels, 224 x 224 as the two make it:
#   equal pixels 0.7 %, greatest difference 223 levels; shifted by one row: equal pixels 99.5 %, greatest difference 1
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 pillow==13.0.0 torch==2.15.0 torchvision==0.29.2 transformers==5.24.0
fi
"$python" -W ignore - <<'PY'
import sys

import numpy as np
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize
from transformers import CLIPImageProcessor

levels = np.random.default_rng(0).integers(0, 256, (487, 321, 3), dtype=np.uint8)
picture = Image.fromarray(levels)
square = Compose([Resize(224, InterpolationMode.BICUBIC), CenterCrop(224)])
first = np.asarray(square(picture)).astype(int)
processor = CLIPImageProcessor(do_normalize=False, do_rescale=False)
second = processor(picture, return_tensors="np")["pixel_values"][0].transpose(1, 2, 0).round().astype(int)


def told(a, b):
    apart = np.abs(a - b)
    return (apart == 0).mean() * 100, apart.max()


here, there = told(first, second), told(first[:-1], second[1:])
print(f"equal pixels {here[0]:.1f} %, greatest difference {here[1]} levels; "
      f"shifted by one row: equal pixels {there[0]:.1f} %, greatest difference {there[1]}")
if here[1] > 50 and there[1] <= 2:
    print("reproduced: the squares of torchvision and of transformers are one row apart")
else:
    print("no longer so: both cut the same square")
    sys.exit(1)
PY
