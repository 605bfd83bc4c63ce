#!/usr/bin/env bash
# ema-pytorch 0.8.3 (torch 2.15.0)
#
# Behaviour: beta is applied once per update_every calls of update(), which are 10 when nothing is said, and is not corrected for it.
# So beta=0.99, one call for each training step, averages over 1000 steps, not 100.
# One would guess otherwise: beta is a decay per step in the papers whose values are copied (0.9999 in DDPM), and update_every reads
# as a saving of time with the same average.
# Costs: 0.9999 reaches back 100 000 steps instead of 10 000: a training of that length samples from an
# average that still holds early weights, which looks like a bad model; what a paper calls 0.9999 is 0.999 here.
#
# Seen, weight = number of the step, 20 000 steps, how far the average is behind:
#   beta 0.99, update_every=1:       99 steps
#   beta 0.99, as the class stands: 999 steps
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check torch==2.15.0 ema-pytorch==0.8.3
fi
"$python" -W ignore - <<'PY'
import sys

import torch
from ema_pytorch import EMA

STEPS = 20_000


def behind(**options):
    network = torch.nn.Linear(1, 1, bias=False)
    average = EMA(network, beta=0.99, power=1.0, **options)
    for step in range(1, STEPS + 1):
        network.weight.data.fill_(float(step))
        average.update()
    return STEPS - average.ema_model.weight.item()


each, ten = behind(update_every=1), behind()
print(f"beta 0.99, update_every=1:      {each:3.0f} steps")
print(f"beta 0.99, as the class stands: {ten:3.0f} steps")
if 90 < each < 110 and 900 < ten < 1100:
    print("reproduced: ema-pytorch's beta counts updates, not steps")
else:
    print("no longer so: the average reaches as far back as beta says")
    sys.exit(1)
PY
