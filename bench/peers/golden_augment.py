"""Writes what torchvision makes of a small picture and of a small batch.

    python bench/peers/golden_augment.py core/src/test/resources/augment.safetensors
"""

import sys
from unittest import mock

import torch
from safetensors.torch import save_file
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional as F

BINS = 31


def picture():
    """Smooth colours with noise, 20 x 26."""
    g = torch.Generator().manual_seed(11)
    y, x = torch.meshgrid(torch.arange(20.0), torch.arange(26.0), indexing="ij")
    base = torch.stack([9 * x, 12 * y, 120 + 100 * torch.sin(x / 4) * torch.cos(y / 3)])
    return (base + 12 * torch.randn(3, 20, 26, generator=g)).clamp(0, 255).byte()


def operations(golden, image):
    for m in (6, 9, 30):
        for sign in (1, -1):
            for name, (magnitudes, signed) in v2.RandAugment._AUGMENTATION_SPACE.items():
                if name == "Identity":
                    continue
                values = magnitudes(BINS, 20, 26)
                value = 0.0 if values is None else float(values[m])
                if signed and sign < 0:
                    value = -value
                if not signed and sign < 0:
                    continue
                done = v2.RandAugment()._apply_image_or_video_transform(
                    image, name, value, interpolation=v2.InterpolationMode.NEAREST, fill={torch.Tensor: None}
                )
                golden[f"{name}.{m}.{sign}"] = done


def batch(golden):
    g = torch.Generator().manual_seed(12)
    x = torch.randn(4, 3, 8, 10, generator=g)
    labels = torch.tensor([2, 0, 4, 1])
    golden["batch"], golden["labels"] = x, labels
    mixup = v2.MixUp(alpha=1.0, num_classes=5)
    with mock.patch("torch.distributions.Beta.sample", lambda self, sample_shape=(): torch.tensor([0.3])):
        golden["mixup.images"], golden["mixup.shares"] = mixup(x, labels)
    corners = iter([torch.tensor([7]), torch.tensor([1])])
    cutmix = v2.CutMix(alpha=1.0, num_classes=5)
    with mock.patch("torch.distributions.Beta.sample", lambda self, sample_shape=(): torch.tensor([0.3])), mock.patch(
        "torch.randint", lambda *a, **k: next(corners)
    ):
        golden["cutmix.images"], golden["cutmix.shares"] = cutmix(x, labels)
    logits = torch.randn(4, 5, generator=g)
    golden["logits"] = logits
    golden["smoothed"] = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.1)[None]


golden = {"picture": picture()}
golden["hue"] = F.adjust_hue(golden["picture"], 0.2)
operations(golden, golden["picture"])
batch(golden)
save_file({k: v.contiguous() for k, v in golden.items()}, sys.argv[1])
print(len(golden))
