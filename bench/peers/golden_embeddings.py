"""Textual inversion in the files of two programs, and what diffusers makes of texts with it:
core/src/test/resources/latent/embeddings.json.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/golden_embeddings.py core/src/test/resources/text/tiny-merges.txt OUT.json
"""

import json
import sys

import torch
from formula import summary, weight
from golden_loras import CLIPTextModel, pipes  # noqa: F401

torch.set_num_threads(1)
TEXTS = ["a red bed near <Lamp>, a <lamp>x and two easy lamps", "easy", "a blue rug", "<lamp> " * 12]


def vectors(name, *shape):
    return torch.from_numpy(weight(name, shape))


@torch.no_grad()
def main(merges, out):
    pipe = pipes(merges, "sd1")
    pipe.load_textual_inversion({"<lamp>": vectors("<lamp>", 12)})
    pipe.load_textual_inversion({"string_to_param": {"*": vectors("easy", 3, 12)}, "name": "easy", "step": 10})
    made = {"texts": TEXTS, "ids": [], "tokens": []}
    for text in TEXTS:
        tokens = pipe.encode_prompt(text, "cpu", 1, False)[0]
        shown = pipe.maybe_convert_prompt(text, pipe.tokenizer)
        made["ids"].append(pipe.tokenizer(shown, padding="max_length", max_length=16, truncation=True).input_ids)
        made["tokens"].append(summary(tokens))
    print(made["ids"])
    pipe = pipes(merges, "xl")
    for name, text_encoder, tokenizer in (("clip_l", pipe.text_encoder, pipe.tokenizer),
                                          ("clip_g", pipe.text_encoder_2, pipe.tokenizer_2)):
        pipe.load_textual_inversion({"<lamp>": vectors(name, 2, text_encoder.config.hidden_size)}, token="<lamp>",
                                    text_encoder=text_encoder, tokenizer=tokenizer)
    made["xl_text"] = "a red <lamp> and <lamp>x"  # of a word in capitals diffusers takes the first vector alone
    tokens, _, pooled, _ = pipe.encode_prompt(made["xl_text"], device="cpu", do_classifier_free_guidance=False)
    made["xl"] = {"tokens": summary(tokens), "pooled": summary(pooled)}
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
