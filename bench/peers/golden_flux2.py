"""FLUX.2's autoencoder in diffusers, with latents as its pipeline normalises them: core/src/test/resources/latent/flux2.json.

diffusers 0.42.1, torch 2.15.0:

    python bench/peers/golden_flux2.py OUT.json
"""

import json
import sys

import torch
from diffusers import AutoencoderKLFlux2, Flux2Pipeline
from formula import fill, summary, unit

torch.set_num_threads(1)
SETTINGS = dict(block_out_channels=(8, 16), norm_num_groups=4, layers_per_block=1, latent_channels=3,
                down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, batch_norm_eps=0.01)


@torch.no_grad()
def main(out):
    net = AutoencoderKLFlux2(**SETTINGS).eval()
    fill(net)
    for key, tensor in net.state_dict().items():
        if tensor.dim() == 1 and key.endswith("weight"):
            tensor += 1
    x = torch.from_numpy(unit("x", 2 * 3 * 16 * 24).reshape(2, 3, 16, 24)).float()
    noise = torch.from_numpy(unit("n", 2 * 12 * 4 * 6).reshape(2, 12, 4, 6)).float()
    mean, deviation = net.bn.running_mean.view(1, -1, 1, 1), (net.bn.running_var.view(1, -1, 1, 1) + 0.01).sqrt()
    known = net.encode(x).latent_dist
    latents = (Flux2Pipeline._patchify_latents(known.mean) - mean) / deviation
    sample = known.mean + known.std * Flux2Pipeline._unpatchify_latents(noise)
    z = torch.from_numpy(unit("z", latents.numel()).reshape(latents.shape)).float() * 2
    made = {
        "config": {"_class_name": "AutoencoderKLFlux2", **{k: v for k, v in dict(net.config).items() if k[0] != "_"}},
        "weights": {key: list(tensor.shape) for key, tensor in net.state_dict().items() if "tracked" not in key},
        "latents": summary(latents), "drawn": summary((Flux2Pipeline._patchify_latents(sample) - mean) / deviation),
        "decoded": summary(net.decode(Flux2Pipeline._unpatchify_latents(z * deviation + mean)).sample)}
    print(latents.shape, latents.std().item(), made["decoded"]["deviation"])
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
