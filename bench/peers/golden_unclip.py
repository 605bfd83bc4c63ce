"""Pipelines of diffusers with a prior, and what they and their parts make: core/src/test/resources/latent/unclip.json.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/golden_unclip.py core/src/test/resources/text/tiny-merges.txt OUT.json

Noise is that of dev.calotype.tensor.Rng: decoders draw from the stream of the picture, priors from forks of it.
"""

import json
import sys
import tempfile
from pathlib import Path

import diffusers.pipelines.kandinsky2_2.pipeline_kandinsky2_2 as decoder_module
import diffusers.pipelines.kandinsky2_2.pipeline_kandinsky2_2_img2img as image_module
import diffusers.pipelines.kandinsky2_2.pipeline_kandinsky2_2_prior as prior_module
import diffusers.schedulers.scheduling_ddpm as ddpm_module
import diffusers.schedulers.scheduling_unclip as unclip_module
import streams
import torch
from diffusers import (DDIMScheduler, DDPMScheduler, KandinskyV22CombinedPipeline, KandinskyV22Img2ImgPipeline, KandinskyV22Pipeline,
                       KandinskyV22PriorPipeline, PriorTransformer, UNet2DConditionModel, UnCLIPScheduler, VQModel)
from formula import fill, pixels, summary, unit
from golden_text_to_image import CONTEXT, PROMPT, tokenizer
from safetensors import safe_open
from transformers import (CLIPImageProcessor, CLIPTextConfig, CLIPTextModelWithProjection, CLIPVisionConfig,
                          CLIPVisionModelWithProjection)

torch.set_num_threads(1)
SEED, PRIOR, NEGATIVE = 7, 2, 3
NEGATIVE_PROMPT = "a blue rug"
WIDTH = 10  # of a vector of CLIP
UNET = dict(sample_size=8, in_channels=4, out_channels=8, block_out_channels=(16, 32, 32), layers_per_block=2, norm_num_groups=8,
            attention_head_dim=8, cross_attention_dim=12, resnet_time_scale_shift="scale_shift",
            down_block_types=("ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D", "SimpleCrossAttnDownBlock2D"),
            mid_block_type="UNetMidBlock2DSimpleCrossAttn",
            up_block_types=("SimpleCrossAttnUpBlock2D", "SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"))
K22 = dict(UNET, encoder_hid_dim=WIDTH, encoder_hid_dim_type="image_proj", addition_embed_type="image")
MOVQ = dict(block_out_channels=(32, 64), layers_per_block=1, latent_channels=4, norm_num_groups=32, norm_type="spatial",
            num_vq_embeddings=5, vq_embed_dim=4, down_block_types=("DownEncoderBlock2D", "AttnDownEncoderBlock2D"),
            up_block_types=("AttnUpDecoderBlock2D", "UpDecoderBlock2D"))
TRANSFORMER = dict(num_attention_heads=2, attention_head_dim=8, num_layers=2, embedding_dim=WIDTH, num_embeddings=CONTEXT)
BETAS = dict(beta_schedule="linear", beta_start=0.00085, beta_end=0.012)


def filled(net):
    fill(net)
    with torch.no_grad():
        for key, value in net.state_dict().items():
            if value.dim() == 1 and key.endswith("weight") or key == "clip_std":
                value += 1
            if key == "conv_out.weight":
                value *= 0.1
    return net.eval()


def text_encoder(vocabulary):
    return filled(CLIPTextModelWithProjection(CLIPTextConfig(
        hidden_size=WIDTH, projection_dim=WIDTH, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2,
        max_position_embeddings=CONTEXT, vocab_size=vocabulary, bos_token_id=vocabulary - 2, eos_token_id=vocabulary - 1)))


def image_encoder():
    return filled(CLIPVisionModelWithProjection(CLIPVisionConfig(
        hidden_size=12, projection_dim=WIDTH, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2, image_size=8,
        patch_size=4)))


