#!/usr/bin/env bash
# transformers 5.24.0, open_clip_torch 3.3.0 (torch 2.15.0)
#
# Behaviour: CLIPTokenizer of transformers 5.24 does not clean its text; the tokenizer that CLIP was trained with (here open_clip's, of
# one vocabulary) undoes HTML, curly quotes, ligatures and full-width letters first.
# One would guess otherwise: one vocabulary, one name, and before version 5 the slow tokenizer cleaned where ftfy was installed. Plain
# ASCII gives equal ids, so tests pass.
# Costs: captions from the web and from word processors are full of these. An apostrophe alone turns 4 ids into 6, the embedding is that of
# another sentence, and 77 ids hold less text. Indexes of embeddings made by the one do not fit queries made by the other.
#
# Seen, ids of open_clip and of transformers:
#   "the dog's ball"            4 and 4, equal
#   the same, curly apostrophe  4 and 6
#   "fish &amp; chips"          3 and 5
#   "fish in an office", ligatures  4 and 11
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 torch==2.15.0 torchvision==0.29.2 open_clip_torch==3.3.0 transformers==5.24.0
fi
"$python" -W ignore - <<'PY'
import sys

from open_clip.tokenizer import SimpleTokenizer
from transformers import CLIPTokenizer

trained = SimpleTokenizer()
hub = CLIPTokenizer(vocab=dict(trained.encoder), merges=list(trained.bpe_ranks))
texts = {
    "the dog's ball": "the dog's ball",
    "the same, curly apostrophe": "the dog\u2019s ball",
    "fish &amp; chips": "fish &amp; chips",
    "fish in an office, ligatures": "\ufb01sh in an o\ufb03ce",
}
equal = {}
for name, text in texts.items():
    first, second = trained.encode(text), hub(text)["input_ids"][1:-1]
    equal[name] = first == second
    print(f"{name:30s} {len(first)} and {len(second)} ids{', equal' if equal[name] else ''}")
if list(equal.values()) == [True, False, False, False]:
    print("reproduced: transformers' CLIP reads another text than CLIP was trained with")
else:
    print("no longer so: both tokenizers clean alike")
    sys.exit(1)
PY
