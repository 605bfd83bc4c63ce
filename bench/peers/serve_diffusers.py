"""A server of pictures as people write it around diffusers: FastAPI, an unconditional pipeline of a folder, DDIM, bf16.

    python bench/peers/serve_diffusers.py FOLDER --port 7900 [--together 16]

POST /generate {"seed": 7, "steps": 10} answers with a PNG file. One request after the other has the network, or with
--together those that wait are drawn as one batch, each from the noise of its own seed.
"""

import argparse
import asyncio
import io
from contextlib import asynccontextmanager

import numpy
import torch
import uvicorn
from diffusers import DDIMScheduler, UNet2DModel
from fastapi import FastAPI, Response
from PIL import Image
from pydantic import BaseModel


class Wish(BaseModel):
    seed: int
    steps: int


class Model:
    def __init__(self, folder):
        self.network = UNet2DModel.from_pretrained(folder + "/unet", torch_dtype=torch.bfloat16).eval()
        self.network.to(memory_format=torch.channels_last)
        self.scheduler = DDIMScheduler.from_pretrained(folder + "/scheduler")

    @torch.inference_mode()
    def draw(self, wishes):
        """PNG files of wishes that want the same number of steps."""
        config = self.network.config
        size = (config.in_channels, config.sample_size, config.sample_size)
        x = torch.stack([torch.randn(size, generator=torch.Generator().manual_seed(wish.seed)) for wish in wishes])
        self.scheduler.set_timesteps(wishes[0].steps)
        for time in self.scheduler.timesteps:
            predicted = self.network(x.to(torch.bfloat16).to(memory_format=torch.channels_last), time).sample.float()
            x = self.scheduler.step(predicted, time, x).prev_sample
        pixels = ((x / 2 + 0.5).clamp(0, 1) * 255).round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
        return [self.png(picture) for picture in pixels]

    @staticmethod
    def png(pixels):
        file = io.BytesIO()
        Image.fromarray(numpy.ascontiguousarray(pixels)).save(file, "png")
        return file.getvalue()


def app(model, together):
    waiting = asyncio.Queue()

    async def work():
        while True:
            batch = [await waiting.get()]
            while len(batch) < together and not waiting.empty():
                batch.append(waiting.get_nowait())
            for steps in {wish.steps for wish, _ in batch}:
                same = [(wish, answer) for wish, answer in batch if wish.steps == steps]
                files = await asyncio.to_thread(model.draw, [wish for wish, _ in same])
                for (_, answer), file in zip(same, files, strict=True):
                    answer.set_result(file)

    @asynccontextmanager
    async def life(server):
        server.state.worker = asyncio.create_task(work())
        yield

    server = FastAPI(lifespan=life)

    @server.get("/ready")
    async def ready():
        return {"ready": True}

    @server.post("/generate")
    async def generate(wish: Wish):
        answer = asyncio.get_running_loop().create_future()
        await waiting.put((wish, answer))
        return Response(await answer, media_type="image/png")

    return server


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--port", type=int, default=7900)
    parser.add_argument("--together", type=int, default=1)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    uvicorn.run(app(Model(given.folder), given.together), port=given.port, log_level="error")
