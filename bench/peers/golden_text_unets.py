"""U-Nets of Stable Diffusion's families and what they make of given latents: core/src/test/resources/latent/unets.json.

diffusers 0.42.1, torch 2.15.0:

    python bench/peers/golden_text_unets.py OUT.json
"""

import json
import sys

import torch
from diffusers import UNet2DConditionModel
from formula import fill, summary, unit

torch.set_num_threads(1)
SD1 = dict(sample_size=8, block_out_channels=(16, 32, 32), norm_num_groups=4, layers_per_block=1, cross_attention_dim=12,
           attention_head_dim=4, down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
           up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"))
XL = dict(SD1, attention_head_dim=(2, 4, 8), use_linear_projection=True, transformer_layers_per_block=(1, 2, 3),
          down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
          up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"), addition_embed_type="text_time",
          addition_time_embed_dim=8, projection_class_embeddings_input_dim=6 * 8 + 10)
CASES = {
    "sd1": dict(SD1, layers_per_block=2),
    "sd2": dict(SD1, attention_head_dim=[2, 4, 8], use_linear_projection=True, upcast_attention=True),
    "inpainting": dict(SD1, in_channels=9),
    "lcm": dict(SD1, time_cond_proj_dim=6),
    "xl": XL,
    "xl_refiner": dict(XL, projection_class_embeddings_input_dim=5 * 8 + 10, transformer_layers_per_block=2,
                       layers_per_block=2),
    "other_time": dict(SD1, flip_sin_to_cos=False, freq_shift=1, act_fn="gelu", norm_eps=1e-6,
                       block_out_channels=(16, 24, 32), attention_head_dim=2),
}


def tensor(name, *shape):
    count = 1
    for side in shape:
        count *= side
    return torch.from_numpy(unit(name, count).reshape(shape)).float()


@torch.no_grad()
def main(out):
    made = {}
    for name, settings in CASES.items():
        net = UNet2DConditionModel(**settings).eval()
        fill(net)
        state = net.state_dict()
        for key, value in state.items():
            if value.dim() == 1 and key.endswith("weight"):
                value += 1
        added = None
        if settings.get("addition_embed_type"):
            ids = (settings["projection_class_embeddings_input_dim"] - 10) // 8
            added = {"text_embeds": tensor("pooled", 2, 10), "time_ids": 500 * (tensor("ids", 2, ids) + 1)}
        width = settings.get("time_cond_proj_dim")
        output = net(tensor("x", 2, settings.get("in_channels", 4), 8, 12), torch.tensor([3, 741]), tensor("tokens", 2, 7, 12),
                     added_cond_kwargs=added, timestep_cond=tensor("guidance", 2, width) if width else None).sample
        made[name] = {
            "config": {"_class_name": "UNet2DConditionModel", **{k: v for k, v in dict(net.config).items() if k[0] != "_"}},
            "weights": {key: list(value.shape) for key, value in state.items()},
            "output": summary(output),
        }
        print(name, sum(v.numel() for v in state.values()), output.std().item())
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
