"""Makes a large UNet2DModel folder, or reads one into bf16 as diffusers does, and says how long it took and what memory.

    python read_unet.py make FOLDER     # 4.2 GB in five files, random weights
    python read_unet.py read FOLDER
"""

import resource
import sys
import time

import torch
from diffusers import UNet2DModel

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


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read(folder):
    before, begun, busy = peak_mb(), time.time(), time.process_time()
    UNet2DModel.from_pretrained(folder, torch_dtype=torch.bfloat16)
    print(f"{time.time() - begun:.2f} s, {time.process_time() - busy:.2f} s of the processor")
    print(f"at most {peak_mb():.0f} MB, before that {before:.0f} MB")


if __name__ == "__main__":
    {"make": make, "read": read}[sys.argv[1]](sys.argv[2])
