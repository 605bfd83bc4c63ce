#!/usr/bin/env bash
# timm 1.0.31 (torch 2.15.0)
#
# Behaviour: `vit_tiny_r_s16_p8_224`, documented as "R+ViT-Ti/S16 w/ 8x8 patch hybrid", has one token for 32 x 32 pixels: its stem divides the
# picture by 4 and its projection by 8. That is 49 tokens at 224 px, as many as its sibling of the name `s32`.
# One would guess otherwise: `s16` in these names is the side of a token in pixels; for `vit_base_r50_s16_224` it is.
# Costs: tables of positions, maps of attention and estimates of memory made by the name are wrong by a factor of four, and a comparison
# of "S/16" models is one of 49 tokens with 196.
#
# Seen:
#   vit_tiny_r_s16_p8_224  49 tokens, 7 x 7
#   vit_small_r26_s32_224  49 tokens, 7 x 7
#   vit_base_r50_s16_224   196 tokens, 14 x 14
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 torch==2.15.0 torchvision==0.29.2 timm==1.0.31
fi
"$python" -W ignore - <<'PY'
import sys

import timm

tokens = {}
for name in ("vit_tiny_r_s16_p8_224", "vit_small_r26_s32_224", "vit_base_r50_s16_224"):
    patches = timm.create_model(name, pretrained=False).patch_embed
    tokens[name] = patches.num_patches
    print(f"{name:22} {patches.num_patches} tokens, {patches.grid_size[0]} x {patches.grid_size[1]}")
if list(tokens.values()) == [49, 49, 196]:
    print("reproduced: the tiny hybrid named s16 has tokens of 32 pixels")
else:
    print("no longer so: tokens are what the names say")
    sys.exit(1)
PY
