#!/usr/bin/env bash
# piq 0.8.0, torchmetrics 1.9.0, pytorch-msssim 1.0.0 (torch 2.15.0)
#
# Behaviour: piq.ssim makes pictures smaller before it measures, by round(shorter side / 256): up to 383 pixels nothing is done, at
# 384 each 2 x 2 pixels become their mean. torchmetrics and pytorch-msssim never do.
# One would guess otherwise: all three say 11 x 11 Gaussian window with sigma 1.5, and agree to the third decimal on
# the small pictures on which one compares them. (The paper's authors advise the reduction; piq follows them.)
# Costs: noise is averaged away, so two papers' numbers for one method differ beyond any claim made with them, and a resolution of 384
# "is better" than one of 383. downsample=False makes piq agree with the others.
#
# Seen, SSIM of a smooth picture and the same with noise of sigma 0.1:
#    256 pixels: piq 0.397, downsample=False 0.397, pytorch-msssim 0.397, torchmetrics 0.399
#    383 pixels: piq 0.349, downsample=False 0.349, pytorch-msssim 0.349, torchmetrics 0.349
#    384 pixels: piq 0.803, downsample=False 0.345, pytorch-msssim 0.345, torchmetrics 0.346
#   1024 pixels: piq 0.959, downsample=False 0.337, pytorch-msssim 0.337, torchmetrics 0.338
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check torch==2.15.0 torchvision==0.29.2 piq==0.8.0 torchmetrics==1.9.0 \
    pytorch-msssim==1.0.0 scipy==1.17.1
fi
"$python" -W ignore - <<'PY'
import sys

import numpy as np
import piq
import pytorch_msssim
import torch
from scipy.ndimage import gaussian_filter
from torchmetrics.functional.image import structural_similarity_index_measure

rng = np.random.default_rng(0)


def measured(side):
    smooth = gaussian_filter(rng.normal(size=(side, side)), 3)
    smooth = (smooth - smooth.min()) / (smooth.max() - smooth.min())
    noisy = np.clip(smooth + rng.normal(0, 0.1, smooth.shape), 0, 1)
    a, b = (torch.tensor(p[None, None], dtype=torch.float32) for p in (smooth, noisy))
    values = [piq.ssim(a, b, data_range=1.0), piq.ssim(a, b, data_range=1.0, downsample=False),
              pytorch_msssim.ssim(a, b, data_range=1.0), structural_similarity_index_measure(a, b, data_range=1.0)]
    values = [v.item() for v in values]
    print("%4d pixels: piq %.3f, downsample=False %.3f, pytorch-msssim %.3f, torchmetrics %.3f" % (side, *values))
    return values


results = {side: measured(side) for side in (256, 383, 384, 1024)}
small = all(max(results[s]) - min(results[s]) < 0.01 for s in (256, 383))
large = all(results[s][0] - max(results[s][1:]) > 0.3 and max(results[s][1:]) - min(results[s][1:]) < 0.01 for s in (384, 1024))
if small and large:
    print("reproduced: piq's SSIM is of a smaller picture from 384 pixels on")
else:
    print("no longer so: the SSIMs agree at every size")
    sys.exit(1)
PY
