"""Pipelines of Stable Diffusion in their real shapes without weights: files with all names and shapes whose numbers are holes in the file, so
that they take no room on the disk. They tell what `calotype inspect` says of the real ones, and draw nothing.

diffusers 0.42.1, transformers 5.24, torch 2.15.0:

    python bench/peers/real_shapes.py sd15|sd21|sdxl|sd3|sd3-t5 FOLDER
"""

import json
import struct
import sys
from pathlib import Path

import torch
from diffusers import (AutoencoderKL, FlowMatchEulerDiscreteScheduler, PNDMScheduler, SD3Transformer2DModel,
                       UNet2DConditionModel)
from golden_text_to_image import BETAS, tokenizer
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, T5Config, T5EncoderModel

MERGES = Path(__file__).parents[2] / "core/src/test/resources/text/tiny-merges.txt"
CLIPS = {
    "l": dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, projection_dim=768),
    "h": dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=23, num_attention_heads=16, hidden_act="gelu",
              projection_dim=512),
    "g": dict(hidden_size=1280, intermediate_size=5120, num_hidden_layers=32, num_attention_heads=20, hidden_act="gelu",
              projection_dim=1280),
}
UNETS = {
    "sd15": dict(sample_size=64, cross_attention_dim=768, attention_head_dim=8),
    "sd21": dict(sample_size=96, cross_attention_dim=1024, attention_head_dim=[5, 10, 20, 20], use_linear_projection=True),
    "sdxl": dict(sample_size=128, cross_attention_dim=2048, attention_head_dim=[5, 10, 20], use_linear_projection=True,
                 block_out_channels=(320, 640, 1280), transformer_layers_per_block=[1, 2, 10],
                 down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
                 up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
                 addition_embed_type="text_time", addition_time_embed_dim=256, projection_class_embeddings_input_dim=2816),
}


def hollow(network, folder, stem):
    """config.json, and weights in fp16 whose bytes were never written."""
    folder.mkdir(parents=True)
    header, at = {}, 0
    for name, value in network.state_dict().items():
        if name.endswith("position_ids") or name == "encoder.embed_tokens.weight":
            continue
        header[name] = {"dtype": "F16", "shape": list(value.shape), "data_offsets": [at, at + 2 * value.numel()]}
        at += 2 * value.numel()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(folder / f"{stem}.safetensors", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + at)
    if hasattr(network, "save_config"):
        network.save_config(folder)
    else:
        network.config.architectures = [type(network).__name__]
        network.config.save_pretrained(folder)
    print(f"{folder.name}: {at // 2 / 1e6:.0f} million")


def clip(name, kind):
    return kind(CLIPTextConfig(vocab_size=49408, max_position_embeddings=77, eos_token_id=49407, bos_token_id=49406, **CLIPS[name]))


def parts(family):
    """The networks by their part, and the class of the pipeline."""
    shape = dict(block_out_channels=(128, 256, 512, 512), layers_per_block=2, down_block_types=("DownEncoderBlock2D",) * 4,
                 up_block_types=("UpDecoderBlock2D",) * 4)
    if family.startswith("sd3"):
        made = {"transformer": SD3Transformer2DModel(
                    sample_size=128, num_layers=24, num_attention_heads=24, attention_head_dim=64, joint_attention_dim=4096,
                    caption_projection_dim=1536, pooled_projection_dim=2048, out_channels=16, pos_embed_max_size=192),
                "vae": AutoencoderKL(**shape, latent_channels=16, scaling_factor=1.5305, shift_factor=0.0609,
                                     use_quant_conv=False, use_post_quant_conv=False),
                "text_encoder": clip("l", CLIPTextModelWithProjection), "text_encoder_2": clip("g", CLIPTextModelWithProjection)}
        if family == "sd3-t5":
            made["text_encoder_3"] = T5EncoderModel(T5Config(
                vocab_size=32128, d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64, feed_forward_proj="gated-gelu"))
        return made, "StableDiffusion3Pipeline"
    made = {"unet": UNet2DConditionModel(**UNETS[family]), "vae": AutoencoderKL(**shape)}
    if family == "sdxl":
        made |= {"text_encoder": clip("l", CLIPTextModel), "text_encoder_2": clip("g", CLIPTextModelWithProjection)}
        return made, "StableDiffusionXLPipeline"
    made["text_encoder"] = clip("l" if family == "sd15" else "h", CLIPTextModel)
    return made, "StableDiffusionPipeline"


def main(family, folder):
    folder = Path(folder)
    with torch.device("meta"):
        made, pipeline = parts(family)
    scheduler = (FlowMatchEulerDiscreteScheduler(shift=3.0) if family.startswith("sd3") else
                 PNDMScheduler(**BETAS, skip_prk_steps=True, steps_offset=1))
    index = {"_class_name": pipeline, "_diffusers_version": "0.42.1", "scheduler": ["diffusers", type(scheduler).__name__]}
    for part, network in made.items():
        of_text = part.startswith("text")
        hollow(network, folder / part, "model" if of_text else "diffusion_pytorch_model")
        index[part] = ["transformers" if of_text else "diffusers", type(network).__name__]
        if of_text and part != "text_encoder_3":
            words, _ = tokenizer(MERGES, "<|endoftext|>")
            words.model_max_length = 77
            words.save_pretrained(folder / part.replace("text_encoder", "tokenizer"))
            index[part.replace("text_encoder", "tokenizer")] = ["transformers", "CLIPTokenizer"]
    if family == "sd3":
        index |= {"text_encoder_3": [None, None], "tokenizer_3": [None, None]}
    if family == "sd3-t5":
        from golden_stable_diffusion_3 import unigram

        (folder / "tokenizer_3").mkdir()
        unigram(str(folder / "tokenizer_3" / "tokenizer.json"))
        index["tokenizer_3"] = ["transformers", "T5TokenizerFast"]
    scheduler.save_config(folder / "scheduler")
    (folder / "model_index.json").write_text(json.dumps(index, indent=1))


if __name__ == "__main__":
    main(*sys.argv[1:])
