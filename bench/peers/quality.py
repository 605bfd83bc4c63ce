"""What other trainers of diffusion models come to in so many seconds on the rooms of this project.

    calotype data preview rooms:train -n 10000 --out rooms.png
    python bench/peers/quality.py lucidrains --rooms rooms.png --seconds 300 --out lucidrains
    python bench/peers/quality.py diffusers  --rooms rooms.png --seconds 300 --out diffusers
    calotype evaluate lucidrains --against rooms:test -n 1000 --network rooms

Both keep the defaults of their authors, scaled to the parameters of the quickstart, but for mirroring: a mirrored room is another one.
The fastest of their numbers of threads, precisions and layouts is found first, outside the seconds.
"""

import argparse
import itertools
import json
import os
import time
from contextlib import nullcontext
from importlib.metadata import version

import numpy as np
import torch
from PIL import Image

SIZE, GAP = 32, 2
WARM, TIMED = 2, 5
LAYOUTS = {"channels-first": torch.contiguous_format, "channels-last": torch.channels_last}


class Lucidrains:
    """denoising-diffusion-pytorch: predicts v, sigmoid schedule, Adam 1e-4, batch 16, average of 0.995 every 10 steps."""

    batch, package = 16, "denoising-diffusion-pytorch"

    def __init__(self, steps, rate=1e-4):
        from denoising_diffusion_pytorch import GaussianDiffusion, Unet
        from ema_pytorch import EMA

        self.network = Unet(dim=32, dim_mults=(1, 2, 4))
        self.process = GaussianDiffusion(self.network, image_size=SIZE, sampling_timesteps=50)
        self.optimizer = torch.optim.Adam(self.process.parameters(), lr=rate, betas=(0.9, 0.99))
        self.average = EMA(self.process, beta=0.995, update_every=10)

    def loss(self, images):
        return self.process(images)

    def update(self):
        torch.nn.utils.clip_grad_norm_(self.process.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.average.update()

    def draw(self, count, clipped):  # which it always is
        return self.average.ema_model.sample(batch_size=count)


class Diffusers:
    """diffusers' unconditional example: predicts noise, linear schedule, AdamW 1e-4 by a cosine after 500 steps, batch 16."""

    batch, package = 16, "diffusers"

    def __init__(self, steps, rate=1e-4):
        from diffusers import DDPMScheduler, UNet2DModel
        from diffusers.optimization import get_scheduler
        from diffusers.training_utils import EMAModel

        self.network = UNet2DModel(
            sample_size=SIZE,
            layers_per_block=1,
            block_out_channels=(32, 64, 128),
            down_block_types=("DownBlock2D", "DownBlock2D", "AttnDownBlock2D"),
            up_block_types=("AttnUpBlock2D", "UpBlock2D", "UpBlock2D"),
        )
        self.process = DDPMScheduler(num_train_timesteps=1000, beta_schedule="linear")
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=rate, betas=(0.95, 0.999), weight_decay=1e-6, eps=1e-8
        )
        self.rate = get_scheduler("cosine", self.optimizer, num_warmup_steps=500, num_training_steps=max(501, steps))
        self.average = EMAModel(self.network.parameters(), decay=0.9999, use_ema_warmup=True, inv_gamma=1.0, power=0.75)

    def loss(self, images):
        clean = images * 2 - 1
        noise = torch.randn_like(clean)
        t = torch.randint(0, 1000, (len(clean),))
        predicted = self.network(self.process.add_noise(clean, noise, t), t).sample
        return torch.nn.functional.mse_loss(predicted.float(), noise)

    def update(self):
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.rate.step()
        self.optimizer.zero_grad()
        self.average.step(self.network.parameters())

    def draw(self, count, clipped):
        from diffusers import DDIMScheduler, DPMSolverMultistepScheduler

        self.average.copy_to(self.network.parameters())
        kind, steps = (DDIMScheduler, 50) if clipped else (DPMSolverMultistepScheduler, 25)
        solver = kind.from_config(self.process.config)  # DDIM clips what it predicts, as the pipeline of the example does
        solver.set_timesteps(steps)
        x = torch.randn(count, 3, SIZE, SIZE)
        for t in solver.timesteps:
            x = solver.step(self.network(x, t).sample.float(), t, x).prev_sample
        return (x / 2 + 0.5).clamp(0, 1)


