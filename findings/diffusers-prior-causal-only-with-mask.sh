#!/usr/bin/env bash
# diffusers 0.42.1 (torch 2.15.0, transformers 5.24.0)
#
# Behaviour: PriorTransformer, the causal transformer of unCLIP's diffusion prior (Karlo, Kandinsky), applies its causal mask only if it
# is called with an `attention_mask`. Without one every token sees all the others. A mask of ones, even one of no tokens at all, brings
# the causal network back.
# One would guess otherwise: the mask is a buffer of the network, `causal_attention_mask`; an attention mask hides padding, and
# where nothing is padded it is left out.
# Costs: weights that were trained causally answer as a bidirectional network, without a message. The embeddings look alike and are
# others; who trains the class without hidden states of the text trains another network than the one in the paper.
#
# Seen, the largest difference of the two answers to the same input as a share of the largest value:
#   with a mask of no tokens and without: 0.02 apart (random weights, 6 blocks)
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
from diffusers import PriorTransformer

torch.manual_seed(0)
net = PriorTransformer(
    num_attention_heads=2, attention_head_dim=8, num_layers=6, embedding_dim=6, num_embeddings=0,
    encoder_hid_proj_type=None, additional_embeddings=4,
).eval()
with torch.no_grad():
    for parameter in net.parameters():
        parameter.normal_(0, 0.5)
    x, text = torch.randn(3, 6), torch.randn(3, 6)

    def answer(mask):
        return net(x, 10, proj_embedding=text, attention_mask=mask).predicted_image_embedding

    nothing_hidden = answer(torch.ones(3, 0))
    without = answer(None)
    # an answer is read at the last token, which sees all in either case: what differs is what the tokens before have seen
    apart = ((nothing_hidden - without).abs().max() / without.abs().max()).item()
print(f"with a mask of no tokens and without: {apart:.2f} apart")
if apart > 0.01:
    print("reproduced: PriorTransformer is causal only where it is given an attention mask")
else:
    print("no longer so: both are one network")
    sys.exit(1)
PY
