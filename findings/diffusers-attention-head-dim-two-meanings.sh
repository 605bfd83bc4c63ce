#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0)
#
# Behaviour: "attention_head_dim": 8 in the config of a UNet2DModel is the size of a head (32 channels: 4 heads of 8); the same
# line in the config of a UNet2DConditionModel is the NUMBER of heads (32 channels: 8 heads of 4).
# One would guess otherwise: the name says a size, and the two classes are sisters with the same blocks and file layout.
# Costs: the shapes of all weights are the same for every number of heads, so a port or converter that reads the config by its name
# loads without complaint and computes other pictures. Below, one network's weights under either reading.
#
# Seen:
#   UNet2DModel:          32 channels, attention_head_dim 8: 4 heads of 8
#   UNet2DConditionModel: 32 channels, attention_head_dim 8: 8 heads of 4
#   UNet2DConditionModel with 4 heads: the weights load (strict), output differs by 51 % of its norm
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check torch==2.15.0 diffusers==0.42.1
fi
cat > "$tmp/heads.py" <<'PY'
import sys

import torch
from diffusers import UNet2DConditionModel, UNet2DModel

torch.manual_seed(0)
common = dict(sample_size=16, in_channels=4, out_channels=4, block_out_channels=(32, 64), layers_per_block=1, norm_num_groups=8)


def plain(head):
    return UNet2DModel(down_block_types=("AttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "AttnUpBlock2D"),
                       attention_head_dim=head, **common)


def conditional(head):
    return UNet2DConditionModel(
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=16, attention_head_dim=head, **common).eval()


def heads(network):
    first = next(m for m in network.down_blocks.modules() if hasattr(m, "heads"))
    return first.heads, first.inner_dim // first.heads


size, number = heads(plain(8)), heads(conditional(8))
print("UNet2DModel:          32 channels, attention_head_dim 8: %d heads of %d" % size)
print("UNet2DConditionModel: 32 channels, attention_head_dim 8: %d heads of %d" % number)
own, other = conditional(8), conditional(4)
for name, value in own.named_parameters():
    if "to_q" in name or "to_k" in name:
        torch.nn.init.normal_(value, std=0.5)  # attention as decided as a trained network's
other.load_state_dict(own.state_dict())
noise, text = torch.randn(1, 4, 16, 16), torch.randn(1, 7, 16)
with torch.no_grad():
    a, b = own(noise, 5, text).sample, other(noise, 5, text).sample
part = ((a - b).norm() / a.norm()).item()
print(f"UNet2DConditionModel with 4 heads: the weights load (strict), output differs by {100 * part:.0f} % of its norm")
if size == (4, 8) and number == (8, 4) and part > 0.01:
    print("reproduced: attention_head_dim is a size in one class and a number in the other")
else:
    print("no longer so: attention_head_dim means the same in both classes")
    sys.exit(1)
PY
"$python" -W ignore "$tmp/heads.py" 2>"$tmp/log" || { status=$?; cat "$tmp/log" >&2; exit "$status"; }
