"""The step of the work `train` by PyTorch's DistributedDataParallel with Gloo, one process of several.

    python bench/peers/ddp.py rank=0 world=2 store=127.0.0.1:29501 batch=64 steps=10 precision=bf16 channels=64

The network is `unet.py` with weights of its own: `bench/ranks` compares seconds, not numbers.
"""

import contextlib
import sys
import time

import torch
import torch.distributed as dist
from peer import peak_mb, settings
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from unet import UNet

WARM_UP = 2


def main():
    given = settings(sys.argv[1:])
    rank, world, batch = given["rank"], given["world"], given["batch"] // given["world"]
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method="tcp://" + given["store"], rank=rank, world_size=world)
    torch.manual_seed(1)
    half = given["precision"] == "bf16"
    layout = torch.channels_last if half else torch.contiguous_format
    network = UNet(given["channels"]).to(memory_format=layout)
    model = DistributedDataParallel(network)
    parameters = list(network.parameters())
    average = [p.detach().clone() for p in parameters]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0, fused=True)
    images = torch.rand(batch, 3, 32, 32) * 2 - 1
    signal = torch.linspace(1, 0.05, 1000)
    seconds = []
    for i in range(-WARM_UP, given["steps"]):
        begun = time.perf_counter()
        times, noise = torch.randint(1000, (batch,)), torch.randn_like(images)
        level = signal[times].reshape(-1, 1, 1, 1)
        noisy = level * images + (1 - level**2).sqrt() * noise
        with torch.autocast("cpu", dtype=torch.bfloat16) if half else contextlib.nullcontext():
            predicted = model(noisy.contiguous(memory_format=layout), times.float())
        loss = F.mse_loss(predicted.float(), noise)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, parameters, 1 - 0.9999)
        loss.item()
        if i >= 0:
            seconds.append(time.perf_counter() - begun)
    mean = sum(seconds) / len(seconds)
    print(
        f"rank {rank} of {world} torch {torch.__version__} DDP {given['precision']}: {mean:.3f} s a step "
        f"(median {sorted(seconds)[len(seconds) // 2]:.3f}), {given['batch'] / mean:.2f} images/s, "
        f"{sum(p.numel() for p in parameters) * 1e-6:.1f} M weights, peak {peak_mb()} MB",
        flush=True,
    )
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