def exact(scheduler):
    """In fp32 the last step answers 0.99947 of what it is to: 1 - alphabar_0 has few digits there."""
    scheduler.betas = scheduler.betas.double()
    scheduler.alphas = 1 - scheduler.betas
    scheduler.alphas_cumprod = scheduler.alphas.cumprod(0)
    scheduler.one = scheduler.one.double()
    return scheduler


def prior_scheduler(reach=5.0):
    return exact(UnCLIPScheduler(variance_type="fixed_small_log", prediction_type="sample", clip_sample_range=reach))


def prior(merges):
    words, vocabulary = tokenizer(merges, "<|endoftext|>")
    return KandinskyV22PriorPipeline(
        prior=filled(PriorTransformer(**TRANSFORMER)), image_encoder=image_encoder(), text_encoder=text_encoder(vocabulary),
        tokenizer=words, scheduler=prior_scheduler(), image_processor=CLIPImageProcessor(size=8, crop_size=8))


def drawn(*forks, count=2):
    """Makes all modules draw from the forks of the streams of `count` pictures, one fork's after the other's."""
    rows = [row if fork is None else row.fork(fork) for fork in forks for row in streams.rows(SEED, count)]
    for module in (decoder_module, image_module, prior_module, ddpm_module, unclip_module):
        module.randn_tensor = lambda shape, **_: streams.normal(rows, shape)


def kept(pipe, parts):
    """The files of a pipeline, weights by their shapes."""
    made = {"configs": {}, "weights": {}, "tokenizers": {}, "schedulers": {}}
    with tempfile.TemporaryDirectory() as at:
        pipe.save_pretrained(at)
        folder = Path(at)
        made["index"] = json.loads((folder / "model_index.json").read_text())
        for file in sorted(folder.glob("*/scheduler_config.json")):
            made["schedulers"][file.parent.name] = json.loads(file.read_text())
        for file in sorted(folder.glob("*/tokenizer_config.json")):
            made["tokenizers"][file.parent.name] = json.loads(file.read_text())
        for part in parts:
            made["configs"][part] = json.loads((folder / part / "config.json").read_text())
            with safe_open(next((folder / part).glob("*.safetensors")), "pt") as file:
                made["weights"][part] = {key: list(file.get_slice(key).get_shape()) for key in file.keys()}
    return made


def value(name, *shape):
    count = 1
    for side in shape:
        count *= side
    return torch.from_numpy(unit(name, count).reshape(shape)).float()


def parts_of_kandinsky(front, unet, movq):
    image, noisy = value("image", 2, WIDTH), value("x", 2, 4, 8, 12)
    vector, tokens, mask = front._encode_prompt(PROMPT, "cpu", 1, False)
    made = front.prior(image[:1], torch.tensor([740]), vector, tokens, mask).predicted_image_embedding
    return {
        "zero": summary(front.get_zero_embed()),
        "text": summary(vector),
        "tokens": summary(tokens[:, :int(mask.sum())]),
        "prior": summary(made),
        "unet": summary(unet(noisy, torch.tensor([3, 740]), None, added_cond_kwargs={"image_embeds": image}).sample),
        "encoded": summary(movq.encode(value("picture", 2, 3, 16, 24)).latents),
        "decoded": summary(movq.decode(noisy, force_not_quantize=True).sample),
    }


