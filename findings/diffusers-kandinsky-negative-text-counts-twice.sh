#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0, transformers 5.24.0)
#
# Behaviour: the priors of Kandinsky 2.1 and 2.2 make `image_embeds` and `negative_image_embeds` in one call. A `negative_prompt` is not only
# what the second is made of: it takes the place of the empty text in the guidance of the first too. And an empty one, "", which guides as
# none does, makes another `image_embeds` of the same seed, since noise is drawn for twice as many rows.
# One would guess otherwise: the two are separate results, and Kandinsky's authors ask for them apart (`negative_prior_prompt` and
# `negative_decoder_prompt`). Who leaves `negative_image_embeds` out, or hands it to the decoder alone, expects the same `image_embeds`.
# Costs: a negative text is led away from twice, by the prior's guidance and by the decoder's; it cannot be had in one alone. Pictures of
# one seed with and without a negative text differ by their noise as well, so that they do not show what the text did.
#
# Seen, of a small prior with random weights, which hardly looks at its noise (25 steps, guidance 4): how far `image_embeds` of one seed are
# apart, as a share of their length
#   without a negative text and with "": 0.0009; with "" and with another text: 0.1703; the latter with guidance 1, which leads away from
#   nothing: 0.0000
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
from diffusers import KandinskyV22PriorPipeline, PriorTransformer, UnCLIPScheduler
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import (CLIPImageProcessor, CLIPTextConfig, CLIPTextModelWithProjection, CLIPVisionConfig,
                          CLIPVisionModelWithProjection, PreTrainedTokenizerFast)

torch.manual_seed(0)
words = {word: i for i, word in enumerate(["<pad>", "a", "red", "fox", "blurred", "snow", "<end>"])}
made = Tokenizer(models.WordLevel(words, unk_token="<pad>"))
made.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<end>", model_max_length=8)
size = dict(hidden_size=32, intermediate_size=64, num_attention_heads=4, num_hidden_layers=2, projection_dim=32)
pipeline = KandinskyV22PriorPipeline(
    prior=PriorTransformer(num_attention_heads=4, attention_head_dim=8, num_layers=2, embedding_dim=32, num_embeddings=8),
    image_encoder=CLIPVisionModelWithProjection(CLIPVisionConfig(image_size=16, patch_size=8, **size)),
    text_encoder=CLIPTextModelWithProjection(CLIPTextConfig(vocab_size=7, max_position_embeddings=8, bos_token_id=1, eos_token_id=6, **size)),
    tokenizer=tokenizer,
    scheduler=UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="sample", num_train_timesteps=1000,
                              clip_sample_range=5.0),
    image_processor=CLIPImageProcessor(size=16, crop_size=16),
)
pipeline.set_progress_bar_config(disable=True)
for parameter in pipeline.prior.parameters():
    parameter.data.normal_(0, 0.3)
pipeline.prior.clip_mean.data.zero_()
pipeline.prior.clip_std.data.fill_(1)


def embeds(negative, guidance=4.0):
    return pipeline("a red fox", negative_prompt=negative, guidance_scale=guidance,
                    generator=torch.Generator().manual_seed(0)).image_embeds


def apart(a, b):
    return ((a - b).norm() / a.norm()).item()


empty, other = embeds(""), embeds("blurred")
noise, guided = apart(embeds(None), empty), apart(empty, other)
unguided = apart(embeds("", 1.0), embeds("blurred", 1.0))
print(f"image_embeds of one seed: without a negative text and with \"\": {noise:.4f} apart; with \"\" and with another: {guided:.4f}; "
      f"the latter with guidance 1: {unguided:.4f}")
if noise > 1e-5 and guided > 0.01 and unguided < 1e-6:
    print("reproduced: a negative text changes the prior's picture vector itself, by its noise and by its guidance")
else:
    print("no longer so: the picture's vector does not depend on the negative text")
    sys.exit(1)
PY
