"""What a PatchGAN discriminator answers about a given picture: core/src/test/resources/latent/patches.json.

torch 2.15.0; the layers are those of pix2pix (Isola et al. 2017), put together here:

    python bench/peers/golden_patches.py OUT.json
"""

import json
import sys

import torch
from formula import fill, unit
from torch import nn

torch.set_num_threads(1)
WIDTH, LAYERS, SIZE = 4, 2, 32


class Patches(nn.Module):
    def __init__(self, channels):
        super().__init__()
        layers = [nn.Conv2d(channels, WIDTH, 4, 2, 1), nn.LeakyReLU(0.2)]
        now = WIDTH
        for i in range(1, LAYERS + 1):
            width = WIDTH * min(2**i, 8)
            layers += [nn.Conv2d(now, width, 4, 2 if i < LAYERS else 1, 1, bias=False),
                       nn.BatchNorm2d(width, track_running_stats=False), nn.LeakyReLU(0.2)]
            now = width
        layers.append(nn.Conv2d(now, 1, 4, 1, 1))
        self.main = nn.Sequential(*layers)


@torch.no_grad()
def main(out):
    net = Patches(3)
    fill(net)
    for key, value in net.state_dict().items():
        if value.dim() == 1 and key.endswith("weight"):
            value += 1
    x = torch.from_numpy(unit("x", 2 * 3 * SIZE * SIZE).reshape(2, 3, SIZE, SIZE)).float()
    y = net.main(x)
    with open(out, "w") as file:
        json.dump({"names": list(net.state_dict()), "shape": list(y.shape),
                   "answers": [float(f"{v:.7g}") for v in y.flatten().tolist()]}, file)


main(sys.argv[1])
