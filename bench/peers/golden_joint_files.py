"""Stable Diffusion 3 in files of one piece, with low-rank adapters and with ControlNets, and what diffusers draws of a given noise:
core/src/test/resources/latent/sd3_files.json.

diffusers 0.42.1, peft 0.21.2, transformers 5.24, torch 2.15.0. diffusers reads no adapters of kohya's scripts for this family: what these
add is added here to the weights of the original layout, which diffusers' own conversion then takes.

    python bench/peers/golden_joint_files.py core/src/test/resources/text/tiny-merges.txt OUT.json
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
from diffusers import (AutoencoderKL, FlowMatchEulerDiscreteScheduler, SD3ControlNetModel, SD3Transformer2DModel,
                       StableDiffusion3ControlNetPipeline, StableDiffusion3Pipeline)
from diffusers.loaders.lora_base import LORA_ADAPTER_METADATA_KEY
from diffusers.loaders.single_file_utils import (convert_ldm_vae_checkpoint,
                                                 convert_sd3_t5_checkpoint_to_diffusers,
                                                 convert_sd3_transformer_checkpoint_to_diffusers,
                                                 create_diffusers_clip_model_from_ldm)
from diffusers.models.autoencoders.vae import DiagonalGaussianDistribution
from diffusers.training_utils import _collate_lora_metadata
from diffusers.utils import convert_state_dict_to_diffusers
from formula import pixels, summary, weight
from golden_original_files import Keys, autoencoder
from golden_stable_diffusion_3 import parts, tensor, unigram
from golden_text_to_image import CONTEXT, PROMPT, VAE, filled, tokenizer
from peft import LoraConfig, inject_adapter_in_model
from peft.utils import get_peft_model_state_dict
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, T5Config, T5EncoderModel

torch.set_num_threads(1)
CLIPTextModel.text_model = property(lambda self: self)
DiagonalGaussianDistribution.sample = lambda self, generator=None: self.mode()  # what a control picture is in latents
STEPS, LATENTS, WIDTH, DEPTH, PLACES, TOKENS, POOLED = 4, 4, 128, 2, 6, 192, 128
CLIPS = {"clip_l": (64, 64, "quick_gelu"), "clip_g": (128, 64, "gelu")}  # width, projection


def transformer_keys(keys, twice, norm):
    p = "model.diffusion_model."
    keys[p + "pos_embed"] = [1, PLACES * PLACES, WIDTH]
    keys.conv(p + "x_embedder.proj", WIDTH, LATENTS, 2)
    for name, into in (("t_embedder", 256), ("y_embedder", POOLED)):
        keys.layer(f"{p}{name}.mlp.0", WIDTH, into)
        keys.layer(f"{p}{name}.mlp.2", WIDTH, WIDTH)
    keys.layer(p + "context_embedder", WIDTH, TOKENS)
    for i in range(DEPTH):
        for stream in ("x_block", "context_block"):
            block, looked = f"{p}joint_blocks.{i}.{stream}", stream == "context_block" and i == DEPTH - 1
            attentions = ["attn"] + (["attn2"] if stream == "x_block" and i < twice else [])
            for attention in attentions:
                keys.layer(f"{block}.{attention}.qkv", 3 * WIDTH, WIDTH)
                for part in ("ln_q", "ln_k") if norm else ():
                    keys.layer(f"{block}.{attention}.{part}", 64, bias=False)
                if not looked:
                    keys.layer(f"{block}.{attention}.proj", WIDTH, WIDTH)
            if not looked:
                keys.layer(f"{block}.mlp.fc1", 4 * WIDTH, WIDTH)
                keys.layer(f"{block}.mlp.fc2", WIDTH, 4 * WIDTH)
            keys.layer(f"{block}.adaLN_modulation.1", (2 if looked else 3 + 3 * len(attentions)) * WIDTH, WIDTH)
    keys.layer(p + "final_layer.linear", 4 * LATENTS, WIDTH)
    keys.layer(p + "final_layer.adaLN_modulation.1", 2 * WIDTH, WIDTH)


def clip(vocabulary, width, projection, act):
    return CLIPTextModelWithProjection(CLIPTextConfig(
        hidden_size=width, intermediate_size=2 * width, num_hidden_layers=2, num_attention_heads=width // 64,
        projection_dim=projection, max_position_embeddings=CONTEXT, vocab_size=vocabulary, bos_token_id=vocabulary - 2,
        eos_token_id=vocabulary - 1, hidden_act=act))


def text_encoder(made, state):
    """As from_single_file reads it, which puts the identity for the projection of CLIP-L."""
    with tempfile.TemporaryDirectory() as folder:
        made.config.save_pretrained(folder)
        read = create_diffusers_clip_model_from_ldm(
            CLIPTextModelWithProjection, {k: v.clone() for k, v in state.items()}, config=folder, local_files_only=True)
    assert not any(v.is_meta for v in read.state_dict().values())
    return read


def t5(words):
    return T5EncoderModel(T5Config(vocab_size=len(words), d_model=TOKENS, d_kv=64, d_ff=40, num_layers=1, num_heads=2,
                                   feed_forward_proj="gated-gelu"))


def original(vocabulary, words, twice=0, norm=False):
    """Shapes of a file of one piece."""
    keys = Keys()
    transformer_keys(keys, twice, norm)
    autoencoder(keys)
    for name in [n for n in keys if "quant_conv" in n]:
        del keys[name]
    keys["first_stage_model.encoder.conv_out.weight"][0] = keys["first_stage_model.encoder.conv_out.bias"][0] = 2 * LATENTS
    for name, settings in CLIPS.items():
        for key, value in clip(vocabulary, *settings).state_dict().items():
            end = key if key.startswith("text_projection") else "text_model." + key.removeprefix("text_model.")
            keys[f"text_encoders.{name}.transformer.{end}"] = list(value.shape)
        keys[f"text_encoders.{name}.logit_scale"] = []
    for key, value in t5(words).state_dict().items():
        if key != "encoder.embed_tokens.weight":  # the same table
            keys["text_encoders.t5xxl.transformer." + key] = list(value.shape)
    return keys


def values(keys):
    made = {k: torch.from_numpy(weight(k, tuple(s))) for k, s in keys.items()}
    for k, v in made.items():
        if v.dim() == 1 and k.endswith("weight"):
            v += 1
    made["first_stage_model.decoder.conv_out.weight"] *= 0.1
    return made


def pipeline(state, merges, words, twice=0, norm=False):
    first, vocabulary = tokenizer(merges, "<|endoftext|>")
    second, _ = tokenizer(merges, "!")
    net = SD3Transformer2DModel(
        sample_size=128, in_channels=LATENTS, out_channels=LATENTS, num_layers=DEPTH, num_attention_heads=WIDTH // 64,
        attention_head_dim=64, joint_attention_dim=TOKENS, caption_projection_dim=WIDTH, pooled_projection_dim=POOLED,
        pos_embed_max_size=PLACES, qk_norm="rms_norm" if norm else None, dual_attention_layers=tuple(range(twice)))
    net.load_state_dict(convert_sd3_transformer_checkpoint_to_diffusers(
        {k: v.clone() for k, v in state.items() if k.startswith("model.diffusion_model.")}))
    vae = AutoencoderKL(block_out_channels=(32, 64), norm_num_groups=32, layers_per_block=1, latent_channels=LATENTS,
                        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2,
                        scaling_factor=1.5305, shift_factor=0.0609, use_quant_conv=False, use_post_quant_conv=False)
    vae.load_state_dict(convert_ldm_vae_checkpoint(state, vae.config))
    texts = []
    for name, settings in CLIPS.items():
        texts.append(text_encoder(clip(vocabulary, *settings), state))
    third = t5(words)
    theirs = convert_sd3_t5_checkpoint_to_diffusers(state)
    third.load_state_dict(dict(theirs, **{"encoder.embed_tokens.weight": theirs["shared.weight"]}))
    return StableDiffusion3Pipeline(
        transformer=net.eval(), vae=vae.eval(), text_encoder=texts[0].eval(), text_encoder_2=texts[1].eval(),
        text_encoder_3=third.eval(), tokenizer=first, tokenizer_2=second, tokenizer_3=words,
        scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0))


def draw(pipe, **settings):
    pipe.set_progress_bar_config(disable=True)
    return pipe(latents=tensor("noise", 1, 4, 8, 12) * 1.7, output_type="latent", prompt=PROMPT, height=16, width=24,
                guidance_scale=4.0, num_inference_steps=STEPS, **settings)[0]


def kohya(keys):
    """Of every matrix of the blocks in the original layout; ranks and alphas of each layer."""
    shapes, alphas = {}, {}
    for i, name in enumerate(k for k in keys if "joint_blocks" in k and k.endswith(".weight") and len(keys[k]) == 2):
        out, into = keys[name]
        key = "lora_unet_" + name.removeprefix("model.diffusion_model.").removesuffix(".weight").replace(".", "_")
        rank = 1 + i % 3
        shapes[key + ".lora_down.weight"], shapes[key + ".lora_up.weight"] = [rank, into], [out, rank]
        shapes[key + ".alpha"] = []
        alphas[key + ".alpha"] = 0.1 * rank * (1 + i % 2)
    return shapes, alphas


def with_kohya(state, shapes, alphas, strength):
    changed = dict(state)
    for name, before in state.items():
        key = "lora_unet_" + name.removeprefix("model.diffusion_model.").removesuffix(".weight").replace(".", "_")
        if key + ".alpha" not in alphas or not name.endswith(".weight"):
            continue
        down, up = (torch.from_numpy(weight(k, tuple(shapes[k]))) for k in (key + ".lora_down.weight", key + ".lora_up.weight"))
        changed[name] = before + strength * alphas[key + ".alpha"] / down.shape[0] * up @ down
    return changed


def trained(pipe):
    """As diffusers' script for Stable Diffusion 3 saves it."""
    pipe.transformer.add_adapter(LoraConfig(r=3, lora_alpha=0.6, target_modules=[
        "attn.to_q", "attn.to_k", "attn.to_v", "attn.to_out.0", "attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj",
        "attn.to_add_out", "ff.net.0.proj", "norm1_context.linear", "context_embedder"]))
    for encoder in (pipe.text_encoder, pipe.text_encoder_2):
        of_text = LoraConfig(r=2, lora_alpha=0.4, target_modules=["q_proj", "k_proj", "v_proj", "out_proj"])
        inject_adapter_in_model(of_text, encoder)
        encoder.peft_config = {"default": of_text}
    state = lambda module: convert_state_dict_to_diffusers(get_peft_model_state_dict(module))
    with tempfile.TemporaryDirectory() as folder:
        pipe.save_lora_weights(
            folder, transformer_lora_layers=get_peft_model_state_dict(pipe.transformer),
            text_encoder_lora_layers=state(pipe.text_encoder), text_encoder_2_lora_layers=state(pipe.text_encoder_2),
            **_collate_lora_metadata({"transformer": pipe.transformer, "text_encoder": pipe.text_encoder,
                                      "text_encoder_2": pipe.text_encoder_2}))
        with safe_open(next(Path(folder).glob("*.safetensors")), "pt") as file:
            shapes, metadata = {k: list(file.get_slice(k).get_shape()) for k in file.keys()}, file.metadata()
    assert LORA_ADAPTER_METADATA_KEY in metadata
    return shapes, metadata


