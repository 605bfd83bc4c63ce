"""What ControlNets add to the maps of denoisers, and what diffusers draws with them: core/src/test/resources/latent/controls.json.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/golden_controls.py core/src/test/resources/text/tiny-merges.txt OUT.json

The pipelines are those of golden_text_to_image.py.
"""

import json
import sys

import torch
from diffusers import (ControlNetModel, DDIMScheduler, EulerDiscreteScheduler, HeunDiscreteScheduler, StableDiffusionControlNetImg2ImgPipeline,
                       StableDiffusionControlNetPipeline, StableDiffusionXLControlNetPipeline)
from diffusers.models.autoencoders import vae as autoencoders
from formula import pixels, summary
from golden_guided import noise, tensor
from golden_text_to_image import BETAS, PROMPT, filled, stable, xl
from golden_text_unets import SD1, XL

torch.set_num_threads(1)
END = "<|endoftext|>"
NOT_ITS = ("sample_size", "up_block_types")


def control(settings, **change):
    plain = {k: v for k, v in settings.items() if k not in NOT_ITS}
    return filled(ControlNetModel(**dict(plain, conditioning_embedding_out_channels=(8, 12), **change)))


NETWORKS = {
    "sd1": control(dict(SD1, layers_per_block=2)),
    "bgr": control(SD1, controlnet_conditioning_channel_order="bgr", conditioning_channels=3),
    "xl": control(XL),
    "deep": filled(ControlNetModel(**{k: v for k, v in SD1.items() if k not in NOT_ITS})),
}


def picture(name):
    return torch.from_numpy(pixels(name, 1, 3, 16, 24)).float() / 255


def network(name, net):
    factor = 2 ** (len(net.config.conditioning_embedding_out_channels) - 1)
    seen = torch.from_numpy(pixels("picture", 2, 3, 8 * factor, 12 * factor)).float()[:1] / 255
    added = None
    if name == "xl":
        added = {"text_embeds": tensor("pooled", 2, 10), "time_ids": 500 * (tensor("ids", 2, 6) + 1)}
    maps, middle = net(tensor("x", 2, 4, 8, 12), torch.tensor([3, 741]), tensor("tokens", 2, 7, 12),
                       controlnet_cond=torch.cat([seen, seen]), conditioning_scale=0.7, added_cond_kwargs=added, return_dict=False)
    return {"config": told(net), "weights": shapes(net), "skips": [summary(m) for m in maps], "middle": summary(middle)}


def told(net):
    return {"_class_name": "ControlNetModel", **{k: v for k, v in dict(net.config).items() if k[0] != "_"}}


def shapes(net):
    return {k: list(v.shape) for k, v in net.state_dict().items()}


def pipelines(merges):
    ddim = DDIMScheduler(**BETAS, set_alpha_to_one=False, steps_offset=1, clip_sample=False)
    one, big = control(SD1), control(dict(XL, cross_attention_dim=20))

    def sd1(kind, scheduler, nets):
        parts = dict(stable(merges, END, scheduler, SD1).components, controlnet=nets)
        return kind(**parts, requires_safety_checker=False)

    yield "drawn", "sd1", sd1(StableDiffusionControlNetPipeline, ddim, one), dict(
        num_inference_steps=6, guidance_scale=3.0, controlnet_conditioning_scale=0.8)
    yield "unguided", "sd1", sd1(StableDiffusionControlNetPipeline, ddim, one), dict(
        num_inference_steps=5, guidance_scale=1.0, controlnet_conditioning_scale=1.0)
    yield "part", "sd1", sd1(StableDiffusionControlNetPipeline, HeunDiscreteScheduler(**BETAS), one), dict(
        num_inference_steps=5, guidance_scale=3.0, controlnet_conditioning_scale=1.0, control_guidance_start=0.2,
        control_guidance_end=0.7)
    yield "two", "sd1", sd1(StableDiffusionControlNetPipeline, ddim, [one, one]), dict(
        num_inference_steps=6, guidance_scale=3.0, controlnet_conditioning_scale=[0.5, 0.9], control_guidance_end=[1.0, 0.5])
    for name, weight in (("guess", 4.0), ("guess_unguided", 1.0)):
        yield name, "sd1", sd1(StableDiffusionControlNetPipeline, ddim, one), dict(
            num_inference_steps=6, guidance_scale=weight, controlnet_conditioning_scale=0.9, guess_mode=True)
    yield "image", "sd1", sd1(StableDiffusionControlNetImg2ImgPipeline, ddim, one), dict(
        num_inference_steps=7, guidance_scale=3.0, controlnet_conditioning_scale=1.0, strength=0.6)
    parts = {k: v for k, v in xl(merges, EulerDiscreteScheduler(**BETAS, steps_offset=1, timestep_spacing="leading"), True)
             .components.items() if k not in ("image_encoder", "feature_extractor")}
    drawing = StableDiffusionXLControlNetPipeline(**parts, controlnet=big, add_watermarker=False)
    yield "xl", "xl", drawing, dict(num_inference_steps=6, guidance_scale=5.0, controlnet_conditioning_scale=0.6)
    yield "guess_xl", "xl", drawing, dict(
        num_inference_steps=6, guidance_scale=5.0, controlnet_conditioning_scale=0.6, guess_mode=True)


@torch.no_grad()
def main(merges, out):
    made = {"prompt": PROMPT, "networks": {name: network(name, net) for name, net in NETWORKS.items()}, "pipelines": {}}
    for name, base, pipe, arguments in pipelines(merges):
        pipe.set_progress_bar_config(disable=True)
        nets = list(getattr(pipe.controlnet, "nets", [pipe.controlnet]))
        calls = []
        hooks = [net.register_forward_pre_hook(lambda *_: calls.append(1)) for net in nets[:1]]
        seen = [picture(f"control {i}") for i in range(len(nets))]
        seen = seen if len(nets) > 1 else seen[0]
        if name == "image":
            autoencoders.randn_tensor = lambda shape, **_: tensor("posterior", *shape)
            sys.modules[type(pipe).__module__].randn_tensor = lambda shape, **_: noise()
            given = dict(image=picture("picture"), control_image=seen, height=16, width=24)
        else:
            given = dict(image=seen, latents=noise(), height=16, width=24)
        latents = pipe(prompt=PROMPT, num_images_per_prompt=2, output_type="latent", **given, **arguments).images
        for hook in hooks:
            hook.remove()
        scheduler = {"_class_name": type(pipe.scheduler).__name__,
                     **{k: v for k, v in dict(pipe.scheduler.config).items() if k[0] != "_"}}
        made["pipelines"][name] = {"base": base, "scheduler": scheduler, "config": told(nets[0]), "weights": shapes(nets[0]),
                                   "arguments": arguments, "calls": len(calls), "latents": summary(latents)}
        print(name, latents.std().item(), len(calls))
    with open(out, "w") as file:
        json.dump(made, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
