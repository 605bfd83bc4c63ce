#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0)
#
# Behaviour: from a picture, the same `strength` and the same number of steps take one step more in Stable Diffusion 3 than in 1, 2 and XL,
# wherever their product is no whole number: the former rounds the share that is taken up, the others down.
# One would guess otherwise: the arguments have the same names and the same description.
# Costs: who moves a call from one family to the other gets another amount of change; with few steps it is seen.
#
# Seen: 10 steps, strength 0.55: 5 of Stable Diffusion 1, 6 of Stable Diffusion 3; 4 steps, strength 0.6: 2 and 3
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

from diffusers import (EulerDiscreteScheduler, FlowMatchEulerDiscreteScheduler, StableDiffusion3Img2ImgPipeline,
                       StableDiffusionImg2ImgPipeline)


class Bare:
    """All that `get_timesteps` looks at."""


def steps(pipeline, scheduler, count, strength):
    bare = Bare()
    bare.scheduler = scheduler
    scheduler.set_timesteps(count)
    return len(pipeline.get_timesteps(bare, count, strength, "cpu")[0])


told, more = [], True
for count, strength in ((10, 0.55), (4, 0.6)):
    old = steps(StableDiffusionImg2ImgPipeline, EulerDiscreteScheduler(), count, strength)
    new = steps(StableDiffusion3Img2ImgPipeline, FlowMatchEulerDiscreteScheduler(), count, strength)
    more = more and new == old + 1
    told.append(f"{count} steps, strength {strength}: {old} of Stable Diffusion 1, {new} of Stable Diffusion 3")
print("; ".join(told))
if more:
    print("reproduced: the same strength takes a step more in Stable Diffusion 3")
else:
    print("no longer so: both take the same number of steps")
    sys.exit(1)
PY