def loaded(pipe, shapes, metadata, strength):
    before = {k: v.clone() for k, v in pipe.text_encoder.state_dict().items()}
    with tempfile.TemporaryDirectory() as folder:
        save_file({k: torch.from_numpy(weight(k, tuple(s))) for k, s in shapes.items()}, f"{folder}/lora.safetensors", metadata)
        pipe.load_lora_weights(folder, weight_name="lora.safetensors", adapter_name="a")
    pipe.set_adapters(["a"], [strength])
    kept = {k.replace(".base_layer", ""): v for k, v in pipe.text_encoder.state_dict().items() if "lora_" not in k}
    assert all(torch.equal(kept[k], v) for k, v in before.items()), "transformers has made weights anew"
    print("adapters", {p: sum(n.endswith("lora_A") for n, _ in getattr(pipe, p).named_modules())
                       for p in ("transformer", "text_encoder", "text_encoder_2")})


def control(pipe, **change):
    own = {k: v for k, v in dict(pipe.transformer.config).items() if k in (
        "sample_size", "patch_size", "in_channels", "out_channels", "attention_head_dim", "num_attention_heads",
        "joint_attention_dim", "caption_projection_dim", "pooled_projection_dim", "pos_embed_max_size")}
    return filled(SD3ControlNetModel(**{**own, "num_layers": 2, **change}))


