"""Writes what PyTorch makes of a small picture with DnCNN, of small weights of formula.py and of published ones.

    python bench/peers/golden_dncnn.py dncnn_25.pth core/src/test/resources/peers/dncnn.json

The file is github.com/cszn/KAIR's: 17 convolutions, batch normalisation merged.
"""

import json
import sys
from pathlib import Path

import torch
from formula import pixels, summary, weight
from torch import nn

LAYERS, WIDTH = 5, 12


def network(layers: int, width: int) -> nn.Module:
    modules = []
    for i in range(layers):
        modules.append(nn.Conv2d(1 if i == 0 else width, 1 if i == layers - 1 else width, 3, padding=1))
        if i < layers - 1:
            modules.append(nn.ReLU())
    model = nn.Module()
    model.add_module("model", nn.Sequential(*modules))
    return model


def denoised(model: nn.Module, x):
    with torch.no_grad():
        return x - model.model(x)


def main(file: Path, out: Path) -> None:
    x = torch.from_numpy(pixels("dncnn", 2, 1, 21, 34)).float() / 255
    small = network(LAYERS, WIDTH)
    with torch.no_grad():
        for name, p in small.named_parameters():
            p.copy_(torch.from_numpy(weight(name, tuple(p.shape))))
    published = network(17, 64)
    published.load_state_dict(torch.load(file, weights_only=True))
    golden = {"torch": torch.__version__, "layers": LAYERS, "width": WIDTH}
    golden["formula"] = summary(denoised(small, x))
    golden["published"] = summary(denoised(published, x))
    out.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
