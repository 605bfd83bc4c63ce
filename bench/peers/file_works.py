"""The works `checkpoint` (torch.save, safetensors) and `start` (whole Python processes)."""

import os
import subprocess
import sys
from importlib.metadata import version

PICTURE = """
import sys, torch
from diffusers import DDIMPipeline, DDIMScheduler, UNet2DModel
pipeline = DDIMPipeline(UNet2DModel.from_pretrained(sys.argv[1]), DDIMScheduler())
pipeline.set_progress_bar_config(disable=True)
pipeline(num_inference_steps=2, generator=torch.manual_seed(0)).images[0].save(sys.argv[2])
"""


class checkpoint:
    """The tensors of Calotype's checkpoint written to another file and read again."""

    precision = "fp32"

    def __init__(self, given):
        import torch
        from safetensors.torch import load_file, save_file

        self.torch, self.load_file, self.save_file = torch, load_file, save_file
        self.tensors = load_file(os.path.join(given["folder"], "checkpoint.safetensors"))
        self.plain = given["peer"] == "safetensors"
        self.file = os.path.join(given["home"], "checkpoint")

    def write_and_read(self):
        if self.plain:
            self.save_file(self.tensors, self.file)
            return self.load_file(self.file)
        self.torch.save(self.tensors, self.file)
        return self.torch.load(self.file, weights_only=True)

    def outputs(self):
        total = sum(value.double().abs().sum() for value in self.write_and_read().values())
        return {"sum": total.reshape(1)}

    def iterate(self):
        self.write_and_read()

    def threads(self, count):
        self.torch.set_num_threads(count)

    def versions(self):
        return {name: version(name) for name in ("torch", "safetensors")}


class start:
    """`python -c "import torch"`, or one picture of diffusers from its folder to a PNG file."""

    precision = "-"

    def __init__(self, given):
        import diffusers  # noqa: F401 - to know at once whether it is there

        folder, home = given["folder"], given["home"]
        picture = [sys.executable, "-c", PICTURE, os.path.join(folder, "unet"), os.path.join(home, "picture.png")]
        self.command = [sys.executable, "-c", "import torch"] if given["task"] == "help" else picture

    def outputs(self):
        return {}

    def iterate(self):
        subprocess.run(self.command, check=True)

    def threads(self, count):
        pass  # each process chooses its own

    def versions(self):
        return {name: version(name) for name in ("torch", "diffusers")}
