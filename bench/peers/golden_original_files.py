"""Stable Diffusion in files of one piece, and what diffusers draws of a given noise after its own conversion:
core/src/test/resources/latent/originals.json.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/golden_original_files.py core/src/test/resources/text/tiny-merges.txt OUT.json
"""

import json
import sys

import torch
from diffusers import (AutoencoderKL, DDIMScheduler, EulerDiscreteScheduler, PNDMScheduler, StableDiffusionPipeline,
                       StableDiffusionXLImg2ImgPipeline, StableDiffusionXLPipeline, UNet2DConditionModel)
from diffusers.loaders.single_file_utils import (convert_ldm_clip_checkpoint, convert_ldm_unet_checkpoint,
                                                 convert_ldm_vae_checkpoint, convert_open_clip_checkpoint)
from formula import summary, unit, weight
from golden_text_to_image import BETAS, CONTEXT, PROMPT, tokenizer
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

torch.set_num_threads(1)
STEPS = 6
KEPT = dict(BETAS, timestep_spacing="leading", steps_offset=1)


class Keys(dict):
    """Shapes by name."""

    def layer(self, name, *shape, bias=True):
        self[name + ".weight"] = list(shape)
        if bias:
            self[name + ".bias"] = [shape[0]]

    def conv(self, name, out, into, kernel=3):
        self.layer(name, out, into, kernel, kernel)

    def res(self, name, into, out, emb):
        self.layer(f"{name}.in_layers.0", into)
        self.conv(f"{name}.in_layers.2", out, into)
        self.layer(f"{name}.emb_layers.1", out, emb)
        self.layer(f"{name}.out_layers.0", out)
        self.conv(f"{name}.out_layers.3", out, out)
        if into != out:
            self.conv(f"{name}.skip_connection", out, into, 1)

    def transformer(self, name, width, depth, context, linear):
        self.layer(f"{name}.norm", width)
        for end in ("proj_in", "proj_out"):
            self.layer(f"{name}.{end}", width, width) if linear else self.conv(f"{name}.{end}", width, width, 1)
        for i in range(depth):
            block = f"{name}.transformer_blocks.{i}"
            for attn, told in (("attn1", width), ("attn2", context)):
                self.layer(f"{block}.{attn}.to_q", width, width, bias=False)
                self.layer(f"{block}.{attn}.to_k", width, told, bias=False)
                self.layer(f"{block}.{attn}.to_v", width, told, bias=False)
                self.layer(f"{block}.{attn}.to_out.0", width, width)
            self.layer(f"{block}.ff.net.0.proj", 8 * width, width)
            self.layer(f"{block}.ff.net.2", width, 4 * width)
            for n in (1, 2, 3):
                self.layer(f"{block}.norm{n}", width)


def denoiser(keys, widths, depths, middle, context, linear, added=0, into=4):
    """openaimodel.py of CompVis: one list of blocks on the way down, one on the way up; one residual block for each level."""
    p, emb, skips, now, i = "model.diffusion_model.", 4 * widths[0], [widths[0]], widths[0], 1
    keys.layer(p + "time_embed.0", emb, widths[0])
    keys.layer(p + "time_embed.2", emb, emb)
    if added:
        keys.layer(p + "label_emb.0.0", emb, added)
        keys.layer(p + "label_emb.0.2", emb, emb)
    keys.conv(p + "input_blocks.0.0", widths[0], into)
    for level, (width, depth) in enumerate(zip(widths, depths)):
        keys.res(f"{p}input_blocks.{i}.0", now, width, emb)
        if depth:
            keys.transformer(f"{p}input_blocks.{i}.1", width, depth, context, linear)
        now, i = width, i + 1
        skips.append(now)
        if level < len(widths) - 1:
            keys.conv(f"{p}input_blocks.{i}.0.op", now, now)
            skips.append(now)
            i += 1
    keys.res(p + "middle_block.0", now, now, emb)
    keys.transformer(p + "middle_block.1", now, middle, context, linear)
    keys.res(p + "middle_block.2", now, now, emb)
    i = 0
    for level in reversed(range(len(widths))):
        for k in range(2):
            keys.res(f"{p}output_blocks.{i}.0", now + skips.pop(), widths[level], emb)
            now = widths[level]
            if depths[level]:
                keys.transformer(f"{p}output_blocks.{i}.1", now, depths[level], context, linear)
            if k == 1 and level:
                keys.conv(f"{p}output_blocks.{i}.{2 if depths[level] else 1}.conv", now, now)
            i += 1
    keys.layer(p + "out.0", now)
    keys.conv(p + "out.2", 4, now)


