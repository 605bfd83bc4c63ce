"""VQModels of latent diffusion in diffusers, and what their codebook learns: core/src/test/resources/latent/vq.json.

diffusers 0.42.1, torch 2.15.0:

    python bench/peers/golden_vq.py OUT.json
"""

import json
import sys

import torch
from diffusers import VQModel
from diffusers.models.autoencoders.vae import VectorQuantizer
from formula import fill, summary, unit

torch.set_num_threads(1)
PLAIN = dict(block_out_channels=(8, 16), norm_num_groups=4, layers_per_block=1, latent_channels=3, num_vq_embeddings=24,
             down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2)
CASES = {
    "ldm": PLAIN,
    "attending": dict(PLAIN, vq_embed_dim=2, scaling_factor=1.0, layers_per_block=2,
                      down_block_types=("DownEncoderBlock2D", "AttnDownEncoderBlock2D"),
                      up_block_types=("AttnUpDecoderBlock2D", "UpDecoderBlock2D")),
    "without_attention": dict(PLAIN, mid_block_add_attention=False),
}


def value(name, *shape):
    count = 1
    for side in shape:
        count *= side
    return torch.from_numpy(unit(name, count).reshape(shape)).float()


def learned(net):
    """Gradients of the codebook's loss, and of a decoder that is a fixed sum, behind the quantisation."""
    quantizer = VectorQuantizer(net.config.num_vq_embeddings, net.config.vq_embed_dim or net.config.latent_channels, beta=0.25,
                                legacy=False)
    quantizer.embedding = net.quantize.embedding
    latents = net.encode(value("x", 2, 3, 16, 24)).latents
    codes, loss, (_, _, numbers) = quantizer(latents)
    (loss + (codes * value("slope", *codes.shape)).sum()).backward()
    return {"loss": loss.item(), "numbers": numbers.tolist(), "codes": summary(codes),
            "codebook": summary(net.quantize.embedding.weight.grad), "before": summary(net.quant_conv.weight.grad)}


def main(out):
    made = {}
    for name, settings in CASES.items():
        net = VQModel(**settings).eval()
        fill(net)
        with torch.no_grad():
            for key, tensor in net.state_dict().items():
                if tensor.dim() == 1 and key.endswith("weight"):
                    tensor += 1
        with torch.no_grad():
            latents = net.encode(value("x", 2, 3, 16, 24)).latents
            decoded = net.decode(2 * value("z", *latents.shape)).sample
        made[name] = {
            "config": {"_class_name": "VQModel", **{k: v for k, v in dict(net.config).items() if k[0] != "_"}},
            "weights": {key: list(tensor.shape) for key, tensor in net.state_dict().items()},
            "latents": summary(latents), "decoded": summary(decoded), "learned": learned(net)}
        print(name, latents.std().item(), decoded.std().item(), len(set(made[name]["learned"]["numbers"])))
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
