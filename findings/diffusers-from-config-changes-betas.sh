#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0)
#
# Behaviour: OTHER.from_config(scheduler.config) copies only what the first scheduler was given by name. What it had by default is
# replaced by the default of the other class, without a message, and HeunDiscreteScheduler, KDPM2DiscreteScheduler and
# KDPM2AncestralDiscreteScheduler have other betas (0.00085 to 0.012) than DDPMScheduler (0.0001 to 0.02). The same scheduler saved and
# loaded keeps its betas, since the file names them all.
# One would guess otherwise: from_config is the documented way to change the sampler of a trained model, and a noise schedule is a
# property of the model. In a program that samples while it trains, the scheduler was never saved.
# Costs: pictures during training look wrong and those after loading look right; more steps do not help. Metrics of the two differ.
#
# Seen: a network that is perfect for data of standard deviation 0.5 under DDPMScheduler's betas, 300 steps of Heun
#   made from the config in memory: beta_end 0.012, spacing linspace, standard deviation 0.550
#   made from the saved config:     beta_end 0.02,  spacing leading,  standard deviation 0.501
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
FOLDER=$tmp/scheduler "$python" -W ignore - <<'PY'
import os
import sys

import torch
from diffusers import DDPMScheduler, HeunDiscreteScheduler

trained = DDPMScheduler(clip_sample=False)
kept = trained.alphas_cumprod.double()


def spread(scheduler, steps=300):
    scheduler.set_timesteps(steps)
    x = torch.randn(50_000, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * scheduler.init_noise_sigma
    for t in scheduler.timesteps:
        below, part = int(t), float(t) - int(t)
        a = kept[below] * (1 - part) + kept[min(below + 1, 999)] * part
        noisy = scheduler.scale_model_input(x, t)
        x = scheduler.step((1 - a).sqrt() * noisy / (a * 0.25 + 1 - a), t, x).prev_sample
    return x.std().item()


trained.save_pretrained(os.environ["FOLDER"])
memory = HeunDiscreteScheduler.from_config(trained.config)
saved = HeunDiscreteScheduler.from_pretrained(os.environ["FOLDER"])
wide, right = spread(memory), spread(saved)
print(f"from memory: beta_end {memory.config.beta_end}, {memory.config.timestep_spacing}, standard deviation {wide:.3f}")
print(f"from a file: beta_end {saved.config.beta_end}, {saved.config.timestep_spacing}, standard deviation {right:.3f}")
if (memory.config.beta_end, saved.config.beta_end) == (0.012, 0.02) and wide > 0.53 and abs(right - 0.5) < 0.01:
    print("reproduced: from_config of a scheduler in memory changes the betas")
else:
    print("no longer so: the betas are those of the scheduler that was given")
    sys.exit(1)
PY
