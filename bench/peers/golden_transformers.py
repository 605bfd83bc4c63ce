"""Transformers of DiT and Stable Diffusion 3 and what they make of given latents: core/src/test/resources/latent/transformers.json.

diffusers 0.42.1, torch 2.15.0. In diffusers each block of DiT has layers of its own for time and class; its authors have one for all,
and so do the files that diffusers made of theirs: those of the first block are copied to the others here.

    python bench/peers/golden_transformers.py OUT.json
"""

import json
import sys

import torch
from diffusers import DiTTransformer2DModel, SD3Transformer2DModel
from formula import fill, summary, unit

torch.set_num_threads(1)
DIT = dict(num_attention_heads=2, attention_head_dim=8, in_channels=4, out_channels=8, num_layers=2, sample_size=8, patch_size=2,
           num_embeds_ada_norm=5)
SD3 = dict(sample_size=8, patch_size=2, in_channels=4, out_channels=4, num_layers=3, attention_head_dim=8, num_attention_heads=2,
           joint_attention_dim=12, caption_projection_dim=16, pooled_projection_dim=10, pos_embed_max_size=6)
CASES = {
    "dit": (DiTTransformer2DModel, DIT),
    "sd3": (SD3Transformer2DModel, SD3),
    "sd35": (SD3Transformer2DModel, dict(SD3, qk_norm="rms_norm", dual_attention_layers=(0, 1))),
}


def tensor(name, *shape):
    count = 1
    for side in shape:
        count *= side
    return torch.from_numpy(unit(name, count).reshape(shape)).float()


@torch.no_grad()
def main(out):
    made = {}
    for name, (kind, settings) in CASES.items():
        net = kind(**settings).eval()
        fill(net)
        state = net.state_dict()
        for key, value in state.items():
            if value.dim() == 1 and key.endswith("weight"):
                value += 1
            if ".norm1.emb." in key:
                value.copy_(state[key.replace(key.split(".norm1.")[0], "transformer_blocks.0")])
        if name == "dit":
            output = net(tensor("x", 2, 4, 8, 8), torch.tensor([3, 741]), torch.tensor([1, 5])).sample
        else:
            output = net(tensor("x", 2, 4, 8, 12), tensor("tokens", 2, 7, 12), tensor("pooled", 2, 10),
                         torch.tensor([3.25, 741.5])).sample
        made[name] = {
            "config": {"_class_name": kind.__name__, **{k: v for k, v in dict(net.config).items() if k[0] != "_"}},
            "weights": {key: list(value.shape) for key, value in state.items()},
            "output": summary(output),
        }
        print(name, sum(v.numel() for v in state.values()), output.std().item())
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