def autoencoder(keys, widths=(32, 64), latent=4):
    """model.py of CompVis's autoencoder."""
    p = "first_stage_model."

    def res(name, into, out):
        keys.layer(f"{p}{name}.norm1", into)
        keys.conv(f"{p}{name}.conv1", out, into)
        keys.layer(f"{p}{name}.norm2", out)
        keys.conv(f"{p}{name}.conv2", out, out)
        if into != out:
            keys.conv(f"{p}{name}.nin_shortcut", out, into, 1)

    def middle(half, width):
        res(f"{half}.mid.block_1", width, width)
        keys.layer(f"{p}{half}.mid.attn_1.norm", width)
        for name in ("q", "k", "v", "proj_out"):
            keys.conv(f"{p}{half}.mid.attn_1.{name}", width, width, 1)
        res(f"{half}.mid.block_2", width, width)

    keys.conv(p + "encoder.conv_in", widths[0], 3)
    now = widths[0]
    for level, width in enumerate(widths):
        res(f"encoder.down.{level}.block.0", now, width)
        now = width
        if level < len(widths) - 1:
            keys.conv(f"{p}encoder.down.{level}.downsample.conv", now, now)
    middle("encoder", now)
    keys.layer(p + "encoder.norm_out", now)
    keys.conv(p + "encoder.conv_out", 2 * latent, now)
    keys.conv(p + "decoder.conv_in", now, latent)
    middle("decoder", now)
    for level in reversed(range(len(widths))):
        for k in range(2):
            res(f"decoder.up.{level}.block.{k}", now, widths[level])
            now = widths[level]
        if level:
            keys.conv(f"{p}decoder.up.{level}.upsample.conv", now, now)
    keys.layer(p + "decoder.norm_out", now)
    keys.conv(p + "decoder.conv_out", 3, now)
    keys.conv(p + "quant_conv", 2 * latent, 2 * latent, 1)
    keys.conv(p + "post_quant_conv", latent, latent, 1)


def transformers_text(keys, p, vocabulary, width, depth):
    p += "text_model."
    keys[p + "embeddings.position_ids"] = [1, CONTEXT]
    keys.layer(p + "embeddings.token_embedding", vocabulary, width, bias=False)
    keys.layer(p + "embeddings.position_embedding", CONTEXT, width, bias=False)
    for i in range(depth):
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            keys.layer(f"{p}encoder.layers.{i}.self_attn.{name}", width, width)
        keys.layer(f"{p}encoder.layers.{i}.mlp.fc1", 2 * width, width)
        keys.layer(f"{p}encoder.layers.{i}.mlp.fc2", width, 2 * width)
        for n in (1, 2):
            keys.layer(f"{p}encoder.layers.{i}.layer_norm{n}", width)
    keys.layer(p + "final_layer_norm", width)


def open_clip_text(keys, p, vocabulary, width, depth):
    keys[p + "positional_embedding"] = [CONTEXT, width]
    keys[p + "text_projection"] = [width, width]
    keys[p + "logit_scale"] = []
    keys.layer(p + "token_embedding", vocabulary, width, bias=False)
    for i in range(depth):
        block = f"{p}transformer.resblocks.{i}"
        keys[f"{block}.attn.in_proj_weight"], keys[f"{block}.attn.in_proj_bias"] = [3 * width, width], [3 * width]
        keys.layer(f"{block}.attn.out_proj", width, width)
        keys.layer(f"{block}.mlp.c_fc", 2 * width, width)
        keys.layer(f"{block}.mlp.c_proj", width, 2 * width)
        for n in (1, 2):
            keys.layer(f"{block}.ln_{n}", width)
    keys.layer(p + "ln_final", width)


