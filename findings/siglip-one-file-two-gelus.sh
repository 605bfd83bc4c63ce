#!/usr/bin/env bash
# transformers 5.24.0, timm 1.0.31 (torch 2.15.0)
#
# Behaviour: transformers computes the image encoder of every SigLIP with GELU's tanh approximation, timm (and open_clip through
# it) computes those of the first generation (ViT-B-16-SigLIP and others) with the exact GELU. In timm the later shapes of SigLIP 2 have the tanh.
# One would guess otherwise: both offer the same published weights under one name, and the keys and shapes of the files say nothing about it.
# Costs: a port that follows one of them is off for the files of the other, a little in every layer, without an error; stored
# embeddings of the two must not be compared with each other. "SigLIP is tanh" is wrong for timm's names, "SigLIP is exact" for the rest.
#
# Seen:
#   SiglipVisionConfig().hidden_act      gelu_pytorch_tanh
#   vit_base_patch16_siglip_224          GELU(approximate='none')
#   vit_base_patch32_siglip_256          GELUTanh()
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 torch==2.15.0 torchvision==0.29.2 timm==1.0.31 transformers==5.24.0
fi
"$python" -W ignore - <<'PY'
import sys

import timm
import torch
from transformers import SiglipVisionConfig


def activation(name):
    # Small, since only the function is asked for.
    return timm.create_model(name, depth=1, img_size=64, num_classes=0).blocks[0].mlp.act


x = torch.linspace(-3, 3, 601)
theirs = SiglipVisionConfig().hidden_act
first, second = activation("vit_base_patch16_siglip_224"), activation("vit_base_patch32_siglip_256")
print("SiglipVisionConfig().hidden_act     ", theirs)
print("vit_base_patch16_siglip_224         ", first)
print("vit_base_patch32_siglip_256         ", second)
exact = torch.nn.functional.gelu(x)
tanh = torch.nn.functional.gelu(x, approximate="tanh")
if theirs == "gelu_pytorch_tanh" and torch.equal(first(x), exact) and torch.allclose(second(x), tanh, atol=1e-6) and not torch.equal(exact, tanh):
    print("reproduced: SigLIP of the first generation has another GELU in timm than in transformers")
else:
    print("no longer so: timm and transformers agree on the GELU")
    sys.exit(1)
PY
