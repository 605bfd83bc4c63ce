#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0, transformers 5.24.0)
#
# Behaviour: the image-to-image pipelines of Kandinsky 2.1 and 2.2 hand the picture on with `height` and `width` exchanged: a landscape that is
# asked for as a landscape comes back as a portrait in which it is squeezed. Text to image of the same family is right.
# One would guess otherwise: the arguments are named, documented, and right everywhere else; all examples are square.
# Costs: pictures that are not square are stretched without a message. Until it is mended, the two are given the other way round.
#
# Seen: asked for 32 x 16 (width x height); preprocess is given height 32, width 16, and makes 16 x 32
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 torch==2.15.0 transformers==5.24.0 diffusers==0.42.1
fi
"$python" -W ignore - <<'PY'
import inspect
import re
import sys

import numpy as np
from diffusers import KandinskyV22Img2ImgPipeline
from diffusers.image_processor import VaeImageProcessor
from PIL import Image

order = list(inspect.signature(VaeImageProcessor.preprocess).parameters)[2:4]
call = re.search(r"image_processor\.preprocess\(\w+, (\w+), (\w+)\)", inspect.getsource(KandinskyV22Img2ImgPipeline.__call__))
asked = {"width": 32, "height": 16}
given = dict(zip(order, (asked[name] for name in call.groups()))) if call else asked
picture = Image.fromarray(np.zeros((16, 32, 3), np.uint8))
made = VaeImageProcessor(vae_scale_factor=8).preprocess(picture, **given).shape
print(f"asked for {asked['width']} x {asked['height']} (width x height); preprocess is given height {given['height']}, "
      f"width {given['width']}, and makes {made[3]} x {made[2]}")
if (made[3], made[2]) == (16, 32):
    print("reproduced: height and width are exchanged on the way of the picture")
else:
    print("no longer so: the picture keeps its proportions")
    sys.exit(1)
PY