CONTROLS = {
    "zeros": dict(),
    "told": dict(force_zeros_for_pooled_projection=False, num_layers=1, qk_norm="rms_norm", dual_attention_layers=(0,)),
    "alone": dict(joint_attention_dim=None, use_pos_embed=False, pos_embed_type=None, force_zeros_for_pooled_projection=False),
}
DRAWINGS = {
    "zeros": (["zeros"], dict()),
    "told": (["told"], dict(controlnet_conditioning_scale=0.7)),
    "alone": (["alone"], dict(control_guidance_end=0.5)),
    "two": (["told", "told"], dict(controlnet_conditioning_scale=[0.5, 0.8], control_guidance_start=[0.0, 0.25])),
}


def controls(merges, words):
    held = parts(merges, words, True)
    plain = StableDiffusion3Pipeline(**held, scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0))
    made = {"networks": {}, "drawings": {}}
    for name, change in CONTROLS.items():
        net = control(plain, **change)
        made["networks"][name] = {
            "config": {"_class_name": "SD3ControlNetModel", **{k: v for k, v in dict(net.config).items() if k[0] != "_"}},
            "weights": {k: list(v.shape) for k, v in net.state_dict().items()}}
    for name, (networks, settings) in DRAWINGS.items():
        nets = [control(plain, **CONTROLS[n]) for n in networks]
        pictures = [torch.from_numpy(pixels(f"picture{i}", 1, 3, 16, 24)).float() / 127.5 - 1 for i in range(len(nets))]
        pipe = StableDiffusion3ControlNetPipeline(
            **held, controlnet=nets if len(nets) > 1 else nets[0], scheduler=FlowMatchEulerDiscreteScheduler(shift=3.0))
        latents = draw(pipe, control_image=pictures if len(nets) > 1 else pictures[0], **settings)
        made["drawings"][name] = {"networks": networks, "settings": settings, "latents": summary(latents)}
        print("control", name, latents.std().item())
    latents = draw(plain)
    made["plain"] = summary(latents)
    print("plain", latents.std().item())
    return made


