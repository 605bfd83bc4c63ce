#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0)
#
# Behaviour: FlowMatchEulerDiscreteScheduler shifts its list of noise levels when it is made, keeps the smallest of them as sigma_min,
# and set_timesteps(n) spaces its levels evenly down to that sigma_min and shifts them again. So the last level before zero is shifted
# twice: with shift 17 (used for video and large pictures) 0.224 instead of 0.0167, and the last step removes all of it at once.
# One would guess otherwise: shift is one formula on the level, and more steps make each step smaller. Passing the same
# even levels as set_timesteps(sigmas=...) shifts them once.
# Costs: however many steps are paid for, the end is one Euler step from a level of 0.224: detail is lost that the network could draw,
# and a program that computes the levels by the formula draws other pictures.
#
# Seen: a network that is perfect for data of standard deviation 0.5, shift 17, 1000 steps
#   set_timesteps(1000):                   last level 0.2244, standard deviation 0.432
#   set_timesteps(sigmas=1, 0.999, ...):   last level 0.0167, standard deviation 0.495
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 torch==2.15.0 diffusers==0.42.1 transformers==5.24.0
fi
"$python" -W ignore - <<'PY'
import sys

import torch
from diffusers import FlowMatchEulerDiscreteScheduler

STEPS = 1000


def end(**levels):
    scheduler = FlowMatchEulerDiscreteScheduler(shift=17.0)
    scheduler.set_timesteps(**levels)
    x = torch.randn(50_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for t in scheduler.timesteps:
        level = float(t) / 1000
        velocity = (level - (1 - level) * 0.25) / ((1 - level) ** 2 * 0.25 + level**2) * x
        x = scheduler.step(velocity, t, x).prev_sample
    return scheduler.sigmas[-2].item(), x.std().item()


twice, low = end(num_inference_steps=STEPS)
once, right = end(sigmas=torch.linspace(1, 1 / 1000, STEPS).tolist())
print(f"set_timesteps({STEPS}):                 last level {twice:.4f}, standard deviation {low:.3f}")
print(f"set_timesteps(sigmas=1, 0.999, ...): last level {once:.4f}, standard deviation {right:.3f}")
if twice > 0.2 and once < 0.02 and low < 0.45 and right > 0.485:
    print("reproduced: the smallest level is shifted twice")
else:
    print("no longer so: the smallest level is shifted once")
    sys.exit(1)
PY
