#!/usr/bin/env bash
# transformers 5.24.0 (torch 2.15.0)
#
# Behaviour: Dinov2WithRegistersModel fits its table of positions to the size of the picture with an antialiased bicubic filter (the cubic
# of -0.5), Dinov2Model, ViTModel and DeiTModel with a plain one (the cubic of -0.75). The two also differ where the table grows, where
# there is nothing to average.
# One would guess otherwise: the two networks are one architecture with a few more tokens, the method has one name in all, and a port
# that shares it between them agrees with both at the size of pre-training, where no filter runs.
# Costs: features of every other size are off: DINOv2 is trained at 518 pixels (a table of 37 x 37) and used at 224 (16 x 16). Distances and
# linear classifiers on features of a port, or of weights moved from one class to the other, change without an error.
#
# Seen, one table of 37 x 37 positions fitted to 224 x 224 pixels by both, root mean squares (Dinov2Model, with registers, of the difference):
#   random table: 0.854, 0.363, 0.688
#   smooth table: 1.010, 1.008, 0.013
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 torch==2.15.0 transformers==5.24.0
fi
"$python" -W ignore - <<'PY'
import sys

import torch
from transformers import Dinov2Config, Dinov2Model, Dinov2WithRegistersConfig, Dinov2WithRegistersModel

SHAPE = dict(hidden_size=8, num_hidden_layers=1, num_attention_heads=1, image_size=518, patch_size=14)
plain = Dinov2Model(Dinov2Config(**SHAPE)).embeddings
registers = Dinov2WithRegistersModel(Dinov2WithRegistersConfig(**SHAPE)).embeddings


def fitted(network, table):
    with torch.no_grad():
        network.position_embeddings.copy_(table)
        return network.interpolate_pos_encoding(torch.zeros(1, 257, 8), 224, 224)[:, 1:]


def compare(name, table):
    a, b = fitted(plain, table), fitted(registers, table)
    a, b, apart = (x.square().mean().sqrt().item() for x in (a, b, a - b))
    print(f"{name}: {a:.3f} and {b:.3f}, difference {apart:.3f}")
    return apart


torch.manual_seed(0)
random = compare("random table", torch.randn(1, 37 * 37 + 1, 8))
waves = torch.cat([torch.zeros(1), torch.sin(torch.arange(37) / 6).repeat_interleave(37)]) * 2**0.5
smooth = compare("smooth table", waves.reshape(1, -1, 1).expand(1, -1, 8).clone())
if random > 0.3:
    print("reproduced: DINOv2 with registers fits its positions by another filter than DINOv2")
else:
    print("no longer so: both fit their positions by one filter")
    sys.exit(1)
PY
