"""Mean and covariance of the features of many pictures, as pytorch-fid computes them, with Calotype's ResNet of CIFAR-10 (random weights).

    python bench/peers/npz_statistics.py make FOLDER 50000       # pictures.npz, the same as PNG files, and weights.safetensors
    python bench/peers/npz_statistics.py files FOLDER OUT.npz    # pytorch-fid 0.3.0 as it is, which reads files alone
    python bench/peers/npz_statistics.py array FOLDER OUT.npz    # its network's loop over the array in memory, without files
    python bench/peers/npz_statistics.py apart ONE.npz OTHER.npz

Against `calotype evaluate FOLDER/pictures.npz --network resnet-cifar:FOLDER/weights.safetensors --size 32 -n 50000 --save-statistics OUT.npz`.
"""

import pathlib
import resource
import sys
import time

import numpy as np
import torch
from resnet import Features
from safetensors.torch import load_file, save_file

SIZE, BATCH = 32, 50


def make(folder, count):
    from PIL import Image

    pictures = pathlib.Path(folder, "pictures")
    pictures.mkdir(parents=True)
    random = np.random.default_rng(0)
    whole = np.empty((count, SIZE, SIZE, 3), "u1")
    for i in range(count):
        coarse = Image.fromarray((random.random((8, 8, 3)) * 255).astype("u1"))
        whole[i] = np.asarray(coarse.resize((SIZE, SIZE), Image.BICUBIC))
        Image.fromarray(whole[i]).save(pictures / f"{i:06d}.png", compress_level=1)
    np.savez(pathlib.Path(folder, "pictures.npz"), arr_0=whole)
    torch.manual_seed(0)
    network = Features(3)
    save_file({name: value.clone() for name, value in network.state_dict().items() if "num_batches" not in name},
              pathlib.Path(folder, "weights.safetensors"))


def network(folder):
    made = Features(3)
    made.load_state_dict(load_file(pathlib.Path(folder, "weights.safetensors")), strict=False)
    return made.eval()


def files(folder):
    from pytorch_fid import fid_score

    fid_score.tqdm = lambda batches: batches
    found = sorted(pathlib.Path(folder, "pictures").glob("*.png"))
    return fid_score.calculate_activation_statistics(found, network(folder), BATCH, 64, "cpu", num_workers=2)


def array(folder):
    whole, net, features = np.load(pathlib.Path(folder, "pictures.npz"))["arr_0"], network(folder), []
    with torch.no_grad():
        for i in range(0, len(whole), BATCH):
            batch = torch.from_numpy(whole[i:i + BATCH]).permute(0, 3, 1, 2).float() / 255
            features.append(net(batch)[0].squeeze(3).squeeze(2).numpy())
    features = np.concatenate(features)
    return features.mean(axis=0), np.cov(features, rowvar=False)


def apart(one, other):
    one, other = np.load(one), np.load(other)
    for name in ("mu", "sigma"):
        print(name, np.abs(one[name] - other[name]).max(), "of", np.abs(one[name]).max())


if __name__ == "__main__":
    what, first, second = sys.argv[1:]
    if what == "make":
        make(first, int(second))
    elif what == "apart":
        apart(first, second)
    else:
        begun = time.time()
        mean, covariance = {"files": files, "array": array}[what](first)
        np.savez(second, mu=mean, sigma=covariance)
        own, others = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(f"{what}: {time.time() - begun:.1f} s without the imports, {own / 1e6:.2f} GB, its largest worker {others / 1e6:.2f} GB")