def filled(keys):
    state = {}
    for name, shape in keys.items():
        value = torch.from_numpy(weight(name, tuple(shape)))
        if len(shape) == 1 and name.endswith("weight"):
            value += 1
        if name.endswith(".out.2.weight"):
            value *= 0.1
        state[name] = value
    return state


def unet_of(state, widths, depths, middle, context, linear, added=0, size=0, into=4):
    heads = [w // 64 for w in widths] if linear else 8
    last = depths[:-1] + (middle,)
    config = dict(
        block_out_channels=widths, layers_per_block=1, in_channels=into, cross_attention_dim=context, norm_num_groups=32,
        down_block_types=tuple("CrossAttnDownBlock2D" if d else "DownBlock2D" for d in depths),
        up_block_types=tuple("CrossAttnUpBlock2D" if d else "UpBlock2D" for d in reversed(depths)),
        transformer_layers_per_block=tuple(max(1, d) for d in last), use_linear_projection=linear, attention_head_dim=heads)
    if added:
        config.update(addition_embed_type="text_time", projection_class_embeddings_input_dim=added, addition_time_embed_dim=size)
    net = UNet2DConditionModel(**config)
    net.load_state_dict(convert_ldm_unet_checkpoint(dict(state), config))
    return net.eval()


def vae_of(state, scale):
    config = dict(block_out_channels=(32, 64), layers_per_block=1, latent_channels=4, scaling_factor=scale,
                  down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2)
    net = AutoencoderKL(**config)
    net.load_state_dict(convert_ldm_vae_checkpoint(dict(state), config))
    return net.eval()


def text_of(state, p, vocabulary, width, depth, kind=CLIPTextModel, original="transformers"):
    net = kind(CLIPTextConfig(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=2 * width, num_hidden_layers=depth, projection_dim=width,
        num_attention_heads=width // 64, max_position_embeddings=CONTEXT, bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1, hidden_act="quick_gelu" if original == "transformers" else "gelu"))
    if original == "transformers":
        made = convert_ldm_clip_checkpoint(state)
        made = {k: v for k, v in made.items() if not k.endswith("position_ids")}
    else:
        kept = {k: v for k, v in state.items() if f"resblocks.{depth}." not in k}  # as they do with block 23
        made = convert_open_clip_checkpoint(net, kept, prefix=p)
        if kind is CLIPTextModel:
            made.pop("text_projection.weight", None)
    if kind is CLIPTextModel:
        made = {k.removeprefix("text_model."): v for k, v in made.items()}
    net.load_state_dict(made)
    return net.eval()


def stable(state, merges, pad, scheduler, unet, text):
    tok, _ = tokenizer(merges, pad)
    return StableDiffusionPipeline(vae=vae_of(state, 0.18215), text_encoder=text, tokenizer=tok, unet=unet, scheduler=scheduler,
                                   safety_checker=None, feature_extractor=None, requires_safety_checker=False)


def cases(merges):
    end = "<|endoftext|>"
    vocabulary = tokenizer(merges, end)[1]
    shape = dict(widths=(32, 64, 64), depths=(1, 1, 0), middle=1, context=64, linear=False)
    keys = Keys(alphas_cumprod=[1000], betas=[1000])
    denoiser(keys, **shape)
    autoencoder(keys)
    transformers_text(keys, "cond_stage_model.transformer.", vocabulary, 64, 2)
    state = filled(keys)
    text = text_of(state, "", vocabulary, 64, 2)
    yield "sd1", keys, stable(state, merges, end, PNDMScheduler(**KEPT, skip_prk_steps=True, set_alpha_to_one=False),
                              unet_of(state, **shape), text)

    shape = dict(widths=(64, 128), depths=(1, 0), middle=1, context=128, linear=True)
    keys = Keys()
    denoiser(keys, **shape)
    autoencoder(keys)
    open_clip_text(keys, "cond_stage_model.model.", vocabulary, 128, 3)
    state = filled(keys)
    text = text_of(state, "cond_stage_model.model.", vocabulary, 128, 2, original="open_clip")
    for name, kind, prediction in (("sd2_v", DDIMScheduler, "v_prediction"), ("sd2_epsilon", PNDMScheduler, "epsilon")):
        more = dict(skip_prk_steps=True) if kind is PNDMScheduler else dict(clip_sample=False)
        yield name, keys, stable(state, merges, "!", kind(**KEPT, **more, set_alpha_to_one=False, prediction_type=prediction),
                                 unet_of(state, **shape), text)

    shape = dict(widths=(64, 64, 128), depths=(0, 1, 2), middle=2, context=192, linear=True, added=128 + 6 * 16)
    keys = Keys({"conditioner.embedders.0.transformer.text_model.embeddings.position_ids": [1, CONTEXT]})
    denoiser(keys, **shape)
    autoencoder(keys)
    transformers_text(keys, "conditioner.embedders.0.transformer.", vocabulary, 64, 2)
    open_clip_text(keys, "conditioner.embedders.1.model.", vocabulary, 128, 3)
    state = filled(keys)
    second = text_of(state, "conditioner.embedders.1.model.", vocabulary, 128, 3, CLIPTextModelWithProjection, "open_clip")
    yield "xl", keys, StableDiffusionXLPipeline(
        vae=vae_of(state, 0.13025), text_encoder=text_of(state, "", vocabulary, 64, 2), text_encoder_2=second,
        tokenizer=tokenizer(merges, end)[0], tokenizer_2=tokenizer(merges, "!")[0], unet=unet_of(state, **shape, size=16),
        scheduler=EulerDiscreteScheduler(**KEPT), force_zeros_for_empty_prompt=True, add_watermarker=False)

    shape = dict(widths=(64, 128, 128), depths=(0, 2, 0), middle=2, context=128, linear=True, added=128 + 5 * 16)
    keys = Keys()
    denoiser(keys, **shape)
    autoencoder(keys)
    open_clip_text(keys, "conditioner.embedders.0.model.", vocabulary, 128, 3)
    state = filled(keys)
    second = text_of(state, "conditioner.embedders.0.model.", vocabulary, 128, 3, CLIPTextModelWithProjection, "open_clip")
    yield "xl_refiner", keys, StableDiffusionXLImg2ImgPipeline(
        vae=vae_of(state, 0.13025), text_encoder=None, text_encoder_2=second, tokenizer=None,
        tokenizer_2=tokenizer(merges, "!")[0], unet=unet_of(state, **shape, size=16), scheduler=EulerDiscreteScheduler(**KEPT),
        requires_aesthetics_score=True, force_zeros_for_empty_prompt=False, add_watermarker=False)


@torch.no_grad()
def main(merges, out):
    made = {"prompt": PROMPT, "steps": STEPS}
    for name, keys, pipe in cases(merges):
        pipe.set_progress_bar_config(disable=True)
        noise = torch.from_numpy(unit("noise", 4 * 8 * 8).reshape(1, 4, 8, 8)).float() * 1.7
        settings = dict(prompt=PROMPT, num_inference_steps=STEPS, guidance_scale=4.0, output_type="latent")
        if name == "xl_refiner":
            pipe.scheduler.set_timesteps(STEPS)
            start = noise * pipe.scheduler.init_noise_sigma
            latents = pipe(image=torch.zeros(1, 4, 8, 8), latents=start, strength=1.0, original_size=(16, 16),
                           target_size=(16, 16), **settings).images
        else:
            latents = pipe(latents=noise, height=16, width=16, **settings).images
        images = pipe.vae.decode(latents / pipe.vae.config.scaling_factor).sample
        made[name] = {"weights": dict(keys), "latents": summary(latents), "images": summary(images)}
        print(name, len(keys), latents.std().item(), images.std().item())
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
