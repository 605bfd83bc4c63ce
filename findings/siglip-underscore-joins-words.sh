#!/usr/bin/env bash
# transformers 5.24.0 with sentencepiece 0.2.1, open_clip_torch 3.3.0 (torch 2.15.0)
#
# Behaviour: both clean a text for SigLIP before it is cut, and both call that canonical. open_clip makes a space of an underscore first, transformers' SiglipTokenizer
# takes it away with the other punctuation: "sea_lion" is read as "sealion".
# One would guess otherwise: the cleaning is part of what the model was trained with, and both name the same source for it.
# Costs: zero-shot naming with the names of classes as data sets have them (maple_tree, aquarium_fish, sea_lion) asks for words that no one wrote, without a message,
# and with other vectors than open_clip has for the same weights. Put spaces for underscores before you call it.
#
# Seen (of a vocabulary that is trained here on a few lines):
#   open_clip cleans      a photo of a sea_lion  ->  a photo of a sea lion
#   transformers cuts     ... ▁ s e a l i o n   of "a photo of a sea_lion"
#   transformers cuts     ... ▁ s e a ▁lion     of "a photo of a sea lion"
#
# Installs some gigabytes. FINDINGS_PYTHON may name a Python that has these packages already.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python=${FINDINGS_PYTHON:-}
if [ -z "$python" ]; then
  python3 -m venv "$tmp/venv"
  python=$tmp/venv/bin/python
  "$python" -m pip install -q --disable-pip-version-check numpy==2.4.6 torch==2.15.0 torchvision==0.29.2 timm==1.0.31 transformers==5.24.0 sentencepiece==0.2.1 open_clip_torch==3.3.0
fi
cd "$tmp"
"$python" -W ignore - <<'PY'
import sys

import sentencepiece
from open_clip.tokenizer import canonicalize_text
from transformers import SiglipTokenizer

lines = ["a photo of a sea lion", "a photo of a maple tree", "a photo of an aquarium fish", "the sea and the lion under a maple"] * 20
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(lines), model_prefix="tiny", vocab_size=27, eos_id=0, pad_id=1, unk_id=2, bos_id=-1, minloglevel=2
)
tokenizer = SiglipTokenizer("tiny.model")
name, words = "a photo of a sea_lion", "a photo of a sea lion"
cleaned = canonicalize_text(name)
print("open_clip cleans     ", name, " -> ", cleaned)
for text in (name, words):
    print("transformers cuts    ", " ".join(tokenizer.tokenize(text)), f' of "{text}"')
ids = {text: tokenizer(text)["input_ids"] for text in (name, words, "a photo of a sealion")}
if cleaned == words and ids[name] != ids[words] and ids[name] == ids["a photo of a sealion"]:
    print("reproduced: transformers joins the words at an underscore that open_clip parts")
else:
    print("no longer so: both clean an underscore alike")
    sys.exit(1)
PY
