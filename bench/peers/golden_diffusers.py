"""Writes a small diffusers UNet2DModel with random weights, an input, and the output that diffusers computes.

    python bench/peers/golden_diffusers.py write core/src/test/resources/diffusers
    python bench/peers/golden_diffusers.py check DIRECTORY...

`check` loads directories that Calotype wrote (DiffusersUNet.write, with golden.safetensors beside the model holding
Calotype's own input and output) and prints the largest difference to what diffusers computes.
"""

import sys
from pathlib import Path

import torch
from diffusers import UNet2DModel
from safetensors.torch import load_file, save_file


def write(folder: Path) -> None:
    torch.manual_seed(7)
    model = UNet2DModel(
        sample_size=16,
        in_channels=3,
        out_channels=6,
        block_out_channels=(32, 32),
        layers_per_block=1,
        down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=16,
        num_class_embeds=4,
    ).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() == 1:
                p.add_(0.1 * torch.randn_like(p))  # norms and biases away from 1 and 0
    model.half().save_pretrained(folder / "unet")
    model.float()  # the values stay those of the file
    x, t, y = torch.randn(2, 3, 16, 16), torch.tensor([3, 640]), torch.tensor([1, 3])
    with torch.no_grad():
        output = model(x, t, class_labels=y).sample
    save_file({"x": x, "t": t, "y": y, "output": output}, folder / "golden.safetensors")
    print("parameters", sum(p.numel() for p in model.parameters()), "output std", output.std().item())


def check(folder: Path) -> None:
    model = UNet2DModel.from_pretrained(folder).eval()
    golden = load_file(folder / "golden.safetensors")
    labels = {"class_labels": golden["y"]} if "y" in golden else {}
    with torch.no_grad():
        output = model(golden["x"], golden["t"], **labels).sample
    print(folder, "largest difference", (output - golden["output"]).abs().max().item(), "std", output.std().item())


if __name__ == "__main__":
    for argument in sys.argv[2:]:
        {"write": write, "check": check}[sys.argv[1]](Path(argument))
