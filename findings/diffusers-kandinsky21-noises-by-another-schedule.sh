#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0, transformers 5.24.0)
#
# Behaviour: the image-to-image pipeline of Kandinsky 2.1 noises a given picture by betas of its own, 0.0001 to 0.02, whatever its scheduler says;
# the published one has 0.00085 to 0.012. The scheduler then denoises as if it had noised the picture itself.
# One would guess otherwise: every other image-to-image pipeline calls `scheduler.add_noise`.
# Costs: the denoiser is told of less noise than there is: what is drawn keeps less of the picture than asked
# for, and some of the noise. `scheduler.add_noise` with the same arguments is what is meant.
#
# Seen: at step 500 the picture's share is 0.279 where the scheduler has 0.401
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
import sys

import torch
from diffusers import DDIMScheduler, KandinskyImg2ImgPipeline

scheduler = DDIMScheduler(beta_schedule="linear", beta_start=0.00085, beta_end=0.012)
one, none, step = torch.ones(1, 1, 1, 1), torch.zeros(1, 1, 1, 1), torch.tensor([500])
own = KandinskyImg2ImgPipeline.add_noise
theirs = own(None, one, none, step).item() if own else scheduler.add_noise(one, none, step).item()
wanted = scheduler.add_noise(one, none, step).item()
print(f"at step 500 the picture's share is {theirs:.3f} where the scheduler has {wanted:.3f}")
if abs(theirs - wanted) > 0.01:
    print("reproduced: the picture is noised by another schedule than the scheduler's")
else:
    print("no longer so: both are the same")
    sys.exit(1)
PY
