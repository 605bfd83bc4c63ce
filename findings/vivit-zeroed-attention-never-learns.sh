#!/usr/bin/env bash
# torch 2.15.0
#
# Behaviour: an attention all of whose weights begin with 0 never learns, with any optimizer: the gradient of the value map is a product
# with the output map and the other way round, so neither moves, and only the bias of the output does.
# One would guess otherwise: section 3.4 of ViViT (Arnab et al. 2021) begins model 3 so, "all weights of the temporal MSA with zeroes", that the block is
# a residual connection at first, and scenic's `attention_kernel_init_method: 'zero'` does it for query, key, value and output. A residual branch
# that starts at zero usually learns, as the last map alone is zero there.
# Costs: model 3 trained from scratch as its paper says is a mean over frames for ever. Nothing in the loss curve tells; classes that are
# told by time alone stay at chance.
#
# Seen after 500 steps of Adam on "x + attention(x) is the neighbour in the sequence", whose loss is about 2 for no attention at all:
#   all weights 0:          loss 2.05, largest weight 0.00
#   the last map alone 0:   loss 0.93, largest weight 2.99
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 torch==2.15.0
fi
"$python" -W ignore - <<'PY'
import sys

import torch


def learn(zeroed):
    torch.manual_seed(0)
    attention = torch.nn.MultiheadAttention(8, 2, batch_first=True)
    with torch.no_grad():
        for parameter in attention.parameters() if zeroed == "all weights" else attention.out_proj.parameters():
            parameter.zero_()
    adam = torch.optim.Adam(attention.parameters(), 0.01)
    x = torch.randn(64, 5, 8)
    neighbour = x.roll(1, 1)
    for _ in range(500):
        loss = (x + attention(x, x, x)[0] - neighbour).square().mean()
        adam.zero_grad()
        loss.backward()
        adam.step()
    largest = max(p.abs().max().item() for n, p in attention.named_parameters() if "weight" in n)
    print(f"{zeroed} 0: loss {loss.item():.2f}, largest weight {largest:.2f}")
    return largest


if learn("all weights") == 0 and learn("the last map alone") > 0.1:
    print("reproduced: attention with all weights at zero never learns")
else:
    print("no longer so")
    sys.exit(1)
PY
