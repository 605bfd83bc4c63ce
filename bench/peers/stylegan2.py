"""StyleGAN2 (arXiv:1912.04958), written from the paper for this bench, with the parameter names that files of
stylegan2-ada-pytorch have.

    python bench/peers/stylegan2.py core/src/test/resources/peers/stylegan2.json

writes the parameter counts of configurations, what small networks with weights of formula.py make of inputs of
formula.py, gradients, and the two penalties with their gradients. It computes as the paper says: one kernel per image
(a grouped convolution), and up- and downsampling by inserting and dropping samples around a filter.
"""

import json
import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from formula import summary, unit
from torch import nn

TOY = dict(size=16, image=3, latent=10, style=12, mapping=3, base=128, widest=12)
COUNTED = {
    "published256": dict(size=256, image=3, latent=512, style=512, mapping=8, base=32768, widest=512),
    "published1024": dict(size=1024, image=3, latent=512, style=512, mapping=8, base=32768, widest=512),
    "half256": dict(size=256, image=3, latent=512, style=512, mapping=8, base=16384, widest=512),
    "small32": dict(size=32, image=3, latent=128, style=128, mapping=4, base=2048, widest=128),
    "small64": dict(size=64, image=3, latent=128, style=128, mapping=4, base=2048, widest=128),
}


def upfirdn(x, up=1, down=1, pad=(0, 0), gain=1.0):
    n, c, h, w = x.shape
    f = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 8
    f = torch.outer(f, f) * gain
    x = F.pad(x.reshape(n, c, h, 1, w, 1), [0, up - 1, 0, 0, 0, up - 1]).reshape(n, c, h * up, w * up)
    x = F.pad(x, [pad[0], pad[1], pad[0], pad[1]])
    return F.conv2d(x.reshape(n * c, 1, *x.shape[2:]), f[None, None]).reshape(
        n, c, x.shape[2] - 3, x.shape[3] - 3)[:, :, ::down, ::down]


def lrelu(x):
    return F.leaky_relu(x, 0.2) * math.sqrt(2)


class Linear(nn.Module):
    def __init__(self, i, o, rate=1.0, bias=0.0):
        super().__init__()
        self.rate = rate
        self.weight = nn.Parameter(torch.randn(o, i) / rate)
        self.bias = nn.Parameter(torch.full([o], bias))

    def forward(self, x):
        return F.linear(x, self.weight * (self.rate / math.sqrt(self.weight.shape[1])), self.bias * self.rate)


class Conv(nn.Module):
    def __init__(self, i, o, kernel, bias=True, down=False):
        super().__init__()
        self.down = down
        self.weight = nn.Parameter(torch.randn(o, i, kernel, kernel))
        if bias:
            self.bias = nn.Parameter(torch.zeros(o))

    def forward(self, x):
        w = self.weight / math.sqrt(self.weight[0].numel())
        pad = w.shape[2] // 2
        if self.down:
            x = upfirdn(x, pad=(pad + 1, pad + 1))
        x = F.conv2d(x, w, stride=2 if self.down else 1, padding=0 if self.down else pad)
        return lrelu(x + self.bias[:, None, None]) if hasattr(self, "bias") else x


