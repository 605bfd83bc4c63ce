"""Small networks of diffusers with weights by a formula, and what they give: core/src/test/resources/diffusers/unets.json.

Python 3.11, diffusers 0.42.1, torch 2.15.0: python bench/peers/golden_unets.py OUT.json. Weights and inputs are those
of formula.py.
"""

import json
import math
import sys

import torch
from diffusers import UNet2DModel
from formula import fill, unit

TINY = dict(sample_size=8, layers_per_block=1, block_out_channels=(8, 16), norm_num_groups=4, attention_head_dim=4,
            down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"))
R = dict(down_block_types=("ResnetDownsampleBlock2D", "AttnDownBlock2D"), downsample_type="resnet",
         up_block_types=("AttnUpBlock2D", "ResnetUpsampleBlock2D"), upsample_type="resnet")
CASES = {
    "public_ddpm": dict(downsample_padding=0, freq_shift=1, flip_sin_to_cos=False, norm_eps=1e-6, attention_head_dim=None),
    "residual": dict(R, resnet_time_scale_shift="scale_shift"),
    "residual_with_norm": dict(R, resnet_time_scale_shift="scale_shift", attn_norm_num_groups=8),
    "middle_norm": dict(attn_norm_num_groups=2),
    "no_middle_attention": dict(add_attention=False),
    "no_middle": dict(mid_block_type=None),
    "middle_scale": dict(mid_block_scale_factor=1.4142135),
    "swish": dict(act_fn="swish"),
    "mish": dict(act_fn="mish"),
    "gelu": dict(act_fn="gelu", resnet_time_scale_shift="scale_shift"),
    "relu": dict(act_fn="relu"),
    "centred": dict(center_input_sample=True),
    "classes": dict(num_class_embeds=3),
    "class_numbers": dict(class_embed_type="timestep"),
    "class_numbers_fourier": dict(class_embed_type="timestep", num_class_embeds=5, time_embedding_type="fourier"),
    "fourier": dict(time_embedding_type="fourier"),
    "learned": dict(time_embedding_type="learned", num_train_timesteps=50),
    "time_width": dict(time_embedding_dim=20),
    "widths": dict(block_out_channels=(8, 12, 20), down_block_types=("AttnDownBlock2D", "DownBlock2D", "DownBlock2D"),
                   up_block_types=("UpBlock2D", "UpBlock2D", "AttnUpBlock2D"), layers_per_block=2),
    "unlike_ways": dict(down_block_types=("DownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "AttnUpBlock2D")),
    "mixed_resampling": dict(block_out_channels=(8, 8, 16), layers_per_block=1, downsample_type="resnet",
        down_block_types=("DownBlock2D", "AttnDownBlock2D", "ResnetDownsampleBlock2D"),
        up_block_types=("UpBlock2D", "AttnUpBlock2D", "ResnetUpsampleBlock2D")),
    "attention_first": dict(down_block_types=("AttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "AttnUpBlock2D"),
                            downsample_padding=0, attention_head_dim=8),
    "one_level": dict(block_out_channels=(8,), down_block_types=("DownBlock2D",), up_block_types=("UpBlock2D",)),
    "six_channels": dict(in_channels=6, out_channels=3, dropout=0.3),
}



made = {}
for name, change in CASES.items():
    settings = dict(TINY, **change)
    net = UNet2DModel(**settings).eval()
    fill(net)
    state = net.state_dict()
    for key, value in state.items():
        if value.dim() == 1 and key.endswith("weight"):
            value += 1  # the gain of a normalisation, or a frequency
    shape = (2, settings.get("in_channels", 3), 8, 8)
    x = torch.from_numpy(unit("x", math.prod(shape)).reshape(shape)).float()
    args = {}
    if settings.get("num_class_embeds") or settings.get("class_embed_type"):
        args["class_labels"] = torch.tensor([2, 1])
    if settings.get("class_embed_type") == "timestep":
        args["class_labels"] = args["class_labels"].float()
    with torch.no_grad():
        output = net(x, torch.tensor([3, 41]), **args).sample
    config = {k: v for k, v in dict(net.config).items() if not k.startswith("_")}
    made[name] = {
        "config": {"_class_name": "UNet2DModel", "_diffusers_version": "0.42.1", **config},
        "weights": {key: list(value.shape) for key, value in state.items()},
        "labels": [2, 1] if args else [],
        "output": [float(f"{v:.6g}") for v in output.flatten().tolist()],
    }
    print(name, sum(v.numel() for v in state.values()), float(output.std()))
with open(sys.argv[1], "w") as file:
    file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items()) + "\n}\n")
