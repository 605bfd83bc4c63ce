"""Writes what pytorch-fid's Inception computes with the weights of formula.py.

    python bench/peers/golden_inception.py core/src/test/resources/peers/inception.json
"""

import json
import sys
from pathlib import Path

import torch
from formula import fill, pixels, summary
from pytorch_fid.inception import (
    FIDInceptionA,
    FIDInceptionC,
    FIDInceptionE_1,
    FIDInceptionE_2,
    InceptionV3,
)
import pytorch_fid.inception as peer
import torchvision


def network():
    """fid_inception_v3 of pytorch-fid without its download."""
    inception = torchvision.models.inception_v3(
        num_classes=1008, aux_logits=False, weights=None, init_weights=False
    )
    inception.Mixed_5b = FIDInceptionA(192, pool_features=32)
    inception.Mixed_5c = FIDInceptionA(256, pool_features=64)
    inception.Mixed_5d = FIDInceptionA(288, pool_features=64)
    inception.Mixed_6b = FIDInceptionC(768, channels_7x7=128)
    inception.Mixed_6c = FIDInceptionC(768, channels_7x7=160)
    inception.Mixed_6d = FIDInceptionC(768, channels_7x7=160)
    inception.Mixed_6e = FIDInceptionC(768, channels_7x7=192)
    inception.Mixed_7b = FIDInceptionE_1(1280)
    inception.Mixed_7c = FIDInceptionE_2(2048)
    fill(inception)
    return inception


def main(out: Path) -> None:
    inception = network()
    peer.fid_inception_v3 = lambda: inception
    model = InceptionV3([0, 1, 2, 3]).eval()
    golden = {"torch": torch.__version__}
    for name, shape in {"small": (2, 3, 40, 56), "large": (1, 3, 310, 330)}.items():
        image = torch.from_numpy(pixels("pixels." + name, *shape)).float() / 255
        with torch.no_grad():
            blocks = model(image)
            logits = blocks[3].flatten(1) @ inception.fc.weight.T
        golden[name] = {
            "shape": list(shape),
            "blocks": [summary(b) for b in blocks],
            "logits": summary(logits),
        }
    out.write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
