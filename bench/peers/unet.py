"""The U-Net of Improved DDPM in plain PyTorch, with the parameter names of improved-diffusion.

Four levels of 1, 2, 2, 2 times the channels, two residual blocks each with scale-shift conditioning, attention of four
heads at factors 2 and 4 and in the middle.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F

MULTIPLIERS, BLOCKS, ATTENTION, HEADS = (1, 2, 2, 2), 2, (2, 4), 4


class Block(nn.Module):
    """Two normalised convolutions around a time-dependent scale and shift, and a shortcut."""

    def __init__(self, inside, outside, embedding):
        super().__init__()
        self.in_layers = nn.Sequential(
            nn.GroupNorm(32, inside), nn.SiLU(), nn.Conv2d(inside, outside, 3, padding=1)
        )
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding, 2 * outside))
        self.out_layers = nn.Sequential(
            nn.GroupNorm(32, outside), nn.SiLU(), nn.Identity(), nn.Conv2d(outside, outside, 3, padding=1)
        )
        self.skip_connection = nn.Identity() if inside == outside else nn.Conv2d(inside, outside, 1)

    def forward(self, x, e):
        norm, *rest = self.out_layers
        scale, shift = self.emb_layers(e)[:, :, None, None].chunk(2, dim=1)
        h = norm(self.in_layers(x)) * (1 + scale) + shift
        for layer in rest:
            h = layer(h)
        return self.skip_connection(x) + h


class Attention(nn.Module):
    """Self-attention over pixels by the fused kernel; rows of qkv go head by head."""

    def __init__(self, channels):
        super().__init__()
        self.norm = nn.GroupNorm(32, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x, e):
        n, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(n, HEADS, 3, c // HEADS, h * w).permute(2, 0, 1, 4, 3).unbind(0)
        mixed = F.scaled_dot_product_attention(q, k, v)
        return x + self.proj_out(mixed.transpose(2, 3).reshape(n, c, h, w))


class Down(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x, e):
        return self.op(x)


class Up(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x, e):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class First(nn.Conv2d):
    def forward(self, x, e):
        return super().forward(x)


class Stage(nn.ModuleList):
    def forward(self, x, e):
        for layer in self:
            x = layer(x, e)
        return x


class UNet(nn.Module):
    def __init__(self, channels, colours=3):
        super().__init__()
        self.channels = channels
        embedding = 4 * channels
        self.time_embed = nn.Sequential(nn.Linear(channels, embedding), nn.SiLU(), nn.Linear(embedding, embedding))
        self.input_blocks = nn.ModuleList([Stage([First(colours, channels, 3, padding=1)])])
        widths, now = [channels], channels
        for level, multiplier in enumerate(MULTIPLIERS):
            for _ in range(BLOCKS):
                layers = [Block(now, channels * multiplier, embedding)]
                now = channels * multiplier
                if 2**level in ATTENTION:
                    layers.append(Attention(now))
                self.input_blocks.append(Stage(layers))
                widths.append(now)
            if level < len(MULTIPLIERS) - 1:
                self.input_blocks.append(Stage([Down(now)]))
                widths.append(now)
        self.middle_block = Stage([Block(now, now, embedding), Attention(now), Block(now, now, embedding)])
        self.output_blocks = nn.ModuleList()
        for level, multiplier in reversed(list(enumerate(MULTIPLIERS))):
            for i in range(BLOCKS + 1):
                layers = [Block(now + widths.pop(), channels * multiplier, embedding)]
                now = channels * multiplier
                if 2**level in ATTENTION:
                    layers.append(Attention(now))
                if level > 0 and i == BLOCKS:
                    layers.append(Up(now))
                self.output_blocks.append(Stage(layers))
        self.out = nn.Sequential(nn.GroupNorm(32, now), nn.SiLU(), nn.Conv2d(now, colours, 3, padding=1))
        half = channels // 2
        frequencies = torch.exp(-math.log(10_000) * torch.arange(half, dtype=torch.float32) / half)
        self.register_buffer("frequencies", frequencies, persistent=False)

    def forward(self, x, times):
        angles = times[:, None].float() * self.frequencies.float()
        sinusoids = torch.cat([angles.cos(), angles.sin()], dim=1)
        e = self.time_embed(sinusoids.to(self.time_embed[0].weight.dtype))
        skips, h = [], x
        for stage in self.input_blocks:
            h = stage(h, e)
            skips.append(h)
        h = self.middle_block(h, e)
        for stage in self.output_blocks:
            h = stage(torch.cat([h, skips.pop()], dim=1), e)
        return self.out(h)
