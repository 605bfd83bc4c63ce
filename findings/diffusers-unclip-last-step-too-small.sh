#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0)
#
# Behaviour: the last step of UnCLIPScheduler returns 0.99947 of the predicted sample, where ancestral sampling ends with the
# prediction itself: beta_0 / (1 - alphabar_0) is 1. 1 - alphabar_0 is computed in float32, in which 10 bits of it are left, and
# beta_0 is not. DDPMScheduler, whose beta is made of the same rounded products, returns the prediction.
# One would guess otherwise: the two are written side by side for the same process, and fp32 is taken for exact enough.
# Costs: every embedding of the priors of Karlo and Kandinsky, and every picture of Karlo, is 5.3e-4 too small on any device; who ports them
# "to 1e-4" looks for a wrong layer. With the tables in double precision the factor is 1.
#
# Seen: share of the prediction that the last step returns: UnCLIPScheduler 0.99947, DDPMScheduler 1.00000; in double 1.00000
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
from diffusers import DDPMScheduler, UnCLIPScheduler

ones = torch.ones(1, 4)


def last(scheduler, **more):
    return scheduler.step(ones, 0, torch.zeros(1, 4), **more).prev_sample[0, 0].item()


unclip = UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="sample", clip_sample=False)
ddpm = DDPMScheduler(beta_schedule="squaredcos_cap_v2", prediction_type="sample", clip_sample=False)
ddpm.set_timesteps(1000)
shares = last(unclip, prev_timestep=None), last(ddpm)
betas = unclip.betas.double()
unclip.betas, unclip.alphas, unclip.alphas_cumprod = betas, 1 - betas, (1 - betas).cumprod(0)
exact = last(unclip, prev_timestep=None)
print(f"share of the prediction that the last step returns: UnCLIPScheduler {shares[0]:.5f}, DDPMScheduler {shares[1]:.5f}; "
      f"in double {exact:.5f}")
if abs(shares[0] - 1) > 1e-4 > max(abs(shares[1] - 1), abs(exact - 1)):
    print("reproduced: UnCLIPScheduler does not end with the prediction")
else:
    print("no longer so: both end with the prediction")
    sys.exit(1)
PY