def learned(pipe):
    """A word of two vectors in both CLIPs, as textual inversion adds one; T5 reads its letters. diffusers' loader is not of this family."""
    for name, encoder, words in (("clip_l", pipe.text_encoder, pipe.tokenizer), ("clip_g", pipe.text_encoder_2, pipe.tokenizer_2)):
        words.add_tokens(["<lamp>", "<lamp>_1"])
        rows = torch.from_numpy(weight(name, (2, CLIPS[name][0])))
        table = encoder.get_input_embeddings()
        table.weight = torch.nn.Parameter(torch.cat([table.weight, rows]))
    text = "a red <lamp> and a bed"
    shown = text.replace("<lamp>", "<lamp> <lamp>_1")
    tokens, _, pooled, _ = pipe.encode_prompt(shown, shown, text, device="cpu", do_classifier_free_guidance=False)
    return {"text": text, "tokens": summary(tokens), "pooled": summary(pooled)}


@torch.no_grad()
def main(merges, out):
    with tempfile.NamedTemporaryFile(suffix=".json") as kept:
        words = unigram(kept.name)
    vocabulary = tokenizer(merges, "!")[1]
    made = {"prompt": PROMPT, "steps": STEPS}
    for name, shape in (("sd3", {}), ("sd35", dict(twice=1, norm=True))):
        keys = original(vocabulary, words, **shape)
        state = values(keys)
        pipe = pipeline(state, merges, words, **shape)
        latents = draw(pipe)
        images = pipe.vae.decode(latents / 1.5305 + 0.0609).sample
        made[name] = {"weights": dict(keys), "latents": summary(latents), "images": summary(images)}
        print(name, len(keys), latents.std().item(), images.std().item())
        shapes, alphas = kohya(keys)
        latents = draw(pipeline(with_kohya(state, shapes, alphas, 0.8), merges, words, **shape))
        made[name]["kohya"] = {"weights": shapes, "alphas": alphas, "strength": 0.8, "latents": summary(latents)}
        print(name, "kohya", len(shapes), latents.std().item())
        shapes, metadata = trained(pipeline(state, merges, words, **shape))
        pipe = pipeline(state, merges, words, **shape)
        loaded(pipe, shapes, metadata, 0.9)
        latents = draw(pipe)
        made[name]["trained"] = {"weights": shapes, "metadata": metadata, "strength": 0.9, "latents": summary(latents)}
        print(name, "trained", len(shapes), latents.std().item())
    made["word"] = learned(pipeline(values(original(vocabulary, words)), merges, words))
    made["controls"] = controls(merges, words)
    with open(out, "w") as file:
        lines = (f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in made.items())
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
