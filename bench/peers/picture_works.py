"""The works `fid` (pytorch-fid's own statistics) and `decode` (Pillow, torchvision)."""

import io
import os
import pathlib
from importlib.metadata import version


class fid:
    """pytorch-fid's pipeline from files to mean and covariance, with Calotype's feature network instead of Inception."""

    precision = "fp32"

    def __init__(self, given):
        import torch
        from pytorch_fid import fid_score
        from resnet import Features
        from safetensors.torch import load_file

        self.torch, self.score = torch, fid_score
        fid_score.tqdm = lambda batches: batches
        self.files = sorted(pathlib.Path(given["folder"], "pictures").glob("*.jpg"))
        self.batch, self.workers = given["batch"], 2
        weights = load_file(os.path.join(given["folder"], "weights.safetensors"))
        weights = {name.removeprefix("module."): value for name, value in weights.items()}
        blocks = sum(name.startswith("layer1.") and name.endswith(".conv1.weight") for name in weights)
        self.network = Features(blocks)
        self.network.load_state_dict(weights)
        self.network.eval()

    def statistics(self):
        return self.score.calculate_activation_statistics(
            self.files, self.network, self.batch, dims=64, device="cpu", num_workers=self.workers
        )

    def outputs(self):
        mean, covariance = (self.torch.from_numpy(array) for array in self.statistics())
        return {"mean": mean, "covariance": covariance.flatten()}

    def iterate(self):
        self.statistics()

    def threads(self, count):
        self.torch.set_num_threads(count)

    def versions(self):
        names = ("pytorch-fid", "torch", "torchvision", "pillow", "numpy")
        return {name: version(name) for name in names}


class decode:
    """JPEG bytes to uint8 (3, size, size) on one core, bicubic with antialiasing."""

    precision = "uint8"

    def __init__(self, given):
        files = sorted(pathlib.Path(given["folder"], "pictures").glob("*.jpg"))
        self.files, self.size = [file.read_bytes() for file in files], given["size"]
        self.one = getattr(self, given["peer"])()
        self.names = ("pillow", "numpy") if given["peer"] == "pil" else ("torchvision", "torch")

    def pil(self):
        import numpy
        from PIL import Image

        def one(content):
            picture = Image.open(io.BytesIO(content)).convert("RGB").resize((self.size, self.size), Image.BICUBIC)
            return numpy.asarray(picture).transpose(2, 0, 1).copy()

        return one

    def torchvision(self):
        import torch
        from torchvision.io import ImageReadMode, decode_jpeg
        from torchvision.transforms.v2 import InterpolationMode
        from torchvision.transforms.v2.functional import resize

        torch.set_num_threads(1)

        def one(content):
            picture = decode_jpeg(torch.frombuffer(bytearray(content), dtype=torch.uint8), mode=ImageReadMode.RGB)
            return resize(picture, [self.size, self.size], interpolation=InterpolationMode.BICUBIC, antialias=True)

        return one

    def outputs(self):
        import torch

        return {"pixels": torch.stack([torch.as_tensor(self.one(file)) for file in self.files]).flatten()}

    def iterate(self):
        for file in self.files:
            self.one(file)

    def threads(self, count):
        if count != 1:
            raise ValueError("decoding is measured on one core")

    def versions(self):
        return {name: version(name) for name in self.names}
