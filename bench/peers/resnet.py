"""The thin ResNet of He et al. (2015) for CIFAR-10, with the names of github.com/akamaster/pytorch_resnet_cifar10."""

import torch
from torch import nn
from torch.nn import functional as F

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Block(nn.Module):
    def __init__(self, inside, outside):
        super().__init__()
        stride = outside // inside
        self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        self.grow = outside - inside

    def forward(self, x):
        h = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.grow:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.grow // 2, self.grow // 2))
        return F.relu(x + h)


class Features(nn.Module):
    """Pixels in [0, 1] to 64 features (N, 64, 1, 1), as pytorch-fid wants its network: in a list."""

    def __init__(self, blocks):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        widths = (16, 16, 32, 64)
        for stage in (1, 2, 3):
            layers = [Block(widths[stage - 1], widths[stage])]
            layers += [Block(widths[stage], widths[stage]) for _ in range(blocks - 1)]
            setattr(self, f"layer{stage}", nn.Sequential(*layers))
        self.linear = nn.Linear(64, 10)
        self.register_buffer("mean", 255 * torch.tensor(MEAN).reshape(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", 255 * torch.tensor(DEVIATION).reshape(1, 3, 1, 1), persistent=False)

    def forward(self, x):
        pixels = (255 * x).round().to(torch.uint8)
        small = F.interpolate(pixels, (32, 32), mode="bilinear", antialias=True)
        h = F.relu(self.bn1(self.conv1((small.float() - self.mean) / self.deviation)))
        h = self.layer3(self.layer2(self.layer1(h)))
        return [h.mean(dim=(2, 3), keepdim=True)]
