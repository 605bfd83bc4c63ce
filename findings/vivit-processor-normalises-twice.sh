#!/usr/bin/env bash
# transformers 5.24.0 (torch 2.15.0)
#
# Behaviour: VivitImageProcessor with its defaults gives a ViViT pixels in [-3, 1]: it scales by 1/127.5 and subtracts 1 (`offset`), and then
# normalises by a mean and a deviation of 0.5 on top. VivitVideoProcessor, of the same model, subtracts 1 whenever it rescales and does not
# know `offset`: a preprocessor_config.json with `offset: false` means other pixels to it.
# One would guess otherwise: the original ViViT saw [-1, 1], either step alone gives that, and processors of one model agree.
# Costs: a port, or torchvision's transforms, that give [-1, 1] feed the published weights other numbers than their own processor
# does: classes change without an error.
#
# Seen: the range of the pixels of a clip with all grey levels:
#   image processor -3.000 .. 1.000
#   with offset=False: image processor -1.000 .. 3.000, video processor -3.000 .. 1.000
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
import torch
from transformers import VivitImageProcessor, VivitVideoProcessor

levels = np.repeat(np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1), 3, axis=3)
clip = [levels[0]] * 4
PLAIN = dict(do_resize=False, do_center_crop=False)


def span(name, pixels):
    low, high = pixels.min().item(), pixels.max().item()
    print(f"{name} {low:.3f} .. {high:.3f}")
    return round(low, 2), round(high, 2)


usual = span("image processor", VivitImageProcessor(**PLAIN)(clip, return_tensors="pt")["pixel_values"])
image = span("offset=False: image processor",
             VivitImageProcessor(**PLAIN, offset=False)(clip, return_tensors="pt")["pixel_values"])
frames = torch.from_numpy(np.stack(clip)).permute(0, 3, 1, 2)
video = span("offset=False: video processor",
             VivitVideoProcessor(**PLAIN, offset=False)(frames, return_tensors="pt")["pixel_values"
             if "pixel_values" in VivitVideoProcessor.model_input_names else "pixel_values_videos"])
if usual == (-3, 1) and video != image:
    print("reproduced: ViViT's pixels are normalised twice, and the video processor does not know `offset`")
else:
    print("no longer so")
    sys.exit(1)
PY
