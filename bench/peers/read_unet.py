"""Makes a large UNet2DModel folder, or reads one into bf16 as diffusers does, and says how long it took and what memory.

    python read_unet.py make FOLDER     # 4.2 GB in five files, random weights
    python read_unet.py words FOLDER    # the U-Net of Stable Diffusion 1.5: 3.4 GB, random weights in fp32
    python read_unet.py read FOLDER
    python read_unet.py evaluate FOLDER OUT.safetensors    # of the latter, once, in fp32
"""

import json
import resource
import sys
import time

import torch
from diffusers import UNet2DConditionModel, UNet2DModel

DOWN = ("DownBlock2D", "DownBlock2D", "AttnDownBlock2D", "AttnDownBlock2D")
UP = ("AttnUpBlock2D", "AttnUpBlock2D", "UpBlock2D", "UpBlock2D")


def make(folder):
    torch.manual_seed(0)
    model = UNet2DModel(
        sample_size=64,
        layers_per_block=2,
        block_out_channels=(512, 1024, 1536, 1536),
        down_block_types=DOWN,
        up_block_types=UP,
        attention_head_dim=64,
    )
    model.save_pretrained(folder, max_shard_size="1GB")


def words(folder):
    torch.manual_seed(0)
    model = UNet2DConditionModel(sample_size=64, cross_attention_dim=768, attention_head_dim=8)
    model.save_pretrained(folder, max_shard_size="10GB")


def kind(folder):
    with open(f"{folder}/config.json") as file:
        return {"UNet2DModel": UNet2DModel}.get(json.load(file)["_class_name"], UNet2DConditionModel)


@torch.no_grad()
def evaluate(folder, out):
    from formula import unit
    from safetensors.torch import save_file

    x = 1.7 * torch.from_numpy(unit("noise", 4 * 64 * 64)).reshape(1, 4, 64, 64).float()
    tokens = 1.7 * torch.from_numpy(unit("tokens", 77 * 768)).reshape(1, 77, 768).float()
    answer = UNet2DConditionModel.from_pretrained(folder)(x, torch.tensor([500]), tokens).sample
    save_file({"x": x, "tokens": tokens, "out": answer.contiguous()}, out)


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read(folder):
    before, begun, busy = peak_mb(), time.time(), time.process_time()
    kind(folder).from_pretrained(folder, torch_dtype=torch.bfloat16)
    print(f"{time.time() - begun:.2f} s, {time.process_time() - busy:.2f} s of the processor")
    print(f"at most {peak_mb():.0f} MB, before that {before:.0f} MB")


if __name__ == "__main__":
    {"make": make, "words": words, "read": read, "evaluate": evaluate}[sys.argv[1]](*sys.argv[2:])