def modulated(x, weight, style, up, demodulate):
    n, i, h, _ = x.shape
    w = weight[None] * style[:, None, :, None, None]
    if demodulate:
        w = w / (w.square().sum([2, 3, 4], keepdim=True) + 1e-8).sqrt()
    o, k = weight.shape[0], weight.shape[2]
    if not up:
        return F.conv2d(x.reshape(1, n * i, h, h), w.reshape(n * o, i, k, k), padding=k // 2, groups=n).reshape(n, o, h, h)
    w = w.transpose(1, 2).reshape(n * i, o, k, k)
    y = F.conv_transpose2d(x.reshape(1, n * i, h, h), w, stride=2, groups=n)
    return upfirdn(y.reshape(n, o, 2 * h + 1, 2 * h + 1), pad=(1, 1), gain=4)


class StyleConv(nn.Module):
    def __init__(self, i, o, style, up):
        super().__init__()
        self.up = up
        self.weight = nn.Parameter(torch.randn(o, i, 3, 3))
        self.affine = Linear(style, i, bias=1.0)
        self.noise_strength = nn.Parameter(torch.zeros([]))
        self.bias = nn.Parameter(torch.zeros(o))

    def forward(self, x, w, noise):
        x = modulated(x, self.weight, self.affine(w), self.up, True)
        return lrelu(x + noise * self.noise_strength + self.bias[:, None, None])


class ToRgb(nn.Module):
    def __init__(self, i, image, style):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(image, i, 1, 1))
        self.affine = Linear(style, i, bias=1.0)
        self.bias = nn.Parameter(torch.zeros(image))

    def forward(self, x, w):
        style = self.affine(w) / math.sqrt(self.weight.shape[1])
        return modulated(x, self.weight, style, False, False) + self.bias[:, None, None]


