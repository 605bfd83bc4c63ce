#!/usr/bin/env bash
# peft 0.21.2 with diffusers 0.42.1 (transformers 5.24.0, torch 2.15.0)
#
# Behaviour: a LoRA of r 8 and lora_alpha 4 (so it acts times 0.5), taken with get_peft_model_state_dict and
# convert_state_dict_to_diffusers and saved with StableDiffusionPipeline.save_lora_weights(unet_lora_layers=...), is in
# the file without its alpha. Loaded, it has alpha = rank and acts times 1.0: twice as strongly as trained.
# unet.save_lora_adapter keeps the alpha, in the file's metadata.
# One would guess otherwise: these three calls are a common end of a training script, the alpha is part of the adapter that
# they are given, and other trainers' files carry it as a tensor of each layer. With alpha = rank, as in the examples,
# nothing shows.
# Costs: pictures are overdone or broken after a training whose previews were good; with alpha = 1 and rank 64 the factor is 64.
# The remedy is to hand over the metadata too (unet_lora_adapter_metadata), or unet.save_lora_adapter.
#
# Seen:
#   trained: scaling 0.5, changes the output by 0.468
#   save_lora_weights, loaded:  scaling 1.0, changes the output by 0.901
#   save_lora_adapter, loaded:  scaling 0.5, changes the output by 0.468
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check torch==2.15.0 peft==0.21.2 diffusers==0.42.1 transformers==5.24.0
fi
cat > "$tmp/lora.py" <<'PY'
import sys

import torch
from diffusers import StableDiffusionPipeline, UNet2DConditionModel
from diffusers.utils import convert_state_dict_to_diffusers
from peft import LoraConfig
from peft.utils import get_peft_model_state_dict

FILE = "pytorch_lora_weights.safetensors"
folder = sys.argv[1]
torch.manual_seed(0)


def network():
    return UNet2DConditionModel(
        sample_size=16, block_out_channels=(32, 64), layers_per_block=1, norm_num_groups=8, cross_attention_dim=16,
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))


def scaling(unet):
    return next(s for m in unet.modules() for s in getattr(m, "scaling", {}).values())


unet = network().eval()
weights = {name: value.clone() for name, value in unet.state_dict().items()}
noise, text = torch.randn(1, 4, 16, 16), torch.randn(1, 3, 16)


@torch.no_grad()
def output(unet):
    return unet(noise, 5, text).sample


plain = output(unet)
unet.add_adapter(LoraConfig(r=8, lora_alpha=4, target_modules=["to_q", "to_k", "to_v", "to_out.0"]))
for name, value in unet.named_parameters():
    if "lora_" in name:
        torch.nn.init.normal_(value, std=0.1)
trained = (output(unet) - plain).norm().item()
print(f"trained: scaling {scaling(unet)}, changes the output by {trained:.3f}")


def loaded(part, prefix):
    other = network().eval()
    other.load_state_dict(weights)
    other.load_lora_adapter(f"{folder}/{part}", prefix=prefix, weight_name=FILE)
    return scaling(other), (output(other) - plain).norm().item()


layers = convert_state_dict_to_diffusers(get_peft_model_state_dict(unet))
StableDiffusionPipeline.save_lora_weights(f"{folder}/pipeline", unet_lora_layers=layers)
unet.save_lora_adapter(f"{folder}/adapter")
(scale, change), (kept, same) = loaded("pipeline", "unet"), loaded("adapter", None)
print(f"save_lora_weights, loaded:  scaling {scale}, changes the output by {change:.3f}")
print(f"save_lora_adapter, loaded:  scaling {kept}, changes the output by {same:.3f}")
if scale == 1.0 and change > 1.5 * trained and kept == 0.5:
    print("reproduced: the LoRA acts twice as strongly after save_lora_weights")
else:
    print("no longer so: save_lora_weights keeps the LoRA's strength")
    sys.exit(1)
PY
"$python" -W ignore "$tmp/lora.py" "$tmp"
