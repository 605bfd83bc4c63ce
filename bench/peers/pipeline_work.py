"""The work `pipeline`: diffusers' UNet2DModel and schedulers, with the loop that its pipelines have."""

import os

import diffusers
import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, UNet2DModel
from safetensors.torch import load_file


class pipeline:
    def __init__(self, given):
        self.precision = "bf16" if given["peer"].endswith("bf16") else "fp32"
        inputs = load_file(os.path.join(given["folder"], "inputs.safetensors"))
        self.noise, self.times = inputs["noise"], inputs["times"]
        self.steps, self.ddim = given["steps"], given["sampler"] == "ddim"
        self.network = UNet2DModel.from_pretrained(os.path.join(given["folder"], "unet")).eval().requires_grad_(False)
        if self.precision == "bf16":
            self.network.to(torch.bfloat16).to(memory_format=torch.channels_last)
        chain = {"num_train_timesteps": 1000, "beta_start": 1e-4, "beta_end": 0.02, "beta_schedule": "linear"}
        if self.ddim:
            self.scheduler = DDIMScheduler(**chain, clip_sample=True)
        else:
            self.scheduler = DPMSolverMultistepScheduler(**chain, use_lu_lambdas=True, final_sigmas_type="zero")

    def outputs(self):
        return {"images": self.images()}

    def iterate(self):
        self.images()

    def images(self):
        """Noise to images. The times are Calotype's, which diffusers rounds to whole steps."""
        self.scheduler.set_timesteps(self.steps)
        if not self.ddim:
            self.scheduler.set_begin_index(0)
        extra = {"use_clipped_model_output": True} if self.ddim else {}
        x = self.noise
        with torch.inference_mode():
            for step, time in zip(self.scheduler.timesteps, self.times, strict=True):
                eps = self.network(x.to(self.network.dtype), time).sample.float()
                x = self.scheduler.step(eps, step, x, **extra).prev_sample
        return x

    def threads(self, count):
        torch.set_num_threads(count)

    def versions(self):
        return {"torch": torch.__version__, "diffusers": diffusers.__version__}
