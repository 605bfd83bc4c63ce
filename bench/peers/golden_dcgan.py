"""DCGAN (arXiv:1511.06434) as in PyTorch's examples/dcgan, with Calotype's parameter names, in torch.

    python bench/peers/golden_dcgan.py core/src/test/resources/peers/dcgan.json

writes the parameter counts at 32, 64 and 128 pixels, what networks with weights of formula.py make of inputs of
formula.py, gradients of the losses by torch.autograd, and R1 and the gradient penalty by torch.autograd.grad.
"""

import json
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from formula import fill, summary, unit
from torch import nn


class Up(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.conv = nn.ConvTranspose2d(i, o, 4, stride, stride // 2, bias=False)
        self.bn = nn.BatchNorm2d(o, track_running_stats=False)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)))


class Generator(nn.Module):
    def __init__(self, size, latent=100, width=64, channels=3):
        super().__init__()
        self.levels = nn.Module()
        i, o = latent, width * size // 8
        self.count = size.bit_length() - 3
        for n in range(self.count):
            self.levels.add_module(f"up{n}", Up(i, o, 2 if n else 1))
            i, o = o, o // 2
        self.picture = nn.ConvTranspose2d(i, channels, 4, 2, 1, bias=False)

    def forward(self, z):
        h = z[:, :, None, None]
        for level in self.levels.children():
            h = level(h)
        return torch.tanh(self.picture(h))


class Down(nn.Module):
    def __init__(self, i, o, norm):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 4, 2, 1, bias=False)
        if norm:
            self.bn = nn.BatchNorm2d(o, track_running_stats=False)

    def forward(self, x):
        h = self.conv(x)
        return F.leaky_relu(self.bn(h) if hasattr(self, "bn") else h, 0.2)


class Discriminator(nn.Module):
    def __init__(self, size, width=64, channels=3, norm=True):
        super().__init__()
        self.levels = nn.Module()
        i, o = channels, width
        for n in range(size.bit_length() - 3):
            self.levels.add_module(f"down{n}", Down(i, o, norm and n > 0))
            i, o = o, o * 2
        self.judge = nn.Conv2d(i, 1, 4, 1, 0, bias=False)

    def forward(self, x):
        for level in self.levels.children():
            x = level(x)
        return self.judge(x).reshape(-1)


def formula(name, *shape):
    count = torch.Size(shape).numel()
    return torch.from_numpy(unit(name, count)).float().reshape(shape)


def network(size):
    g, d = Generator(size, 10, 8), Discriminator(size, 8)
    fill(g)
    fill(d)
    z = 2 * formula("z", 5, 10)
    out = g(z)
    logits = d(out)
    loss = F.softplus(-logits).mean()
    loss.backward()
    last = dict(g.named_parameters())
    return {
        "image": summary(out),
        "logits": logits.tolist(),
        "loss": loss.item(),
        "gradient": summary(last["levels.up0.conv.weight"].grad),
        "picture": summary(last["picture.weight"].grad),
    }


def penalties():
    d = Discriminator(32, 8, norm=False)
    fill(d)
    real, fake = formula("real", 4, 3, 32, 32), formula("fake", 4, 3, 32, 32)
    answer = {}
    for name, x in (("r1", real), ("gp", 0.25 * real + 0.75 * fake)):
        d.zero_grad()
        x = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(d(x).sum(), x, create_graph=True)
        norms = slope.square().sum([1, 2, 3])
        value = norms.mean() if name == "r1" else (norms.sqrt() - 1).square().mean()
        value.backward()
        weights = dict(d.named_parameters())
        answer[name] = {"value": value.item(), "gradient": summary(weights["levels.down1.conv.weight"].grad)}
    return answer


def main(out: Path):
    count = lambda m: sum(p.numel() for p in m.parameters())
    answer = {
        "torch": torch.__version__,
        "counts": {str(s): [count(Generator(s)), count(Discriminator(s))] for s in (32, 64, 128)},
        "networks": {str(s): network(s) for s in (32, 64)},
        "penalties": penalties(),
    }
    out.write_text(json.dumps(answer, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
