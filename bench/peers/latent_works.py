"""The works `latent` and `autoencoder`: diffusers' UNet2DModel in training, and its AutoencoderKL, eager or compiled, fp32 or bf16."""

import os

import diffusers
import torch
from diffusers import AutoencoderKL, UNet2DModel
from unet_works import Network, train


class latent(train):
    """A training step on latents by diffusers' network."""

    def build(self, given):
        return UNet2DModel.from_pretrained(os.path.join(given["folder"], "unet")).train()

    def load(self, folder):
        """Nothing: the network was read with its weights."""

    def predict(self, noisy, times):
        return self.forward(noisy, times).sample

    def versions(self):
        return {"torch": torch.__version__, "diffusers": diffusers.__version__}


class autoencoder(Network):
    """Pictures of latents without gradients; in bf16 the weights are converted once."""

    def build(self, given):
        return AutoencoderKL.from_pretrained(os.path.join(given["folder"], "vae")).eval().requires_grad_(False)

    def load(self, folder):
        """Nothing: the network was read with its weights."""
        self.network.to(torch.bfloat16 if self.precision == "bf16" else torch.float32)
        self.network.forward = self.network.decode

    def outputs(self):
        self.prepare_forward()
        return {"pictures": self.iterate()}

    def iterate(self):
        z = self.inputs["latents"].to(self.network.dtype).contiguous(memory_format=self.layout)
        with torch.inference_mode():
            return self.forward(z).sample

    def versions(self):
        return {"torch": torch.__version__, "diffusers": diffusers.__version__}
