#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0)
#
# Behaviour: `use_karras_sigmas` (and the exponential and beta sigmas) spread noise levels between different ends in different
# classes. DPMSolverMultistepScheduler and UniPCMultistepScheduler take the least and the largest of the whole training schedule and
# ignore timestep_spacing. EulerDiscreteScheduler and HeunDiscreteScheduler take the first and the last of the steps that
# timestep_spacing picked: with "trailing" and 20 steps their last level is that of step 49, 7.6 times the least, with "leading"
# their first is three quarters of the largest.
# One would guess otherwise: the option has one meaning, the curve from sigma_max to sigma_min of Karras et al. (2022); the code of the
# function is the same in all four classes ("Copied from"), what it is given is not.
# Costs: "trailing" is what is advised for few steps. With it Euler on Karras levels jumps from step 49 to the end at once, so that fine
# detail is never drawn and more of the steps go where little happens. Swapping the scheduler of a pipeline changes the levels, not
# only the solver.
#
# Seen: Stable Diffusion's betas, 20 steps, Karras; first and last level, and the standard deviation of samples of a network that is
# perfect for data of 0.1
#   trailing  Euler  14.615 .. 0.223   0.040
#   linspace  Euler  14.615 .. 0.029   0.087
#   leading   Euler  11.028 .. 0.041   0.085
#   trailing  DPM++  14.615 .. 0.029   0.097 (the same with linspace and leading)
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
import torch
from diffusers import DPMSolverMultistepScheduler, EulerDiscreteScheduler

BETAS = dict(beta_schedule="scaled_linear", beta_start=0.00085, beta_end=0.012)
DATA = 0.1


def drawn(kind, spacing):
    offset = 1 if spacing == "leading" else 0
    scheduler = kind(**BETAS, timestep_spacing=spacing, steps_offset=offset, use_karras_sigmas=True)
    scheduler.set_timesteps(20)
    x = torch.randn(50_000, generator=torch.Generator().manual_seed(0)) * scheduler.init_noise_sigma
    for i, t in enumerate(scheduler.timesteps):
        level = scheduler.sigmas[i]  # noise over signal
        signal, noise = 1 / (1 + level**2) ** 0.5, level / (1 + level**2) ** 0.5
        seen = scheduler.scale_model_input(x, t)
        x = scheduler.step(noise * seen / (signal**2 * DATA**2 + noise**2), t, x).prev_sample
    return float(scheduler.sigmas[0]), float(scheduler.sigmas[-2]), x.std().item()


made = {}
for kind, name in ((EulerDiscreteScheduler, "Euler"), (DPMSolverMultistepScheduler, "DPM++")):
    for spacing in ("trailing", "linspace", "leading"):
        made[spacing, name] = first, last, spread = drawn(kind, spacing)
        print(f"{spacing:9} {name}  {first:6.3f} .. {last:.3f}   {spread:.3f}")
euler, solver = made["trailing", "Euler"], made["trailing", "DPM++"]
if euler[1] > 7 * solver[1] and euler[2] < 0.06 < 0.09 < solver[2] and made["leading", "Euler"][0] < 12 < made["leading", "DPM++"][0]:
    print("reproduced: the ends of Karras' levels depend on the class and on timestep_spacing")
else:
    print("no longer so: Karras' levels have the same ends in both classes")
    raise SystemExit(1)
PY
