"""The skip network of Deep Image Prior (arXiv:1711.10925), written for this bench with Calotype's parameter names.

    python bench/peers/skipnet.py core/src/test/resources/peers/skipnet.json

writes the parameter counts of the published configurations, what networks with weights of formula.py make of an input
of formula.py, and the losses of a short fit.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn


class Unit(nn.Module):
    """A convolution with reflection, batch normalisation, LeakyReLU."""

    def __init__(self, i, o, kernel, stride):
        super().__init__()
        self.pad = kernel // 2
        self.conv = nn.Conv2d(i, o, kernel, stride)
        self.bn = nn.BatchNorm2d(o, track_running_stats=False)

    def forward(self, x):
        if self.pad:
            x = F.pad(x, [self.pad] * 4, mode="reflect")
        return F.leaky_relu(self.bn(self.conv(x)), 0.2)


class Level(nn.Module):
    def __init__(self, i, down, below, up, skip):
        super().__init__()
        if skip:
            self.skip = Unit(i, skip, 1, 1)
        self.down = Unit(i, down, 3, 2)
        self.deeper = Unit(down, down, 3, 1)
        self.joined_bn = nn.BatchNorm2d(skip + below, track_running_stats=False)
        self.up = Unit(skip + below, up, 3, 1)
        self.mix = Unit(up, up, 1, 1)


class SkipNet(nn.Module):
    def __init__(self, i, o, down, up, skip, mode):
        super().__init__()
        self.mode = mode
        self.depth = len(down)
        for n in range(self.depth):
            below = up[n + 1] if n + 1 < self.depth else down[n]
            self.add_module(f"level{n}", Level(i, down[n], below, up[n], skip[n]))
            i = down[n]
        self.picture = nn.Conv2d(up[0], o, 1)

    def level(self, n, x):
        level = getattr(self, f"level{n}")
        h = level.deeper(level.down(x))
        if n + 1 < self.depth:
            h = self.level(n + 1, h)
        corners = {} if self.mode == "nearest" else {"align_corners": False}
        h = F.interpolate(h, scale_factor=2, mode=self.mode, **corners)
        if hasattr(level, "skip"):
            h = torch.cat([level.skip(x), h], 1)
        return level.mix(level.up(level.joined_bn(h)))

    def forward(self, z):
        """A picture in [0, 1]."""
        return torch.sigmoid(self.picture(self.level(0, z)).float())


SMALL = [8, 16, 32, 64, 128]
CONFIGURATIONS = {
    "denoising": (32, 3, [128] * 5, [128] * 5, [4] * 5, "bilinear"),
    "small": (3, 3, SMALL, SMALL, [0, 0, 0, 4, 4], "bilinear"),
    "inpainting": (32, 3, [128] * 5, [128] * 5, [128] * 5, "nearest"),
}
TOYS = {
    "bilinear": (4, 3, [8, 12], [10, 16], [4, 0], "bilinear"),
    "nearest": (4, 1, [8, 12], [10, 16], [0, 2], "nearest"),
}
LOSSES = 5


def golden(name, configuration):
    from formula import fill, summary, unit

    network = SkipNet(*configuration)
    fill(network)
    shape = (1, configuration[0], 16, 24)
    z = torch.from_numpy(unit("z." + name, 16 * 24 * shape[1])).float().reshape(shape)
    out = network(z)
    answer = {"output": summary(2 * out - 1), "losses": []}
    target = torch.from_numpy(unit("y." + name, out.numel())).float().reshape(out.shape)
    adam = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(LOSSES):
        loss = F.mse_loss(2 * network(z) - 1, target)
        answer["losses"].append(loss.item())
        adam.zero_grad()
        loss.backward()
        adam.step()
    return answer


def main(out: Path):
    counts = {n: sum(p.numel() for p in SkipNet(*c).parameters()) for n, c in CONFIGURATIONS.items()}
    toys = {n: golden(n, c) for n, c in TOYS.items()}
    out.write_text(json.dumps({"torch": torch.__version__, "counts": counts, **toys}, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
