"""Karlo of diffusers and what it and its parts make: core/src/test/resources/latent/karlo.json.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/golden_karlo.py core/src/test/resources/text/tiny-merges.txt OUT.json

Noise is that of dev.calotype.tensor.Rng: the decoder draws from the stream of the picture, the other stages from forks of it.
"""

import functools
import json
import sys

import diffusers.pipelines.deprecated.unclip.pipeline_unclip as text_module
import diffusers.pipelines.deprecated.unclip.pipeline_unclip_image_variation as picture_module
import diffusers.schedulers.scheduling_unclip as unclip_module
import streams
import torch
from diffusers import (PriorTransformer, UnCLIPImageVariationPipeline, UnCLIPPipeline, UnCLIPScheduler, UNet2DConditionModel,
                       UNet2DModel)
from diffusers.pipelines.deprecated.unclip.text_proj import UnCLIPTextProjModel
from formula import pixels, summary
from golden_text_to_image import PROMPT, tokenizer
from golden_unclip import (PRIOR, SEED, TRANSFORMER, UNET, WIDTH, exact, filled, image_encoder, kept, prior_scheduler,
                           text_encoder, value)
from PIL import Image
from transformers import CLIPImageProcessorPil as CLIPImageProcessor

torch.set_num_threads(1)
ENLARGING = 4
SMALL, LARGE = 8, 16
DECODER = dict(UNET, sample_size=SMALL, in_channels=3, out_channels=6, class_embed_type="identity")
SUPER = dict(sample_size=LARGE, in_channels=6, out_channels=3, block_out_channels=(16, 32), layers_per_block=1, norm_num_groups=8,
             down_block_types=("ResnetDownsampleBlock2D",) * 2, up_block_types=("ResnetUpsampleBlock2D",) * 2, add_attention=False,
             resnet_time_scale_shift="scale_shift")
PARTS = ("decoder", "text_proj", "text_encoder", "super_res_first", "super_res_last")


def other(net):
    """Weights that are not those of the same network elsewhere."""
    with torch.no_grad():
        net.conv_in.bias += 0.25
    return net


def stages():
    return dict(
        decoder=filled(UNet2DConditionModel(**DECODER)),
        text_proj=filled(UnCLIPTextProjModel(clip_embeddings_dim=WIDTH, time_embed_dim=64, cross_attention_dim=12)),
        super_res_first=filled(UNet2DModel(**SUPER)), super_res_last=other(filled(UNet2DModel(**SUPER))),
        decoder_scheduler=exact(UnCLIPScheduler(variance_type="learned_range", prediction_type="epsilon")),
        super_res_scheduler=exact(UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="epsilon")))


def drawn(count=2):
    """Makes every stage draw from the fork of the streams of `count` pictures that is its own, as the shape tells."""
    rows = streams.rows(SEED, count)
    of = {WIDTH: [row.fork(PRIOR) for row in rows], SMALL: rows, LARGE: [row.fork(ENLARGING) for row in rows]}

    def noise(shape, **_):
        return streams.normal(of[shape[-1]], shape)

    for module in (text_module, picture_module, unclip_module):
        module.randn_tensor = noise


def small_of(pipe):
    """Keeps what the decoder draws, which no pipeline answers."""
    seen = []
    whole = torch.nn.functional.interpolate

    @functools.wraps(whole)  # the pipeline looks at its signature
    def interpolate(x, *args, **kwargs):
        if kwargs.get("mode") == "bicubic":
            seen.append(x)
        return whole(x, *args, **kwargs)

    text_module.F.interpolate = picture_module.F.interpolate = interpolate
    return seen


def parts(pipe):
    image, noisy = value("image", 2, WIDTH), value("x", 2, 3, SMALL, 12)
    texts, tokens, mask = pipe._encode_prompt(PROMPT, "cpu", 2, False)
    hidden, added = pipe.text_proj(image_embeddings=image, prompt_embeds=texts, text_encoder_hidden_states=tokens,
                                   do_classifier_free_guidance=False)
    made = pipe.decoder(noisy, torch.tensor([3, 740]), hidden, class_labels=added,
                        attention_mask=torch.nn.functional.pad(mask, (4, 0), value=True)).sample
    large = value("large", 2, 6, LARGE, 24)
    return {"added": summary(added), "tokens": summary(hidden[:, :4 + int(mask[0].sum())]), "decoder": summary(made),
            "first": summary(pipe.super_res_first(large, torch.tensor([3, 740])).sample),
            "last": summary(pipe.super_res_last(large, torch.tensor([0, 0])).sample)}


def numbers(case):
    return dict(prior_num_inference_steps=case["prior_steps"], prior_guidance_scale=case["prior_guidance"],
                decoder_num_inference_steps=case["steps"], decoder_guidance_scale=case["guidance"],
                super_res_num_inference_steps=case["enlarging_steps"])


def karlo(merges):
    words, vocabulary = tokenizer(merges, "<|endoftext|>")
    own = stages()
    pipe = UnCLIPPipeline(prior=filled(PriorTransformer(**TRANSFORMER)), text_encoder=text_encoder(vocabulary), tokenizer=words,
                          prior_scheduler=prior_scheduler(), **own)
    made = {"files": kept(pipe, PARTS + ("prior",)), "parts": parts(pipe)}
    cases = {
        "plain": dict(prior_steps=5, prior_guidance=4.0, steps=6, guidance=8.0, enlarging_steps=4),
        "unguided": dict(prior_steps=3, prior_guidance=1.0, steps=4, guidance=1.0, enlarging_steps=2),
    }
    small = small_of(pipe)
    for name, case in cases.items():
        drawn()
        pictures = pipe(PROMPT, num_images_per_prompt=2, output_type="pt", **numbers(case)).images
        made[name] = {**case, "small": summary(small.pop()), "images": summary(torch.from_numpy(pictures).permute(0, 3, 1, 2) * 2 - 1)}
        print(name, pictures.std())
    varied = UnCLIPImageVariationPipeline(
        text_encoder=pipe.text_encoder, tokenizer=words, image_encoder=image_encoder(),
        feature_extractor=CLIPImageProcessor(size=8, crop_size=8), **own)
    made["variation_files"] = kept(varied, PARTS + ("image_encoder",))
    drawn()
    given = Image.fromarray(pixels("given", 16, 24, 3))
    made["variation_files"]["processor"] = varied.feature_extractor.to_dict()
    made["variation_files"]["processor"].pop("image_processor_type", None)
    vector = varied._encode_image(given, "cpu", 1)
    pictures = varied(given, num_images_per_prompt=2, decoder_num_inference_steps=6, super_res_num_inference_steps=4,
                      output_type="pt").images
    made["variation"] = {"vector": summary(vector), "small": summary(small.pop()),
                         "images": summary(torch.from_numpy(pictures).permute(0, 3, 1, 2) * 2 - 1)}
    return made


@torch.no_grad()
def main(merges, out):
    made = {"prompt": PROMPT, "seed": SEED, **karlo(merges)}
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