PEERS = {"lucidrains": Lucidrains, "diffusers": Diffusers}


def rooms(path):
    """The cells of a grid that `calotype data preview` drew, as (N, 3, H, W) in 0..1; what is left over at its end is black."""
    grid = np.asarray(Image.open(path).convert("RGB"))
    pitch = SIZE + GAP
    rows, columns = (grid.shape[0] + GAP) // pitch, (grid.shape[1] + GAP) // pitch
    places = itertools.product(range(rows), range(columns))
    cells = [grid[y * pitch : y * pitch + SIZE, x * pitch : x * pitch + SIZE] for y, x in places]
    cells = np.stack([cell for cell in cells if cell.std() > 0])
    return torch.from_numpy(cells).permute(0, 3, 1, 2).float() / 255


def precision(name):
    return torch.autocast("cpu", dtype=torch.bfloat16) if name == "bf16" else nullcontext()


def step(peer, data, in_precision, layout):
    images = data[torch.randint(0, len(data), (peer.batch,))].contiguous(memory_format=layout)
    with precision(in_precision):
        loss = peer.loss(images)
    loss.backward()
    peer.update()
    return loss.item()


def fastest(kind, data, most):
    """Seconds per step, threads, precision and layout of what is fastest here."""
    found = []
    for threads, name, layout in itertools.product(sorted({1, most}), ("fp32", "bf16"), LAYOUTS):
        torch.set_num_threads(threads)
        peer = kind(1000)
        peer.network.to(memory_format=LAYOUTS[layout])
        for _ in range(WARM):
            step(peer, data, name, LAYOUTS[layout])
        begun = time.perf_counter()
        for _ in range(TIMED):
            step(peer, data, name, LAYOUTS[layout])
        found.append(((time.perf_counter() - begun) / TIMED, threads, name, layout))
    return min(found)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peer", choices=PEERS)
    parser.add_argument("--rooms", required=True, help="a grid of rooms of 32 px")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--steps", type=int, default=0, help="in place of the seconds, where the machine is shared")
    parser.add_argument("--rate", type=float, default=1e-4, help="of learning, that of both authors if not given")
    parser.add_argument("--clip", action="store_true", help="draw by DDIM in 50 steps, clipped, and not by DPM-Solver++ in 25")
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", required=True, help="a folder for the pictures")
    given = parser.parse_args()
    kind, data = PEERS[given.peer], rooms(given.rooms)
    seconds, threads, in_precision, layout = fastest(kind, data, len(os.sched_getaffinity(0)))
    torch.set_num_threads(threads)
    torch.manual_seed(given.seed)
    peer = kind(given.steps or int(given.seconds / seconds), given.rate)
    peer.network.to(memory_format=LAYOUTS[layout])
    begun, processor, made = time.perf_counter(), time.process_time(), 0
    while made < given.steps if given.steps else time.perf_counter() - begun < given.seconds:
        loss = step(peer, data, in_precision, LAYOUTS[layout])
        made += 1
    spent, processor = time.perf_counter() - begun, time.process_time() - processor
    os.makedirs(given.out, exist_ok=True)
    with torch.inference_mode(), precision(in_precision):
        for first in range(0, given.images, 50):
            for i, image in enumerate(peer.draw(min(50, given.images - first), given.clip).float()):
                pixels = (image.clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
                Image.fromarray(pixels).save(os.path.join(given.out, f"{first + i:06d}.png"))
    print(
        json.dumps(
            {
                "peer": given.peer,
                "version": version(kind.package),
                "torch": torch.__version__,
                "parameters": sum(p.numel() for p in peer.network.parameters()),
                "rooms": len(data),
                "threads": threads,
                "precision": in_precision,
                "layout": layout,
                "rate": given.rate,
                "steps": made,
                "seconds": round(spent, 1),
                "processor_seconds": round(processor, 1),
                "images_seen": made * peer.batch,
                "loss": loss,
            }
        )
    )


if __name__ == "__main__":
    main()
