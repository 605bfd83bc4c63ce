#!/usr/bin/env bash
# diffusers 0.42.1 with transformers 5.24.0 (torch 2.15.0)
#
# Behaviour: StableDiffusionPipeline draws as ever, but with `clip_skip` it ends in an AttributeError: transformers has taken the level
# `text_model` out of CLIPTextModel, and only the branch of clip_skip still goes through it to the last normalisation.
# One would guess otherwise: both are the current releases, the pipeline itself works, its test images are the same, and the argument is
# documented. StableDiffusionXLPipeline's clip_skip, which leaves that normalisation out, works.
# Costs: found when a user first asks for it, in a service that was tested without; nearly all settings that are passed around for
# fine-tuned models of that family name a clip skip of 2.
#
# Seen: a pipeline of random weights
#   without clip_skip: (1, 64, 64, 3)
#   clip_skip=1: AttributeError: 'CLIPTextModel' object has no attribute 'text_model'
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
"$python" -W ignore - "$tmp" 2> /dev/null <<'PY'
import json
import sys
from pathlib import Path

from diffusers import AutoencoderTiny, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

vocabulary, merges = Path(sys.argv[1], "vocab.json"), Path(sys.argv[1], "merges.txt")
letters = [chr(code) for code in range(33, 127)]
words = letters + [letter + "</w>" for letter in letters] + ["<|startoftext|>", "<|endoftext|>"]
vocabulary.write_text(json.dumps({word: i for i, word in enumerate(words)}))
merges.write_text("#version: 0.2\n")
encoder = CLIPTextConfig(
    vocab_size=len(words), hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=4,
    bos_token_id=len(words) - 2, eos_token_id=len(words) - 1,
)
denoiser = UNet2DConditionModel(
    sample_size=8, block_out_channels=(32, 32), layers_per_block=1, cross_attention_dim=32, attention_head_dim=4,
    down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
    norm_num_groups=8,
)
pipeline = StableDiffusionPipeline(
    AutoencoderTiny(), CLIPTextModel(encoder), CLIPTokenizer(str(vocabulary), str(merges), model_max_length=77),
    denoiser, DDIMScheduler(), None, None, requires_safety_checker=False,
)
pipeline.set_progress_bar_config(disable=True)
asked = dict(prompt="a bed", num_inference_steps=1, output_type="np")
print("without clip_skip:", pipeline(**asked).images.shape)
try:
    pipeline(**asked, clip_skip=1)
except AttributeError as error:
    print("clip_skip=1: AttributeError:", error)
    print("reproduced: clip_skip goes through a level that CLIPTextModel no longer has")
else:
    print("no longer so: clip_skip works")
    sys.exit(1)
PY