def widths(c):
    return {r: min(c["base"] // r, c["widest"]) for r in (2**i for i in range(2, int(math.log2(c["size"])) + 1))}


class Generator(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c, width = c, widths(c)
        self.mapping = nn.Module()
        for n in range(c["mapping"]):
            self.mapping.add_module(f"fc{n}", Linear(c["latent"] if n == 0 else c["style"], c["style"], 0.01))
        self.synthesis = nn.Module()
        for r, o in width.items():
            block = nn.Module()
            if r == 4:
                block.const = nn.Parameter(torch.randn(o, 4, 4))
            else:
                block.conv0 = StyleConv(width[r // 2], o, c["style"], True)
            block.conv1 = StyleConv(o, o, c["style"], False)
            block.torgb = ToRgb(o, c["image"], c["style"])
            self.synthesis.add_module(f"b{r}", block)

    def styles(self, z):
        x = z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt()
        for layer in self.mapping.children():
            x = lrelu(layer(x))
        return x

    def synthesize(self, ws, noise):
        """ws: (N, L, style)."""
        at, image = 0, None
        for name, block in self.synthesis.named_children():
            if name == "b4":
                x = block.const[None].expand(len(ws), -1, -1, -1)
            else:
                x = block.conv0(x, ws[:, at], noise(at, 2 * x.shape[2]))
                at += 1
            x = block.conv1(x, ws[:, at], noise(at, x.shape[2]))
            at += 1
            rgb = block.torgb(x, ws[:, at])
            image = rgb if image is None else upfirdn(image, up=2, pad=(2, 1), gain=4) + rgb
        return image


class Discriminator(nn.Module):
    def __init__(self, c):
        super().__init__()
        width = widths(c)
        for r in sorted(width, reverse=True)[:-1]:
            block = nn.Module()
            if r == c["size"]:
                block.fromrgb = Conv(c["image"], width[r], 1)
            block.conv0 = Conv(width[r], width[r], 3)
            block.conv1 = Conv(width[r], width[r // 2], 3, down=True)
            block.skip = Conv(width[r], width[r // 2], 1, bias=False, down=True)
            self.add_module(f"b{r}", block)
        self.b4 = nn.Module()
        self.b4.conv = Conv(width[4] + 1, width[4], 3)
        self.b4.fc = Linear(width[4] * 16, width[4])
        self.b4.out = Linear(width[4], 1)

    def forward(self, x):
        for name, block in self.named_children():
            if name == "b4":
                break
            if hasattr(block, "fromrgb"):
                x = block.fromrgb(x)
            x = (block.skip(x) + block.conv1(block.conv0(x))) / math.sqrt(2)
        n, c, h, w = x.shape
        group = x.reshape(4, n // 4, c, h, w)
        deviation = (group.var(0, unbiased=False) + 1e-8).sqrt().mean([1, 2, 3])
        x = torch.cat([x, deviation.repeat(4).reshape(n, 1, 1, 1).expand(n, 1, h, w)], 1)
        x = self.b4.conv(x)
        return self.b4.out(lrelu(self.b4.fc(x.flatten(1))))[:, 0]


def fill(network):
    """Unit variance as at the start of a training, which the runtime scales of equalized layers expect."""
    with torch.no_grad():
        for name, p in network.named_parameters():
            gain = math.sqrt(3) if p.dim() > 1 else 0.1
            value = torch.from_numpy(unit(name, p.numel())).float().reshape(p.shape) * gain
            p.copy_(value * 100 if name.startswith("mapping") else value + 1 if name.endswith("affine.bias") else value)
    return network


def tensor(name, *shape):
    return torch.from_numpy(unit(name, math.prod(shape))).float().reshape(shape)


def gradients(value, network, names):
    parameters = dict(network.named_parameters())
    found = torch.autograd.grad(value, [parameters[n] for n in names], retain_graph=True)
    return {n: summary(g) for n, g in zip(names, found)}


G_NAMES = ["mapping.fc0.weight", "synthesis.b4.const", "synthesis.b8.conv0.weight", "synthesis.b8.conv0.affine.weight",
           "synthesis.b16.conv1.bias", "synthesis.b8.torgb.weight"]
D_NAMES = ["b16.fromrgb.weight", "b16.conv0.weight", "b16.skip.weight", "b8.conv1.weight", "b4.conv.weight", "b4.out.weight"]


def golden_generator():
    g = fill(Generator(TOY))
    z = 2 * tensor("z", 4, TOY["latent"])
    noise = lambda layer, side: tensor(f"noise{layer}", 4, 1, side, side)
    layers = 2 * int(math.log2(TOY["size"])) - 2
    w, other = g.styles(z), g.styles(2 * tensor("other", 4, TOY["latent"]))
    even = w[:, None].expand(-1, layers, -1)
    crossover = torch.tensor([1, 3, 5, layers])
    mixed = torch.where((torch.arange(layers) < crossover[:, None])[:, :, None], even, other[:, None])
    out = g.synthesize(even, noise)
    answer = {"styles": summary(w), "output": summary(out), "mixed": summary(g.synthesize(mixed, noise))}
    answer["gradients"] = gradients((out * tensor("y", *out.shape)).sum(), g, G_NAMES)
    y = tensor("lengths", *out.shape) / math.sqrt(out.shape[2] * out.shape[3])
    (grad,) = torch.autograd.grad((out * y).sum(), even, create_graph=True)
    lengths = grad.square().sum(2).mean(1).sqrt()
    running = 0.3 + 0.01 * (lengths.mean() - 0.3)
    penalty = (lengths - running).square().mean()
    answer["path"] = {"lengths": lengths.tolist(), "running": running.item(), "penalty": penalty.item()}
    answer["path"]["gradients"] = gradients(penalty, g, [n for n in G_NAMES if not n.endswith("bias")])
    return answer


def golden_discriminator():
    d = fill(Discriminator(TOY))
    x = tensor("x", 8, 3, 16, 16).requires_grad_()
    score = d(x)
    (grad,) = torch.autograd.grad(score.sum(), x, create_graph=True)
    penalty = grad.square().sum([1, 2, 3]).mean()
    answer = {"scores": score.tolist(), "gradients": gradients((score * tensor("s", 8)).sum(), d, D_NAMES)}
    answer["penalty"] = {"value": penalty.item(), "gradients": gradients(penalty, d, D_NAMES)}
    return answer


def count(network):
    return sum(p.numel() for p in network.parameters())


def main(out: Path):
    golden = {"torch": torch.__version__, "generator": golden_generator(), "discriminator": golden_discriminator()}
    golden["counts"] = {n: [count(Generator(c)), count(Discriminator(c))] for n, c in COUNTED.items()}
    out.write_text(json.dumps(golden, indent=1) + "\n")
    print(golden["counts"], golden["generator"]["path"]["lengths"], golden["discriminator"]["scores"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