def kandinsky(merges):
    front, unet, movq = prior(merges), filled(UNet2DConditionModel(**K22)), filled(VQModel(**MOVQ))
    learned = DDPMScheduler(**BETAS, variance_type="learned_range", clip_sample=False, thresholding=True, sample_max_value=2.0)
    still = DDIMScheduler(**BETAS, clip_sample=False, set_alpha_to_one=False, steps_offset=1)
    files = {"prior": kept(front, ("prior", "text_encoder", "image_encoder")),
             "decoder": kept(KandinskyV22Pipeline(unet=unet, scheduler=learned, movq=movq), ("unet", "movq"))}
    together = KandinskyV22CombinedPipeline(
        unet=unet, scheduler=learned, movq=movq, prior_prior=front.prior, prior_image_encoder=front.image_encoder,
        prior_text_encoder=front.text_encoder, prior_tokenizer=front.tokenizer, prior_scheduler=front.scheduler,
        prior_image_processor=front.image_processor)
    files["together"] = {"index": kept(together, ())["index"]}
    made = {"files": files, "parts": parts_of_kandinsky(front, unet, movq)}
    plain = dict(prior=dict(num_inference_steps=5, guidance_scale=4.0), decoder=dict(num_inference_steps=6, guidance_scale=4.0))
    cases = {
        "plain": (learned, plain),
        "negative": (still, dict(plain, negative_prompt=NEGATIVE_PROMPT)),
        "unguided": (learned, dict(prior=dict(num_inference_steps=3, guidance_scale=1.0),
                                   decoder=dict(num_inference_steps=4, guidance_scale=1.0))),
        "image": (learned, dict(plain, strength=0.6)),
    }
    for name, (scheduler, case) in cases.items():
        negative = case.get("negative_prompt")
        drawn(*((PRIOR, NEGATIVE) if negative else (PRIOR,)))
        vectors = front(PROMPT, num_images_per_prompt=2, negative_prompt=negative, **case["prior"])
        drawn(None)
        told = dict(image_embeds=vectors.image_embeds, negative_image_embeds=vectors.negative_image_embeds, height=16, width=24,
                    output_type="latent", **case["decoder"])
        if "strength" in case:
            picture = torch.from_numpy(pixels("given", 1, 16, 24, 3)).permute(0, 3, 1, 2).float() / 255
            sides = dict(height=24, width=16)  # which this pipeline takes one for the other
            latents = KandinskyV22Img2ImgPipeline(unet=unet, scheduler=scheduler, movq=movq)(
                image=[picture, picture], strength=case["strength"], **dict(told, **sides)).images
        else:
            latents = KandinskyV22Pipeline(unet=unet, scheduler=scheduler, movq=movq)(**told).images
        made[name] = {**case, "scheduler": json.loads(scheduler.to_json_string()), "vectors": summary(vectors.image_embeds),
                      "unwanted": summary(vectors.negative_image_embeds), "latents": summary(latents),
                      "images": summary(movq.decode(latents, force_not_quantize=True).sample)}
        print(name, vectors.image_embeds.std().item(), latents.std().item())
    return made


def eclipse(merges):
    """Its network is a PriorTransformer without the time, whose forward pass is written out here; it makes a vector in one call."""
    front = prior(merges)
    net = filled(PriorTransformer(**TRANSFORMER, additional_embeddings=3))
    vector, tokens, mask = front._encode_prompt(PROMPT, "cpu", 2, False)
    noise = streams.normal([row.fork(PRIOR) for row in streams.rows(SEED, 2)], (2, WIDTH))
    hidden = torch.cat([net.encoder_hidden_states_proj(tokens), net.embedding_proj(vector)[:, None], net.proj_in(noise)[:, None],
                        net.prd_embedding.expand(2, -1, -1)], 1) + net.positional_embedding
    bias = torch.nn.functional.pad((1 - mask.float()) * -10000.0, (0, 3))[:, None, :] + net.causal_attention_mask
    for block in net.transformer_blocks:
        hidden = block(hidden, attention_mask=bias.repeat_interleave(2, dim=0))
    made = net.proj_to_clip_embeddings(net.norm_out(hidden)[:, -1])
    config = {key: value for key, value in net.config.items() if key[0] != "_"}
    shapes = {key: list(value.shape) for key, value in net.state_dict().items() if not key.startswith("time_embedding.")}
    return {"files": {"configs": {"eclipse": {**config, "_class_name": "PriorTransformer"}}, "weights": {"eclipse": shapes},
                      "tokenizers": {}, "schedulers": {}}, "vectors": summary(made)}


@torch.no_grad()
def main(merges, out):
    made = {"prompt": PROMPT, "negative": NEGATIVE_PROMPT, "seed": SEED, "kandinsky22": kandinsky(merges), "eclipse": eclipse(merges)}
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
