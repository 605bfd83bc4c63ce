#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0)
#
# Behaviour: DiTTransformer2DModel tells its time step in the frequencies 10000^(-i/127); DiT's authors, and every later transformer of
# diffusers, SD3's among them, take 10000^(-i/128). The norms before its MLPs have an epsilon of 1e-5 instead of 1e-6.
# One would guess otherwise: the published weights of DiT-XL/2 are loaded by name into this class, and the classes of embeddings
# stand one above the other in one file.
# Costs: the network is told other times than it was trained with, without a message; a port of the paper that loads the same weights
# does not agree with diffusers, and one that agrees is not the paper's.
#
# Seen, of a network with random weights at t = 741, once as it is and once with the authors' frequencies:
#   divisors of the exponent 127 and 128; the answers differ by 0.50 of their size
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
from diffusers import DiTTransformer2DModel, SD3Transformer2DModel

torch.manual_seed(0)
dit = DiTTransformer2DModel(
    num_attention_heads=2, attention_head_dim=8, in_channels=4, out_channels=8, num_layers=2, sample_size=8,
    num_embeds_ada_norm=1000).eval()
sd3 = SD3Transformer2DModel(
    sample_size=8, patch_size=2, in_channels=4, num_layers=1, attention_head_dim=8, num_attention_heads=2,
    joint_attention_dim=16, caption_projection_dim=16, pooled_projection_dim=16, out_channels=4)
with torch.no_grad():
    for parameter in dit.parameters():
        parameter.normal_(0, 0.2)
    proj = dit.transformer_blocks[0].norm1.emb.time_proj
    other = sd3.time_text_embed.time_proj
    divisors = [128 - int(one.downscale_freq_shift) for one in (proj, other)]
    x, t, label = torch.randn(1, 4, 8, 8), torch.tensor([741]), torch.tensor([3])
    as_it_is = dit(x, timestep=t, class_labels=label).sample
    for block in dit.transformer_blocks:
        block.norm1.emb.time_proj.downscale_freq_shift = 0
    authors = dit(x, timestep=t, class_labels=label).sample
apart = ((as_it_is - authors).norm() / authors.norm()).item()
print(f"divisors of the exponent {divisors[0]} and {divisors[1]}; the answers differ by {apart:.2f} of their size")
if divisors == [127, 128] and apart > 0.01:
    print("reproduced: DiT's time is told in other frequencies than its authors'")
else:
    print("no longer so: the frequencies are the authors'")
    sys.exit(1)
PY
