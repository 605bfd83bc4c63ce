"""Autoencoders of diffusers and what they make of a given picture: core/src/test/resources/latent/autoencoders.json.

diffusers 0.42.1, torch 2.15.0; taesd is github.com/madebyollin/taesd, whose taesd.py describes TAEF2:

    python bench/peers/golden_autoencoders.py path/to/taesd OUT.json
"""

import json
import math
import sys

import torch
from diffusers import AutoencoderKL, AutoencoderTiny
from formula import fill, summary, unit

torch.set_num_threads(1)
KL = dict(block_out_channels=(8, 16, 16, 24), norm_num_groups=4, layers_per_block=2, latent_channels=4,
          down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, sample_size=32)
CASES = {
    "stable_diffusion": (AutoencoderKL, KL),
    "xl": (AutoencoderKL, dict(KL, scaling_factor=0.13025, force_upcast=True, layers_per_block=1)),
    "without_quant": (AutoencoderKL, dict(KL, latent_channels=16, use_quant_conv=False, use_post_quant_conv=False,
                                          scaling_factor=1.5305, shift_factor=0.0609)),
    "without_attention": (AutoencoderKL, dict(KL, block_out_channels=(8, 16), mid_block_add_attention=False,
                                              down_block_types=("DownEncoderBlock2D",) * 2,
                                              up_block_types=("UpDecoderBlock2D",) * 2)),
    "grey": (AutoencoderKL, dict(KL, block_out_channels=(8,), in_channels=1, out_channels=1,
                                 down_block_types=("DownEncoderBlock2D",), up_block_types=("UpDecoderBlock2D",))),
    "tiny": (AutoencoderTiny, dict(encoder_block_out_channels=(8,) * 4, decoder_block_out_channels=(8,) * 4)),
    "tiny_flux": (AutoencoderTiny, dict(encoder_block_out_channels=(8,) * 3, decoder_block_out_channels=(8,) * 3,
                                        num_encoder_blocks=(1, 2, 1), num_decoder_blocks=(2, 1, 1), latent_channels=16,
                                        act_fn="gelu", shift_factor=0.1, scaling_factor=0.5)),
}


def picture(channels):
    return torch.from_numpy(unit("x", 2 * channels * 16 * 24).reshape(2, channels, 16, 24)).float()


def values(x):
    return [float(f"{v:.7g}") for v in x.flatten().tolist()]


def gains(state):
    for key, value in state.items():
        if value.dim() == 1 and key.endswith("weight"):
            value += 1


@torch.no_grad()
def main(taesd, out):
    made = {}
    for name, (kind, settings) in CASES.items():
        net = kind(**settings).eval()
        fill(net)
        state = net.state_dict()
        gains(state)
        x = picture(settings.get("in_channels", 3))
        encoded = net.encode(x)
        moments = encoded.latent_dist.parameters if kind is AutoencoderKL else encoded.latents
        latents = encoded.latent_dist.mean if kind is AutoencoderKL else encoded.latents
        z = torch.from_numpy(unit("z", latents.numel()).reshape(latents.shape)).float() * 2
        made[name] = {
            "config": {"_class_name": kind.__name__, **{k: v for k, v in dict(net.config).items() if k[0] != "_"}},
            "weights": {key: list(value.shape) for key, value in state.items()},
            "moments": values(moments),
            "latent_shape": list(latents.shape),
            "decoded": summary(net.decode(z).sample),
        }
        print(name, sum(v.numel() for v in state.values()), moments.std().item(), net.decode(z).sample.std().item())

    sys.path.insert(0, taesd)
    from taesd import Decoder, Encoder

    x = picture(3)
    real = {}
    for kind, make in (("random", None), ("real", taesd)):
        encoder, decoder = Encoder(32, use_midblock_gn=True).eval(), Decoder(32, use_midblock_gn=True).eval()
        for part, net in (("encoder", encoder), ("decoder", decoder)):
            if make:
                net.load_state_dict(torch.load(f"{make}/taef2_{part}.pth", weights_only=True))
            else:
                fill(net)
                gains(net.state_dict())
        latents = encoder(x.add(1).div(2))
        real[kind] = {"latents": summary(latents), "decoded": summary(decoder(latents).mul(2).sub(1))}
        real["encoder"] = {k: list(v.shape) for k, v in encoder.state_dict().items()}
        real["decoder"] = {k: list(v.shape) for k, v in decoder.state_dict().items()}
        print(kind, latents.std().item(), decoder(latents).std().item())
    made["taef2"] = real
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
