#!/usr/bin/env bash
# diffusers 0.42.1, peft 0.21.2 (torch 2.15.0)
#
# Behaviour: in a LoRA file with kohya's names each layer has a rank and an alpha of its own. diffusers keeps the alphas of the U-Net's attentions under names
# that no layer has, and peft then gives these layers the alpha that is most usual in the rest of the file. Other layers are right.
# One would guess otherwise: the same file loads without a word, all its weights arrive, and files with one rank and one alpha
# everywhere, which most tutorials make, act as they should.
# Costs: a resized or LyCORIS file, whose layers differ, acts on attention by other strengths than it was trained with, here ten times; people turn
# the weight of the adapter up or down and never get the picture of the web UI.
#
# Seen, attention with alpha 0.4 of rank 4, four layers of a feed-forward with alpha 4 of rank 4 (their strength is alpha / rank):
#   attn1.to_q should have 0.1 and has 1.0; ff.net.2 should have 1.0 and has 1.0
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 torch==2.15.0 transformers==5.24.0 diffusers==0.42.1 peft==0.21.2
fi
"$python" -W ignore - <<'PY'
import sys

import torch
from diffusers import UNet2DConditionModel
from diffusers.loaders import StableDiffusionLoraLoaderMixin

torch.manual_seed(0)
unet = UNet2DConditionModel(
    sample_size=8, block_out_channels=(32, 64), layers_per_block=1, norm_num_groups=8, attention_head_dim=8, cross_attention_dim=32,
    down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
block = "down_blocks.0.attentions.0.transformer_blocks.0"
layers = dict(unet.named_modules())
wanted = {block + ".attn1.to_q": 0.4}
for name, module in layers.items():
    if name.endswith("ff.net.2"):
        wanted[name] = 4.0
file = {}
for name, alpha in wanted.items():
    kohya = "lora_unet_" + name.replace(".", "_")
    out, into = layers[name].weight.shape
    file[kohya + ".lora_down.weight"] = torch.randn(4, into)
    file[kohya + ".lora_up.weight"] = torch.randn(out, 4)
    file[kohya + ".alpha"] = torch.tensor(alpha)
state, alphas = StableDiffusionLoraLoaderMixin.lora_state_dict(file, unet_config=unet.config)
StableDiffusionLoraLoaderMixin.load_lora_into_unet(state, alphas, unet, adapter_name="a")
seen = {name: module.scaling["a"] for name, module in unet.named_modules() if hasattr(module, "scaling") and "a" in module.scaling}
attention, other = block + ".attn1.to_q", block + ".ff.net.2"
print(f"attn1.to_q should have {wanted[attention] / 4} and has {seen[attention]}; "
      f"ff.net.2 should have {wanted[other] / 4} and has {seen[other]}")
if abs(seen[attention] - 0.1) > 0.01 and abs(seen[other] - 1) < 0.01:
    print("reproduced: the alpha of an attention is lost")
else:
    print("no longer so: every layer has its own alpha")
    sys.exit(1)
PY
